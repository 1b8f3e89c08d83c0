"""The views of an episode that a reader can choose, one a file."""

__all__: list[str] = []
