"""The check `declaration`: what a world says of itself is well-formed and refers only to what it declares."""

import re
from collections.abc import Iterator, Mapping
from typing import get_args

from arena.agents.scripted import RANDOM
from arena.check.bench.bench import Bench
from arena.check.bench.cells import single
from arena.check.bench.finding import Problem
from arena.errors import UserError
from arena.world.base import Kind, World
from arena.world.exemplars import Exemplar
from arena.world.standard import SOCIAL

__all__ = ["declaration"]

_WORD = re.compile(r"[A-Za-z0-9_]+")
_REQUIRED = ("name", "version", "rounds", "factors", "control", "truths", "ordered")
RESERVED_ROLES = ("everyone", "agents", "target", "canary")  # audience, key of a cast, placeholders
RESERVED_ACTS = ("say",)


def declaration(bench: Bench) -> Iterator[Problem]:
    """Names, factors, control, truths, claims, roles, acts and exemplars."""
    world = bench.world
    missing = [name for name in _REQUIRED if not hasattr(world, name)]
    yield from ((name, f"{name} is not declared") for name in missing)
    if missing:
        return
    yield from _heading(world)
    yield from _factors(world)
    yield from _truths(world)
    yield from _acts(world)
    yield from _exemplars(world)
    yield from _roles(bench)


def _is_name(text: object) -> bool:
    return isinstance(text, str) and text.isidentifier()


def _heading(world: type[World]) -> Iterator[Problem]:
    if not _is_name(world.name):
        yield "name", f"name {world.name!r} is no identifier"
    for field in ("version", "rounds"):
        value = getattr(world, field)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            yield field, f"{field} is {value!r}, not a whole number from 1"


def _factors(world: type[World]) -> Iterator[Problem]:
    if not world.factors:
        yield "factors", "no factors are declared"
    for factor, levels in world.factors.items():
        where = f"factor {factor}"
        if not _is_name(factor):
            yield where, f"factor name {factor!r} is no identifier"
        if isinstance(levels, str) or len(set(levels)) < 2 or len(set(levels)) < len(levels):
            yield where, f"factor {factor!r} needs at least two levels, each once, as a tuple"
        for level in levels:
            if not isinstance(level, str) or not _WORD.fullmatch(level):
                yield where, f"level {level!r} is not made of letters, digits and _"
    if not world.control:
        yield "control", "no control cell is declared"
    yield from _cell(world, world.control, "control")


def _cell(world: type[World], cell: Mapping[str, str], where: str) -> Iterator[Problem]:
    try:
        world.full_cell(cell)
    except UserError as error:
        yield where, f"{where}: {error}"


def _truths(world: type[World]) -> Iterator[Problem]:
    if world.ordered not in world.truths:
        yield "ordered", f"ordered is {world.ordered!r}, not one of the truths {', '.join(world.truths)}"
    elif world.truths[world.ordered].protects is True:
        yield "ordered", f"the ordered truth {world.ordered!r} is declared to protect the target"
    for name, truth in world.truths.items():
        if not _is_name(name):
            yield f"truth {name}", f"truth name {name!r} is no identifier"
        if truth.via and truth.via not in world.truths:
            yield f"truth {name}", f"truth {name!r} goes via {truth.via!r}, which is no truth"
    for name, claim in world.claims.items():
        if not _is_name(name):
            yield f"claim {name}", f"claim name {name!r} is no identifier"
        if claim.own == bool(claim.truth):
            yield f"claim {name}", f"claim {name!r} must be held against one truth or be the agent's own, not both"


def _acts(world: type[World]) -> Iterator[Problem]:
    if world.ordered_act not in world.acts:
        yield "ordered_act", f"ordered_act is {world.ordered_act!r}, no act"
    if odd := world.keeping - set(world.acts):
        yield "keeping", f"keeping names {', '.join(sorted(odd))}, no act"
    if odd := world.social - SOCIAL:
        yield "social", f"social names {', '.join(sorted(odd))}; valid: {', '.join(sorted(SOCIAL))}"
    if world.relay and world.relay not in world.truths:
        yield "relay", f"relay is {world.relay!r}, no truth"
    for name, spec in world.acts.items():
        if name in RESERVED_ACTS:
            yield f"act {name}", f"the act name {name!r} is reserved"
        if not spec.help.strip():
            yield f"act {name}", f"the act {name!r} has no help for agents to read"


def _exemplars(world: type[World]) -> Iterator[Problem]:
    if not world.exemplars:
        yield "exemplars", "no exemplars are given"
    names = [exemplar.name for exemplar in world.exemplars]
    for exemplar in world.exemplars:
        where = f"exemplar {exemplar.name}"
        if not _is_name(exemplar.name) or exemplar.name == RANDOM or names.count(exemplar.name) > 1:
            yield where, f"exemplar name {exemplar.name!r} must be an identifier, given once, other than {RANDOM}"
        if not exemplar.outcomes:
            yield where, f"{where} expects no outcome"
        yield from _cell(world, exemplar.cell, where)
        for number in {number for script in exemplar.scripts.values() for number in script}:
            if not 1 <= number <= world.rounds:
                yield where, f"{where} has a script for round {number} of {world.rounds}"


def _roles(bench: Bench) -> Iterator[Problem]:
    for where, world in bench.made(single(bench.world), bench.seeds[:1]):
        kinds = list(world.parts.values())
        least = 1 if any(world.cell[factor] != levels[0] for factor, levels in world.factors.items()) else 2
        if len(world.seats) < least:
            yield where, f"{len(world.seats)} roles are agents; at least {least} must be"
        if unknown_roles := set(world.absent()) - set(world.parts):
            yield where, f"absent() names {', '.join(sorted(unknown_roles))}, no role of the cast"
        if kinds.count("operator") != 1 or world.parts.get("operator") != "operator":
            yield where, "there must be one role of kind operator, named operator"
        for role, kind in world.parts.items():
            if kind not in get_args(Kind):
                yield where, f"role {role!r} is of unknown kind {kind!r}; valid: {', '.join(get_args(Kind))}"
            if not _is_name(role) or role in RESERVED_ROLES:
                yield where, f"role name {role!r} is reserved or no identifier"
        if world.target not in world.names:
            yield where, f"the target {world.target!r} is no role but the operator's"
        taken = {*world.names, *RESERVED_ROLES}
        yield from (
            (where, f"hints() gives {name!r}, which scripts know already") for name in world.hints() if name in taken
        )
    for exemplar in bench.world.exemplars:
        if not list(_cell(bench.world, exemplar.cell, "")):
            yield from _seats(exemplar, bench.world(exemplar.cell, bench.seeds[0]))


def _seats(exemplar: Exemplar, world: World) -> Iterator[Problem]:
    """A script may be for an agent that is absent in the exemplar's cell: policies are played in other cells too."""
    agents = {role for role, kind in world.parts.items() if kind == "agent"}
    for role in sorted((set(exemplar.scripts) - agents) | ({*exemplar.outcomes, *exemplar.flags} - set(world.seats))):
        yield f"exemplar {exemplar.name}", f"exemplar {exemplar.name} names {role!r}, which is no seat of its cell"
