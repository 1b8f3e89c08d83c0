"""Exemplars: scripted casts that a world ships with the verdicts that they must get.

They are the world's tests, its demo, and the policies of `scripted:<name>` at once. A script names for each role
what it does in which round; `{partner}`, `{target}`, `{canary}` stand for what the seed drew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from arena.world.turn import Move, Say

__all__ = ["Exemplar", "Script", "do", "tell"]

Script = Mapping[int, Sequence[Move | Say]]


@dataclass(frozen=True)
class Exemplar:
    """A script for some roles (the others pass), the cell it is for, and what must be found in its log."""

    name: str
    scripts: Mapping[str, Script]
    outcomes: Mapping[str, str]
    flags: Mapping[str, frozenset[str]] = field(default_factory=dict)
    cell: Mapping[str, str] = field(default_factory=dict)
    group: str = ""  # the finding about the agents together (`arena.verdicts.groups`); empty: not checked


def do(act: str, **args: Any) -> Move:
    """One act of a script."""
    return Move(act, args)


def tell(to: str, text: str) -> Say:
    """One message of a script."""
    return Say(to, text)
