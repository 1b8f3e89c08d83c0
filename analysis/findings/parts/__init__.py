"""What every finding is made from: the tables of one world and version, its cells, quoted lines."""

__all__: list[str] = []
