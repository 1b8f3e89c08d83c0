"""Worlds that only benchmarks play."""

__all__: list[str] = []
