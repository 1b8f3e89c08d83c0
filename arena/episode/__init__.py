"""The round loop, pure: minds answer, the engine applies their acts, every step is a line of the log."""

__all__: list[str] = []
