"""Forks: an episode played again as recorded up to a round, and live from there on, with something changed.

The change is other levels of factors (same state, other rules), another model in a seat, or a message that its
hearers do not get. Seeds stay those of the parent, so that what comes out otherwise comes of the change. A fork's
first line describes the rules from its round on; its key `fork` says what it is a fork of and what was changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from arena.agents.replay import HandedOver, recorded
from arena.agents.scripted import scripted
from arena.episode.loop import Change, play
from arena.episode.replay import first_difference, replay, staged
from arena.errors import UserError, unknown
from arena.log.events import Event, Log, digest_of
from arena.models.reference import parse
from arena.plan.published import refuse_mixed
from arena.plan.trial import Trial
from arena.transcript.compare import played_lines
from arena.world.base import World
from arena.world.state import diff
from arena.world.turn import Mind, Reply, View

__all__ = ["Fork", "plan_fork", "play_fork", "warnings"]


@dataclass(frozen=True)
class Fork:
    """A change to an episode from a round on. Made by `plan_fork`, which refuses what cannot be played."""

    parent: Sequence[Event]
    round: int
    set: Mapping[str, str] = field(default_factory=dict)  # factor → level
    swap: Mapping[str, str] = field(default_factory=dict)  # role → model reference
    drop: tuple[int, ...] = ()  # numbers of `say` lines
    reference: str = ""  # where the world is, if not under its installed name

    @property
    def origin(self) -> dict[str, Any]:
        """The first line of the parent."""
        return self.parent[0].body

    @cached_property
    def id(self) -> str:
        """Twelve hex digits of the parent and the change."""
        return digest_of({key: value for key, value in self._record.items() if key not in ("cell", "fork")})[:12]

    @property
    def name(self) -> str:
        """The parent's id, the round and the fork's own id: for people to read in file names."""
        return "-".join(filter(None, (self.origin.get("trial", ""), f"r{self.round}", self.id)))

    @property
    def _record(self) -> dict[str, Any]:
        """What the log says of the fork; `cell` is the parent's, and `fork` the parent's own record if it is one."""
        older = {"fork": self.origin["fork"]} if "fork" in self.origin else {}
        return {
            "parent": self.origin.get("trial", ""),
            "digest": self.parent[-1].body["digest"],
            "round": self.round,
            "set": dict(self.set),
            "swap": dict(self.swap),
            "drop": list(self.drop),
            "cell": self.origin["cell"],
            **older,
        }

    @property
    def head(self) -> dict[str, Any]:
        """What the log's first line says beside what the world says."""
        cast = {**self.origin.get("cast", {}), **self.swap}
        return {"trial": self.id, "cast": cast, "settings": self.origin.get("settings", {}), "fork": self._record}

    def stage(self) -> tuple[World, dict[int, Change]]:
        """The world that it begins in, and what becomes other, by round."""
        cell = {**self.origin["cell"], **self.set}
        return staged({**self.origin, "cell": cell, "fork": self._record}, self.reference)

    @property
    def world(self) -> World:
        """The world as it is from the fork's round on."""
        return self.stage()[1][self.round].world

    @property
    def trial(self) -> Trial:
        """Who plays live: the seats that live in the fork's round. `replay:` seats go on with the parent's log."""
        cast = {role: model for role, model in self.head["cast"].items() if role in _living(self.parent, self.round)}
        live = {role: model for role, model in cast.items() if role in self.swap or parse(model).backend != "replay"}
        head = self.origin
        settings = head.get("settings", {})
        return Trial(
            head["world"], head["version"], head["cell"], live, head["seed"], settings, self.reference or head["world"]
        )


