"""The checks themselves: each asks one thing of a world, and gives findings."""

__all__: list[str] = []
