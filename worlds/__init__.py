"""Worlds: a folder each, with every word that agents read in its `texts`."""

__all__: list[str] = []