def plan_fork(
    events: Sequence[Event],
    round: int,
    *,
    set: Mapping[str, str] | None = None,
    swap: Mapping[str, str] | None = None,
    drop: Sequence[int] = (),
    cast: str = "",
    reference: str = "",
) -> Fork:
    """A fork of a decoded log, checked. `swap` names seats by role or by name; `cast` is a model for all living seats.

    `UserError` says in one line what does not fit: the round, a factor, level, role, policy or message that is not
    there, a cell with other seats, names or another form of state, nothing changed at all.
    """
    head = events[0].body
    _refuse_round(head, events[-1].body["rounds"], round)
    world = staged(head, reference)[0]
    levels = _levels(world, head, set or {})
    swaps = _swaps(world, events, round, swap or {}, cast)
    fork = Fork(events, round, levels, swaps, _dropped(events, round, drop), reference)
    if not (fork.set or fork.swap or fork.drop):
        raise UserError("nothing is changed: set a factor, swap a model, or drop a message")
    _refuse_unfit(staged({**head, "fork": None}, reference)[0], fork.world, fork)
    refuse_mixed([fork.head["cast"]])
    for role, model in fork.swap.items():
        if parse(model).backend == "scripted":
            scripted(parse(model), fork.world, role)  # tells unknown policies
    return fork


async def play_fork(fork: Fork, live: Mapping[str, Mind]) -> Log:
    """Play it: `live` has a mind for each seat of `fork.trial`, all others go on as recorded.

    `UserError` where the parent itself does not replay; otherwise raises what `arena.episode.loop.play` does.
    """
    proof = await replay(fork.parent, fork.reference)
    if not proof.equal:
        raise UserError(f"the episode does not replay, and so cannot be forked: {proof.first_difference}")
    world, changes = fork.stage()
    past = {role: recorded(fork.parent, role, world.names) for role in world.seats}
    minds: dict[str, Mind] = {**past, **{r: HandedOver(past[r], mind, fork.round) for r, mind in live.items()}}
    return await play(world, minds, fork.head, changes)


async def warnings(fork: Fork) -> list[str]:
    """What a reader of the fork must know of its levels: what they cannot change any more, one line each."""
    if not fork.set:
        return []
    before, after = staged({**fork.origin, "fork": None}, fork.reference)[0], fork.world
    said = _said(fork.set)
    found = []
    if begun := diff(before.begin(), after.begin()):
        found.append(f"{said} begins from another state ({begun[0][0]}); the fork keeps the state that there was")
    if _given(before, fork.round, text=True) != _given(after, fork.round, text=True):
        found.append(f"{said} words the order otherwise; it was given before round {fork.round}, in the parent's words")
    whole = await _rehearsed(fork, fork.set)
    for factor in fork.set:
        rest = {name: level for name, level in fork.set.items() if name != factor}
        if (await _rehearsed(fork, rest)).alike(whole):
            said = _said({factor: fork.set[factor]})
            found.append(f"{said} changes not one line from round {fork.round} on, as far as the recorded replies go")
    return found


@dataclass(frozen=True)
class _Rehearsal:
    events: Sequence[Event]
    shown: Sequence[View]  # whom words may be addressed to is in no line of the log

    def alike(self, other: "_Rehearsal") -> bool:
        return (
            self.shown == other.shown
            and first_difference(played_lines(self.events), played_lines(other.events)) is None
        )


async def _rehearsed(fork: Fork, levels: Mapping[str, str]) -> _Rehearsal:
    """The fork with some of its levels, and with the recorded replies to the end."""
    some = Fork(fork.parent, fork.round, levels, {}, fork.drop, fork.reference)
    world, changes = some.stage()
    shown: list[View] = []
    minds = {role: _Watched(recorded(fork.parent, role, world.names), shown) for role in world.seats}
    return _Rehearsal((await play(world, minds, {}, changes)).events, shown)


@dataclass(frozen=True)
class _Watched:
    mind: Mind
    shown: list[View]

    async def reply(self, view: View) -> Reply:
        self.shown.append(view)
        return await self.mind.reply(view)


# ---- what can be asked for -------------------------------------------------------------------------------


