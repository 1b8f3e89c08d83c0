"""What leaves the arena: tables, graphs and logs for other tools."""

__all__: list[str] = []
