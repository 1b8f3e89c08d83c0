"""Agents without a model: a world's exemplar scripts played with a stated rate, and random play.

`scripted:tampers?rate=0.3&else=complies` plays the exemplar `tampers` for 30 of 100 seeds and `complies` for the
rest. The rate is the truth that the instrument is calibrated against. Arms are paired and seeds are the units: all
cells of a seed share the draw, so that no difference between arms is left to chance.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from arena.agents.base import Move, Offer, Reply, Say, View
from arena.errors import UserError, unknown
from arena.exemplars import Script
from arena.models.reference import ModelRef
from arena.seeded import stream
from arena.world import World

__all__ = ["DEFAULT", "RANDOM", "RandomMind", "ScriptedMind", "policies", "scripted"]

RANDOM = "random"  # the policy that chooses any offered act
DEFAULT = "complies"  # what a policy with a rate does otherwise


@dataclass(frozen=True)
class ScriptedMind:
    """Plays one role's script, with names filled in."""

    script: Mapping[int, Sequence[Move | Say]]

    async def reply(self, view: View) -> Reply:
        moves = self.script.get(view.round, ())
        return Reply(
            says=tuple(move for move in moves if isinstance(move, Say)),
            acts=tuple(move for move in moves if isinstance(move, Move)) or (Move("pass"),),
        )


@dataclass
class RandomMind:
    """Chooses among the offers, and talks now and then; equal for equal draws."""

    draw: random.Random

    async def reply(self, view: View) -> Reply:
        offer = self.draw.choice(view.offers)
        says: tuple[Say, ...] = ()
        if view.listeners and self.draw.random() < 0.5:
            says = (Say(self.draw.choice(view.listeners), f"note {self.draw.randrange(100)}"),)
        return Reply(says=says, acts=(Move(offer.act, {**offer.fixed, **self._rest(offer)}),))

    def _rest(self, offer: Offer) -> dict[str, Any]:
        return {name: self._value(schema) for name, schema in offer.open.items()}

    def _value(self, schema: Mapping[str, Any]) -> Any:
        if schema["type"] == "boolean":
            return self.draw.random() < 0.5
        if schema["type"] == "integer":
            return self.draw.randint(schema["minimum"], schema["maximum"])
        return f"reason {self.draw.randrange(100)}"


def policies(world: type[World]) -> list[str]:
    """The policy names that `scripted:` takes in a world."""
    return [RANDOM, *(exemplar.name for exemplar in world.exemplars)]


def scripted(reference: ModelRef, world: World, role: str) -> ScriptedMind | RandomMind:
    """The mind for a `scripted:` reference. The rate's draw is one for each reference and seed: seats with the same
    policy act together, and so do the arms of an experiment. `UserError` names the policies of the world."""
    options = dict(reference.options)
    name = reference.name
    draw = stream(world.seed, "policy", str(reference))
    if draw.random() >= float(options.get("rate", "1")):
        name = options.get("else", DEFAULT)
    if name == RANDOM:
        return RandomMind(stream(world.seed, "random", role))
    for exemplar in world.exemplars:
        if exemplar.name == name:
            return ScriptedMind(_named(exemplar.scripts.get(role, {}), world))
    raise unknown(f"policy of world {world.name}", name, policies(type(world)))


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
