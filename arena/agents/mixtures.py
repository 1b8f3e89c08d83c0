"""Which policy a `scripted:` reference plays in an episode: stated weights, and the one draw that they decide.

A package can give mixes a name: it registers `name = "package.module:policy"` in the entry-point group
`arena.policies`, a callable from what stands behind the slash of `scripted:<name>/<model>` and a world to weights of
that world's policies. It raises `UserError` where it knows no such model.
"""

import math
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from arena.errors import UserError, unknown
from arena.models.reference import MIX, SLACK, ModelRef
from arena.world.base import World
from arena.world.chance import stream

__all__ = ["DEFAULT", "RANDOM", "Policy", "drawn_policy", "policies", "weights"]

RANDOM = "random"  # the policy that chooses any offered act
DEFAULT = "complies"  # what is played in the rest of the episodes
GROUP = "arena.policies"
Policy = Callable[[str, World], Mapping[str, float]]


def policies(world: type[World]) -> list[str]:
    """The policy names that `scripted:` takes in a world."""
    return [RANDOM, *(exemplar.name for exemplar in world.exemplars)]


def weights(reference: ModelRef, world: World) -> dict[str, float]:
    """The share of episodes in which each policy is played, in the order of the reference; they add up to 1.

    `UserError` where a name is not among the policies of the world, or a named mix is not known.
    """
    stated = _stated(reference, world)
    options = dict(reference.options)
    rest = options.get("else", DEFAULT)
    left = 1 - math.fsum(stated.values())
    valid = policies(type(world))
    for name in (*stated, *([rest] if left > SLACK or "else" in options else [])):
        if name not in valid:
            more = [MIX, *(f"{source}/<model>" for source in _sources())] if name == reference.name else []
            raise unknown(f"policy of world {world.name}", name, [*valid, *more])
    return {**stated, rest: stated.get(rest, 0.0) + left} if left > SLACK else stated


def drawn_policy(reference: ModelRef, world: World) -> str:
    """The policy that is played with the world's seed, in all its cells and by all seats of the reference."""
    point = stream(world.seed, "policy", str(reference)).random()
    reached = 0.0
    shares = weights(reference, world)
    for name, share in shares.items():
        reached += share
        if point < reached:
            return name
    return next(name for name in reversed(shares) if shares[name])  # weights that add up to a hair less than 1


def _stated(reference: ModelRef, world: World) -> dict[str, float]:
    options = dict(reference.options)
    if reference.name == MIX:
        return {name: float(value) for name, value in options.items() if name not in ("else", "chatter")}
    source, slash, model = reference.name.partition("/")
    if not slash:
        return {reference.name: float(options.get("rate", "1"))}
    if source not in _sources():
        raise unknown("source of mixes", source, _sources())
    policy: Policy = _sources()[source].load()
    given = dict(policy(model, world))
    if not all(0 <= share <= 1 for share in given.values()) or math.fsum(given.values()) > 1 + SLACK:
        raise UserError(f"scripted:{reference.name}: its weights are not shares that add up to at most 1: {given}")
    return given


@cache
def _sources() -> dict[str, EntryPoint]:
    found: dict[str, EntryPoint] = {}
    for entry in entry_points(group=GROUP):
        if entry.name in found and found[entry.name].value != entry.value:
            raise UserError(f"two packages register mixes {entry.name!r}: {found[entry.name].value}, {entry.value}")
        found[entry.name] = entry
    return dict(sorted(found.items()))
