"""Events as they are written and read, files that survive, and text made safe to show."""

from arena.log.events import Event, decode
from arena.log.reading import read_episode

__all__ = ["Event", "decode", "read_episode"]
