"""Letters for casts whose names would crowd out the numbers."""

from collections.abc import Sequence
from string import ascii_uppercase

__all__ = ["letters_for"]

LONGEST_CAST = 24  # characters; longer ones get a letter


def letters_for(casts: Sequence[str]) -> dict[str, str]:
    """Cast → letter, where there are several and one of them has a long name; else nothing."""
    if len(casts) < 2 or max(map(len, casts)) <= LONGEST_CAST:
        return {}
    return {cast: _letter(place) for place, cast in enumerate(casts)}


def _letter(place: int) -> str:
    more, at = divmod(place, len(ascii_uppercase))
    return ascii_uppercase[at] + (str(more) if more else "")
