"""The interaction graph on a page: what it is of, what is drawn, how it looks, what is picked, and its numbers."""

__all__: list[str] = []
