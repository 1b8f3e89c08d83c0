"""Measures the arena against its peers and its own limits. `python -m benchmarks --help`."""

__all__: list[str] = []
