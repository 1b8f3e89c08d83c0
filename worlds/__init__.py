"""Worlds: one a file, with every word that agents read in `texts/<name>/*.md`."""

__all__: list[str] = []
