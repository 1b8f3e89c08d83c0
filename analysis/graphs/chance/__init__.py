"""Whether a graph shows more than chance: permutations and what they leave of it."""

__all__: list[str] = []
