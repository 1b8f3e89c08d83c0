"""The bench on which a world is checked: its cells, plays of it that are watched, and how a finding is told."""

__all__: list[str] = []
