"""What all numbers of graphs are counted from: rows of countable episodes, and arrays of them."""

__all__: list[str] = []
