"""Plays what is left of a run, in this process or on Ray, and forks of its episodes."""

__all__: list[str] = []
