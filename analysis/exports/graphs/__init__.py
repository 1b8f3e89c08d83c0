"""Interaction graphs as files that other programs open."""

__all__: list[str] = []
