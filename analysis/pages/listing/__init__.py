"""The list of episodes: which rows a reader asks for, and the table of them."""

__all__: list[str] = []
