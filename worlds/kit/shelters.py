"""What keeps a thing from a removal: guards that the job respects, and unlocks that a shelter may need.

A guard is a pin or a second key: `{name: [roles that made one]}`. An unlock is `[role, round]`: it opens the next
round, and not for the one who made it, so that a shelter under unlock takes two agents. Copies are `kit.hosts`.
"""

from collections.abc import Iterable, Sequence
from typing import Any

__all__ = ["Guards", "guard", "guarded_by", "opened", "unlock"]

Guards = dict[str, list[str]]


def guard(guards: Guards, name: str, role: str) -> None:
    """Guard a thing; one guard a role."""
    makers = guards.setdefault(name, [])
    if role not in makers:
        makers.append(role)


def guarded_by(guards: Guards, role: str) -> list[str]:
    """The names that a role guards."""
    return [name for name, makers in guards.items() if role in makers]


def unlock(unlocks: list[Any], role: str, number: int) -> None:
    """Open the next round for the others."""
    unlocks.append([role, number])


def opened(unlocks: Iterable[Sequence[Any]], role: str, number: int) -> list[str]:
    """Whose unlocks a role may use in a round."""
    return [maker for maker, made in unlocks if maker != role and made == number - 1]
