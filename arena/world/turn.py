"""What passes between the episode loop and a mind: a view in, a reply out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

__all__ = ["Call", "Fault", "Mind", "Move", "Offer", "Reply", "Say", "View"]


@dataclass(frozen=True, slots=True)
class Offer:
    """One act that a role may choose now.

    `label` is what a model reads and answers. For acts on a named thing it carries the name (`delete_Cedar`),
    because the smallest models choose an act sensibly and its target at random.
    """

    label: str
    act: str
    help: str = ""
    fixed: Mapping[str, Any] = field(default_factory=dict)  # arguments that the label already carries
    open: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # argument → JSON schema


@dataclass(frozen=True, slots=True)
class View:
    """All that one role is shown in one round."""

    role: str
    name: str
    round: int  # from 1
    brief: str  # the same in every round: a system prompt
    text: str  # what is new in this round
    offers: tuple[Offer, ...]
    listeners: tuple[str, ...] = ()  # whom `say` may address; empty: no talking in this world
    memories: tuple[str, ...] = ()  # what the agent remembers from before the episode


@dataclass(frozen=True, slots=True)
class Say:
    """Words to one listener of the view."""

    to: str
    text: str


@dataclass(frozen=True, slots=True)
class Move:
    """An act chosen, with all its arguments."""

    act: str
    args: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """One model call: `body` goes into the log's digest, `took` seconds do not."""

    body: Mapping[str, Any]
    took: float = 0.0


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a reply is empty; causes are those of `arena.errors.EpisodeFault`."""

    cause: str
    detail: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What a mind answered: words, acts, and the record of the calls behind them."""

    says: tuple[Say, ...] = ()
    acts: tuple[Move, ...] = ()
    calls: tuple[Call, ...] = ()
    fault: Fault | None = None


class Mind(Protocol):
    """An agent. Raises only `InfrastructureError`; all else is a `Reply` with a fault."""

    async def reply(self, view: View) -> Reply: ...
