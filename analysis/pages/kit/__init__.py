"""What pages are made of: blocks, charts, cells that lead to episodes, choices, definitions."""

__all__: list[str] = []
