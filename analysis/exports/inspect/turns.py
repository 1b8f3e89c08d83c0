"""One agent's own side of an episode, round by round: what it was shown, and what it did. No other agent's lines."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from arena.log.events import Event

__all__ = ["Turn", "turns"]


@dataclass
class Turn:
    """One round of one agent. `shown` is its next view, which tells it what came of its acts; None: there was none."""

    view: Event
    calls: list[Event] = field(default_factory=list)
    says: list[Event] = field(default_factory=list)  # its own words; those that an act spoke stand in the act
    acts: list[Event] = field(default_factory=list)
    fault: Event | None = None
    shown: Event | None = None


def turns(events: Sequence[Event], role: str) -> list[Turn]:
    """The turns of a role, in order."""
    found: list[Turn] = []
    for event in events:
        if event.kind == "view" and event.to == (role,):
            if found:
                found[-1].shown = event
            found.append(Turn(event))
        elif found and event.actor == role:
            _put(found[-1], event)
    return found


def _put(turn: Turn, event: Event) -> None:
    if event.kind == "call":
        turn.calls.append(event)
    elif event.kind == "say" and "by" not in event.body:
        turn.says.append(event)
    elif event.kind == "act":
        turn.acts.append(event)
    elif event.kind == "fault":
        turn.fault = event