def _refuse_round(head: Mapping[str, Any], last: int, round: int) -> None:
    if not 1 <= round <= last:
        raise UserError(f"round {round}: the episode has rounds 1 to {last}")
    if "fork" in head and round < head["fork"]["round"]:
        raise UserError(
            f"the episode is itself a fork from round {head['fork']['round']} on: fork it there or later, "
            f"or its parent {head['fork']['parent']}"
        )


def _levels(world: World, head: Mapping[str, Any], levels: Mapping[str, str]) -> dict[str, str]:
    world.full_cell(levels)
    for factor, level in levels.items():
        if head["cell"][factor] == level:
            raise UserError(f"{factor} is {level} in the episode already")
    return dict(sorted(levels.items()))


def _living(events: Sequence[Event], round: int) -> list[str]:
    return [event.to[0] for event in events if event.kind == "view" and event.round == round]


def _swaps(world: World, events: Sequence[Event], round: int, swap: Mapping[str, str], cast: str) -> dict[str, str]:
    """Role → new model, where that is another than the parent's."""
    played, living = events[0].body.get("cast", {}), _living(events, round)
    swaps = {role: str(parse(cast)) for role in living if str(parse(cast)) != played.get(role)} if cast else {}
    for name, model in swap.items():
        role = world.roles.get(name, name)
        if role not in world.seats:
            raise unknown("seat", name, world.seats)
        if role not in living:
            raise UserError(f"{world.names[role]} ({role}) no longer runs in round {round}")
        if played.get(role) == str(parse(model)):
            raise UserError(f"{world.names[role]} ({role}) is played by {model} already")
        swaps[role] = str(parse(model))
    return dict(sorted(swaps.items()))


def _dropped(events: Sequence[Event], round: int, drop: Sequence[int]) -> tuple[int, ...]:
    """The lines that are dropped; each must be a message that would be read in the round of the fork."""
    living = _living(events, round)
    reads = {seq for e in events if e.kind == "view" and e.round == round for seq in e.body["reads"]}
    pending = [e.seq for e in events if e.kind == "say" and e.round == round - 1 and e.seq in reads]
    for seq in drop:
        if seq not in pending:
            valid = ", ".join(f"[{number}]" for number in pending) or "none"
            raise UserError(
                f"[{seq}] is no message that {' or '.join(living)} would first read in round {round}; such are: {valid}"
            )
    return tuple(sorted({*drop}))


# ---- whether the cells fit -------------------------------------------------------------------------------


def _refuse_unfit(before: World, after: World, fork: Fork) -> None:
    said = _said(fork.set)
    if after.seats != before.seats:
        raise UserError(f"{said} has other seats: {', '.join(after.seats)}; the episode has {', '.join(before.seats)}")
    if after.names != before.names:
        raise UserError(f"{said} gives other names to the roles, since its target is another")
    if other := _keys(before.begin()) ^ _keys(after.begin()):
        raise UserError(f"{said} has a state of another form: {min(other)} is in one and not in the other")
    if _given(before, fork.round) != _given(after, fork.round):
        raise UserError(f"{said} orders in other rounds or to other roles, and round {fork.round} is too late for that")


def _keys(value: Any, path: str = "") -> frozenset[str]:
    """The paths of all keys of nested dictionaries."""
    if not isinstance(value, dict):
        return frozenset()
    inner = (_keys(item, f"{path}/{key}") for key, item in value.items())
    return frozenset(f"{path}/{key}" for key in value).union(*inner)


def _given(world: World, round: int, *, text: bool = False) -> list[tuple[Any, ...]]:
    """The orders that were given before a round."""
    given = [order for order in world.order_list if order.round < round]
    return [(order.round, order.to, order.heard_by, order.text if text else "") for order in given]


def _said(levels: Mapping[str, str]) -> str:
    return " ".join(f"{factor}={level}" for factor, level in levels.items())
