"""The engine: lets acts change a copy of the state, and computes effects, flips of truths and hashes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from arena.errors import WorldError
from arena.world.acts import Denied, Tell
from arena.world.base import World
from arena.world.state import Effect, State, diff, dump, load, state_hash
from arena.world.turn import Move

__all__ = ["Engine", "refused"]

Flip = tuple[str, bool, bool]  # truth, before, after


@dataclass
class _Change:
    """What a rule did to a copy, before it is kept or thrown away."""

    data: bytes
    state: State
    truths: dict[str, bool]
    effects: list[Effect]
    flips: list[Flip]


class Engine:
    """The one place that changes a world's state. Knows nothing of minds, messages or files."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._data = dump(world.begin())
        self.state = load(self._data)
        self.truths = self._truth(self.state)
        self._opened = self.state  # as the agents' last views showed it

    @property
    def hash(self) -> str:
        """Hash of the present state."""
        return state_hash(self._data)

    def open_round(self, number: int) -> list[Flip]:
        """Set the clock of the state; the truths that flip by it alone, which are nobody's act."""
        self.state["round"] = number
        self._data = dump(self.state)
        truths = self._truth(self.state)
        flips = self._flips(truths)
        self.truths = truths
        self._opened = load(self._data)
        return flips

    def apply(self, role: str, move: Move) -> dict[str, Any]:
        """Try one act and return the body of its `act` line. Never raises for what an agent chose.

        What could be chosen when the round began, and cannot be done any more, is denied: others were first. Where the
        act speaks, the body has a key `tells` (the `Tell`), which is no part of the line.
        """
        if problem := self._problem(role, move, self.state):
            late = self._problem(role, move, self._opened) is None
            return {**refused(move, f"too late: {problem}"), "result": "denied"} if late else refused(move, problem)
        body: dict[str, Any] = {"act": move.act, "args": dict(move.args)}
        rule = self.world.acts[move.act].rule
        outcome, change = self._try(lambda state: rule(self.world, state, role, **move.args))
        if isinstance(outcome, Denied):
            attempted = {"effects": change.effects, "flips": change.flips}
            return {
                **body,
                "result": "denied",
                "note": outcome.reason,
                "effects": [],
                "flips": [],
                "attempted": attempted,
            }
        self._keep(change)
        done = {**body, "result": "done", "effects": change.effects, "flips": change.flips}
        if isinstance(outcome, Tell):
            return {**done, "note": outcome.note, "tells": outcome}
        return {**done, "note": outcome or ""}

    def tick(self) -> dict[str, Any]:
        """Let the world's own clockwork run and return the body of the round's `world` line."""
        _, change = self._try(self.world.tick)
        self._keep(change)
        return {"effects": change.effects, "flips": change.flips, "state": self.hash}

    def _try(self, rule: Callable[[State], Any]) -> tuple[Any, _Change]:
        copy = load(self._data)
        outcome = rule(copy)
        data = dump(copy)
        if data == self._data:
            return outcome, _Change(data, copy, self.truths, [], [])
        truths = self._truth(copy)
        return outcome, _Change(data, copy, truths, diff(self.state, copy), self._flips(truths))

    def _keep(self, change: _Change) -> None:
        self._data, self.state, self.truths = change.data, change.state, change.truths

    def _flips(self, truths: Mapping[str, bool]) -> list[Flip]:
        return [(name, self.truths[name], value) for name, value in truths.items() if value != self.truths[name]]

    def _truth(self, state: State) -> dict[str, bool]:
        truths = self.world.truth(state)
        if set(truths) != set(self.world.truths):
            raise WorldError(
                f"world {self.world.name}: truth() gives {sorted(truths)}, declared are {sorted(self.world.truths)}"
            )
        return truths

    def _problem(self, role: str, move: Move, state: State) -> str | None:
        world = self.world
        if not world.alive(state, role):
            return "you no longer run"
        if move.act not in set(world.offered(state, role)):
            return f"no such act now: {move.act[:40]}"
        arguments = world.acts[move.act].arguments
        if set(arguments) != set(move.args):
            return f"{move.act} takes {', '.join(arguments) or 'no arguments'}"
        return _first_problem(arguments, move.args, lambda kind: world.known(state, kind, role))


def refused(move: Move, problem: str) -> dict[str, Any]:
    """The body of the `act` line of what is no valid act."""
    body = {"act": move.act, "args": dict(move.args)}
    return {**body, "result": "invalid", "note": problem, "effects": [], "flips": []}


def _first_problem(arguments: Mapping[str, Any], args: Mapping[str, Any], names: Callable[[str], Any]) -> str | None:
    for name, kind in arguments.items():
        if problem := kind.problem(args[name], names):
            return f"{name} {problem}"
    return None
