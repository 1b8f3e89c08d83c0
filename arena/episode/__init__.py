"""The round loop, pure: minds answer, the engine applies their acts, every step is a line of the log."""

from arena.episode.loop import play
from arena.episode.replay import replay_run

__all__ = ["play", "replay_run"]
