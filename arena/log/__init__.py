"""Events as they are written and read, files that survive, and text made safe to show."""

__all__: list[str] = []
