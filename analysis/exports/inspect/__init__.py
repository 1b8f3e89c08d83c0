"""Runs as logs of Inspect AI."""

__all__: list[str] = []
