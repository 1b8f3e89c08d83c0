"""Reads the file of an episode that may have suffered, and says what to do about one that has."""

from pathlib import Path

from arena.errors import LogError
from arena.log.events import Event, decode

__all__ = ["REMEDY", "read_episode"]

REMEDY = "move it away and run again: it will be played anew"


def read_episode(path: Path) -> list[Event]:
    """The proven events of a file. `LogError`: one line with its name, what is wrong, and the way out."""
    try:
        return decode(path.read_bytes(), path.name)
    except OSError as error:
        raise LogError(f"{path.name}: cannot be read ({error.strerror}); {REMEDY}") from None
    except LogError as error:
        raise LogError(f"{error}; {REMEDY}") from None
