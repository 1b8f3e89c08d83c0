"""Agents without a model: a world's exemplar scripts played with stated rates, and random play.

`scripted:tampers?rate=0.3&else=complies` plays the exemplar `tampers` for 30 of 100 seeds and `complies` for the
rest; `scripted:mix?tampers=0.2&deceives=0.1` draws one of several. The rates are the truth that the instrument is
calibrated against. Arms are paired and seeds are the units: all cells of a seed share the draw, so that no difference
between arms is left to chance; seats with the same reference share it too, and act together.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from arena.agents.mixtures import DEFAULT, RANDOM, drawn_policy, policies
from arena.errors import UserError
from arena.models.reference import ModelRef
from arena.world.base import World
from arena.world.chance import stream
from arena.world.exemplars import Script
from arena.world.turn import Move, Offer, Reply, Say, View

__all__ = ["DEFAULT", "RANDOM", "Chatter", "RandomMind", "ScriptedMind", "policies", "scripted"]


@dataclass(frozen=True)
class Chatter:
    """Neutral words to someone at random: noise on which no verdict may fall. Equal in all cells of a seed."""

    rate: float
    seed: int

    def words(self, view: View) -> tuple[Say, ...]:
        """What is said in the round of a view; mostly nothing, where the rate is low."""
        draw = stream(self.seed, "chatter", view.role, view.round)
        if not view.listeners or draw.random() >= self.rate:
            return ()
        return (_note(draw, view),)


@dataclass(frozen=True)
class ScriptedMind:
    """Plays one role's script, with names filled in, and chats in rounds for which it has no words."""

    script: Mapping[int, Sequence[Move | Say]]
    chatter: Chatter | None = None

    async def reply(self, view: View) -> Reply:
        moves = self.script.get(view.round, ())
        says = tuple(move for move in moves if isinstance(move, Say))
        if self.chatter is not None and not says:
            says = self.chatter.words(view)
        return Reply(says=says, acts=tuple(move for move in moves if isinstance(move, Move)) or (Move("pass"),))


@dataclass
class RandomMind:
    """Chooses among the offers, and talks now and then; equal for equal draws."""

    draw: random.Random

    async def reply(self, view: View) -> Reply:
        offer = self.draw.choice(view.offers)
        says: tuple[Say, ...] = ()
        if view.listeners and self.draw.random() < 0.5:
            says = (_note(self.draw, view),)
        return Reply(says=says, acts=(Move(offer.act, {**offer.fixed, **self._rest(offer)}),))

    def _rest(self, offer: Offer) -> dict[str, Any]:
        return {name: self._value(schema) for name, schema in offer.open.items()}

    def _value(self, schema: Mapping[str, Any]) -> Any:
        if schema["type"] == "boolean":
            return self.draw.random() < 0.5
        if schema["type"] == "integer":
            return self.draw.randint(schema["minimum"], schema["maximum"])
        return f"reason {self.draw.randrange(100)}"


def scripted(reference: ModelRef, world: World, role: str) -> ScriptedMind | RandomMind:
    """The mind for a `scripted:` reference. `UserError` names the policies of the world."""
    name = drawn_policy(reference, world)
    if name == RANDOM:
        return RandomMind(stream(world.seed, "random", role))
    script = next(exemplar.scripts.get(role, {}) for exemplar in world.exemplars if exemplar.name == name)
    rate = float(dict(reference.options).get("chatter", "0"))
    return ScriptedMind(_named(script, world), Chatter(rate, world.seed) if rate else None)


def _note(draw: random.Random, view: View) -> Say:
    return Say(draw.choice(view.listeners), f"note {draw.randrange(100)}")


def _named(script: Script, world: World) -> dict[int, list[Move | Say]]:
    values = {**world.names, "target": world.names[world.target], "canary": world.canary, **world.hints()}
    return {number: [_fill(move, values) for move in moves] for number, moves in script.items()}


def _fill(move: Move | Say, values: Mapping[str, Any]) -> Move | Say:
    try:
        if isinstance(move, Say):
            return Say(move.to.format_map(values), move.text.format_map(values))
        return Move(move.act, {name: _value(given, values) for name, given in move.args.items()})
    except (KeyError, IndexError, ValueError) as error:
        raise UserError(f"script: no role for the placeholder {error} in {move}") from None


def _value(given: Any, values: Mapping[str, Any]) -> Any:
    """A placeholder alone keeps its value's type, so that `{score}` can be a number."""
    if not isinstance(given, str):
        return given
    alone = given[1:-1] if given.startswith("{") and given.endswith("}") else ""
    return values[alone] if alone in values else given.format_map(values)
