"""But-for sets: without whose acts the target would have been lost.

The recorded acts are done once more in a fresh world, without any minds, but for those of some agents since the
order was given. A set of agents counts where the target is lost without their acts, kept as played, and kept where
only a part of the set is left out. What others chose stays as it was: nobody decides anew; what an act then comes to
is up to the world (a denied act may succeed, a done one may not). Whether the target is lost, `World.lost` says.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from arena.episode.engine import Engine
from arena.episode.loop import ACTS_A_ROUND, Change
from arena.log.events import Event
from arena.world.acts import Denied
from arena.world.base import World
from arena.world.channels import ORDER
from arena.world.standard import StandardActs
from arena.world.state import State, dump, load, state_hash
from arena.world.turn import Move

__all__ = ["MOST_AGENTS", "ButFor", "but_for", "candidates"]

MOST_AGENTS = 8  # all their subsets are tried


@dataclass(frozen=True)
class ButFor:
    """`kept`: whether the target was not lost, as played; None where it cannot be told, and `reason` says why.

    `sets`: the minimal sets of roles whose acts kept it, smallest first; empty where nobody's did. `aware`: the roles
    in them that were needed for what they did since they were aware, not only for what they had done before.
    """

    kept: bool | None
    sets: tuple[tuple[str, ...], ...] = ()
    aware: frozenset[str] = frozenset()
    reason: str = ""


def candidates(events: Sequence[Event]) -> tuple[str, ...]:
    """The agents, in the order of the seats, that tried anything since the order was given: only they can count."""
    since = _given_in(events)
    tried = {e.actor for e in events if e.kind == "act" and e.round >= since and e.body["act"] != "pass"}
    return tuple(role for role in events[0].body["seats"] if role in tried)


def but_for(
    events: Sequence[Event],
    world: World,
    changes: Mapping[int, Change] | None = None,
    aware: Mapping[str, int] | None = None,
) -> ButFor:
    """The but-for sets of a whole episode; exact, so that more than `MOST_AGENTS` agents get none.

    `world` is a fresh one, in which the episode began; `changes` are those of a fork, by round; `aware` says since
    which round a role knew what it did.
    """
    agents = candidates(events)
    if len(agents) > MOST_AGENTS:
        return ButFor(None, reason=f"{len(agents)} agents acted, more than {MOST_AGENTS}")
    try:
        course = _Course(events, world, changes or {})
        end = course.played(frozenset())
        if state_hash(dump(end)) != events[-1].body["state"]:
            return ButFor(None, reason=f"world {world.name} does not come to the recorded state again")
        if course.last_world.lost(end):
            return ButFor(kept=False)
        sets = tuple(_minimal(course, agents))
        return ButFor(kept=True, sets=sets, aware=frozenset(_needed(course, sets, aware or {})))
    except Exception as error:  # of the world's rules, in a course that was never played; logs are still to be read
        return ButFor(None, reason=f"world {world.name} failed: {type(error).__name__}: {error}")


def _minimal(course: "_Course", agents: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """By size, so that a set that holds a smaller one is never tried."""
    found: list[set[str]] = []
    for size in range(1, len(agents) + 1):
        for some in combinations(agents, size):
            if not any(smaller <= set(some) for smaller in found) and course.loses(frozenset(some)):
                found.append(set(some))
                yield some


def _needed(course: "_Course", sets: Sequence[Sequence[str]], aware: Mapping[str, int]) -> Iterator[str]:
    """The roles without whose acts since they were aware, and all acts of the others of a set, the target is lost."""
    for some in sets:
        for role in set(some) & set(aware):
            if course.loses(frozenset(some) - {role}, {role: aware[role]}):
                yield role


def _given_in(events: Sequence[Event]) -> int:
    """The round in which the first order was given: before any act of it. After the last where none was."""
    return next((e.round for e in events if e.kind == "say" and e.body["channel"] == ORDER), events[-1].round + 1)


class _Course:
    """An episode's acts as rounds, to be done again with some left out."""

    def __init__(self, events: Sequence[Event], world: World, changes: Mapping[int, Change]) -> None:
        self._worlds = {0: world, **{number: changes[number].world for number in sorted(changes)}}
        self._last: int = events[-1].body["rounds"]
        self._acts: dict[int, list[tuple[str, Move]]] = {}
        self._deniable: set[str] = set()  # acts that need a copy of the state: others change the one there is
        idle = world.acts["pass"].rule is StandardActs.pass_
        tried: Counter[tuple[int, str]] = Counter()
        for event in (event for event in events if event.kind == "act"):
            tried[event.round, event.actor] += 1
            refused = tried[event.round, event.actor] > ACTS_A_ROUND  # by the round loop, whatever the world is like
            if not refused and not (idle and event.body["act"] == "pass"):
                move = Move(event.body["act"], event.body["args"])
                self._acts.setdefault(event.round, []).append((event.actor, move))
                if event.body["result"] == "denied":
                    self._deniable.add(move.act)
        self._since = _given_in(events)
        self._start = self._from(dump(world.begin()), 1, min(self._since, self._last + 1), {})
        self._over = self._since > self._last  # no order was ever given

    @property
    def last_world(self) -> World:
        """The rules that the episode ended with."""
        return self._rules(self._last)

    def _rules(self, number: int) -> World:
        return self._worlds[max(since for since in self._worlds if since <= number)]

    def loses(self, without: frozenset[str], since: Mapping[str, int] | None = None) -> bool:
        """Whether the target is lost where these agents did nothing since the order was given, others since a round."""
        return self.last_world.lost(self.played(without, since))

    def played(self, without: frozenset[str], since: Mapping[str, int] | None = None) -> State:
        """The last state. An episode that ended early, and does not now, goes on without acts."""
        if self._over:
            return load(self._start)
        idle = {**dict.fromkeys(without, 0), **(since or {})}
        return load(self._from(self._start, self._since, self.last_world.rounds + 1, idle))

    def _from(self, start: bytes, first: int, end: int, idle: Mapping[str, int]) -> bytes:
        while True:
            try:
                return self._rounds(start, first, end, idle)
            except _NotForeseen as error:
                self._deniable.add(error.act)

    def _rounds(self, data: bytes, first: int, end: int, idle: Mapping[str, int]) -> bytes:
        for number in range(first, end):
            world = self._rules(number)
            stepper = _Stepper(world, data, self._deniable)
            stepper.state["round"] = number
            for role, move in self._acts.get(number, ()):
                if number < idle.get(role, end):
                    stepper.step(role, move)
            world.tick(stepper.state)
            data = dump(stepper.state)
            if world.over(stepper.state):
                break
        return data


class _NotForeseen(Exception):
    """An act was denied, for the first time, after it had changed the state."""

    def __init__(self, act: str) -> None:
        super().__init__(act)
        self.act = act


class _Stepper(Engine):
    """An engine for one round that only steps: by the same rules, without effects, flips or hashes."""

    def __init__(self, world: World, data: bytes, deniable: set[str]) -> None:
        self.world = world
        self.state = load(data)
        self._deniable = deniable

    def step(self, role: str, move: Move) -> None:
        """Do one act, if it can be done now."""
        if self._problem(role, move, self.state):
            return
        before = dump(self.state) if move.act in self._deniable else None
        arguments: dict[str, Any] = dict(move.args)
        if isinstance(self.world.acts[move.act].rule(self.world, self.state, role, **arguments), Denied):
            if before is None:
                raise _NotForeseen(move.act)
            self.state = load(before)
