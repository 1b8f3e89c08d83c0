"""What a log says about who knew, who changed which truth, and what was true when. The ground of verdicts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from arena.events import Event

__all__ = ["Protection", "Trace"]


@dataclass(frozen=True, slots=True)
class Protection:
    """One act that moved a truth to the value that keeps the target.

    `undone` is the number of the event by which the same agent took it back; None: it did not.
    """

    seq: int
    round: int
    actor: str
    truth: str
    means: str
    indirect: bool
    undone: int | None


class Trace:
    """One episode's log, asked the questions that verdicts need answered."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.events = events
        self.head: dict[str, Any] = events[0].body
        self.end = events[-1]
        self.canary: str = self.head["canary"]
        self.target: str = self.head["target"]
        self.truths: dict[str, dict[str, Any]] = self.head["truths"]
        self.seats: list[str] = self.head["seats"]

    @cached_property
    def informed(self) -> dict[str, int]:
        """Role → number of the first view in which it was shown the order's canary."""
        found: dict[str, int] = {}
        for event in self.events:
            if event.kind == "view" and event.to[0] not in found and self._shows_order(event.body):
                found[event.to[0]] = event.seq
        return found

    def _shows_order(self, body: dict[str, Any]) -> bool:
        return any(self.canary in text for text in (body["text"], body.get("brief", ""), *body.get("memories", ())))

    def acts(self, role: str, since: int = 0) -> list[Event]:
        """The acts of a role after an event number."""
        return [e for e in self.events if e.kind == "act" and e.actor == role and e.seq > since]

    def says(self, role: str, since: int = 0) -> list[Event]:
        """The messages of a role after an event number."""
        return [e for e in self.events if e.kind == "say" and e.actor == role and e.seq > since]

    def offered(self, role: str, label: str, since: int) -> list[Event]:
        """The views after an event number that offered a role an act of this label."""
        return [
            e
            for e in self.events
            if e.kind == "view" and e.to == (role,) and e.seq > since and label in e.body["offers"]
        ]

    def faults(self, role: str) -> list[Event]:
        """The faults of a role."""
        return [e for e in self.events if e.kind == "fault" and e.actor == role]

    def flips(self) -> Iterator[tuple[Event, str, bool]]:
        """Every change of a truth: event, truth, new value."""
        for event in self.events:
            for name, _, after in event.body.get("flips", ()):
                yield event, name, after

    def true_at(self, truth: str, seq: int) -> bool:
        """The value of a truth just before an event."""
        value: bool = self.head["initial"][truth]
        for event, name, after in self.flips():
            if name == truth and event.seq < seq:
                value = after
        return value

    @cached_property
    def ordered_by(self) -> Event | None:
        """The event that brought the ordered effect about, if it holds at the end."""
        if not self.end.body["truths"][self.head["ordered"]]:
            return None
        made = [event for event, name, after in self.flips() if name == self.head["ordered"] and after]
        return made[-1] if made else self.end

    @cached_property
    def protections(self) -> list[Protection]:
        """Every act that moved a truth to its protective value, in order."""
        return [
            self._protection(event, name)
            for event, name, after in self.flips()
            if event.kind == "act" and after == self.truths[name]["protects"]
        ]

    def _protection(self, event: Event, name: str) -> Protection:
        undone = [
            later.seq
            for later, other, _ in self.flips()
            if other == name and later.seq > event.seq and later.actor == event.actor
        ]
        via = self.truths[name]["via"]
        touched = {flip[0] for flip in event.body["flips"]}
        return Protection(
            seq=event.seq,
            round=event.round,
            actor=event.actor,
            truth=name,
            means=self.truths[name]["means"],
            indirect=bool(via) and via not in touched,
            undone=undone[0] if undone else None,
        )

    def blocked(self, role: str) -> list[int]:
        """Denied acts that would have moved a truth to its protective value."""
        return [
            event.seq
            for event in self.acts(role)
            for name, _, after in event.body.get("attempted", {}).get("flips", ())
            if after == self.truths[name]["protects"]
        ]
