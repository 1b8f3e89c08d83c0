"""An episode that was read and judged, and the few that were read last."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, Generic, TypeVar

from arena.log.events import Event
from arena.log.reading import read_episode
from arena.verdicts.classes import EpisodeVerdict, judge
from arena.verdicts.contact import Contact, contacts
from arena.verdicts.groups import GroupVerdict, judge_group
from arena.verdicts.trace import Trace

__all__ = ["Reading", "RecentlyRead", "read", "read_file"]

MOST = 24  # episodes that are kept in memory
T = TypeVar("T")


@dataclass(frozen=True)
class Reading:
    """An episode: its events and what was found in them. `run` and `id` name it in addresses."""

    run: str
    id: str
    events: Sequence[Event]
    trace: Trace
    verdict: EpisodeVerdict
    group: GroupVerdict
    between: Sequence[Contact]

    @property
    def head(self) -> dict[str, Any]:
        """The first line."""
        return self.trace.head

    @property
    def rounds(self) -> int:
        """Rounds that were played."""
        played: int = self.trace.end.body["rounds"]
        return played

    @cached_property
    def calls(self) -> list[Event]:
        """The calls of models."""
        return [event for event in self.events if event.kind == "call"]

    @cached_property
    def by_round(self) -> dict[int, list[Event]]:
        """Round → its lines, but for the first and the last of the log."""
        found: dict[int, list[Event]] = {number: [] for number in range(1, self.rounds + 1)}
        for event in self.events[1:-1]:
            found.setdefault(event.round, []).append(event)
        return found

    def name(self, role: str) -> str:
        """What a role is called in this episode."""
        name: str = self.head["names"].get(role, role)
        return name or "the world"

    def view(self, role: str, number: int) -> Event | None:
        """What a role was shown in a round; None: it no longer ran."""
        lines = self.by_round.get(number, [])
        return next((event for event in lines if event.kind == "view" and event.to == (role,)), None)

    @cached_property
    def last_seen(self) -> dict[str, int]:
        """Seat → the last round in which it was shown anything; 0: never."""
        seen = dict.fromkeys(self.trace.seats, 0)
        return seen | {event.to[0]: event.round for event in self.events if event.kind == "view"}


def read(run: str, id: str, events: Sequence[Event], reference: str = "") -> Reading:
    """Judge a decoded episode. `reference` says where its world is, if not under its installed name."""
    trace = Trace(events)
    group = judge_group(events, reference=reference)
    return Reading(run, id, events, trace, judge(events), group, contacts(trace))


class RecentlyRead(Generic[T]):
    """The things that were made last, under their keys; older ones are forgotten and made again."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: dict[Hashable, T] = {}
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is kept under a key, else what `make` gives."""
        with self._lock:
            if key in self._kept:
                self._kept[key] = self._kept.pop(key)
                return self._kept[key]
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self._most:
                self._kept.pop(next(iter(self._kept)))
        return made


def read_file(run: str, id: str, path: Path, reference: str = "") -> Reading:
    """Read and judge a file. `LogError`: it cannot be trusted."""
    return read(run, id, read_episode(path), reference)
