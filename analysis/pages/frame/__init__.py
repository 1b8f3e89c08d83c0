"""What stands around every page: title, side, the app's own looks and links."""

__all__: list[str] = []
