"""Parts that worlds share. Each is a few pure functions on a piece of plain JSON state."""

__all__: list[str] = []
