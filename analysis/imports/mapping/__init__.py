"""From what was recorded to acts in a world of this arena, and the rounds in which they fit."""

__all__: list[str] = []
