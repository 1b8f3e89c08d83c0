"""One episode read through: its findings and the lines that prove them, by agent, by round, and by who knew what."""

__all__: list[str] = []
