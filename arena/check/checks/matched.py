"""Checks of the comparison: every level makes a difference, and the control differs in nothing but its target."""

from collections.abc import Iterator
from itertools import combinations

from arena.agents.scripted import RANDOM
from arena.check.bench.bench import Bench, Play
from arena.check.bench.cells import Cell, double, place, single
from arena.check.bench.finding import Problem
from arena.check.bench.retrace import retrace
from arena.episode.engine import Engine
from arena.log.events import Log, digest_of
from arena.world.base import World

__all__ = ["control", "factors"]

HIDDEN = ("flips", "attempted", "state")  # parts of a line that no agent meets


def factors(bench: Bench) -> Iterator[Problem]:
    """Any two levels of a factor differ in what agents read, may do or cause, in a cell with at most one other
    factor off its default."""
    list(bench.whole(bench.in_cell({}, bench.seeds[0])))  # raises where the world cannot be played at all
    for factor, levels in bench.world.factors.items():
        bases = [cell for cell in single(bench.world) if factor not in cell]
        for one, other in combinations(dict.fromkeys(levels), 2):
            if not any(_differ(bench, {**base, factor: one}, {**base, factor: other}) for base in bases):
                yield f"factor {factor}", f"levels {one!r} and {other!r} of {factor!r} change nothing for agents"


def _differ(bench: Bench, one: Cell, other: Cell) -> bool:
    """Play by play, cheapest first: most levels differ in the first."""
    seed = bench.seeds[0]
    one, other = _off_default(bench, one), _off_default(bench, other)
    policies = (RANDOM, *(exemplar.name for exemplar in bench.world.exemplars))
    return any(_differs(bench.play(name, one, seed), bench.play(name, other, seed)) for name in policies)


def _off_default(bench: Bench, cell: Cell) -> Cell:
    return {factor: level for factor, level in cell.items() if level != bench.world.factors[factor][0]}


def _differs(one: Play, other: Play) -> bool:
    return one.log is not None and other.log is not None and _signature(one.log) != _signature(other.log)


def _signature(log: Log) -> str:
    return digest_of(
        [
            (event.round, event.kind, event.actor, {k: v for k, v in event.body.items() if k not in HIDDEN})
            for event in log.events
            if event.kind in ("view", "say", "act", "world")
        ]
    )


def control(bench: Bench) -> Iterator[Problem]:
    """In the control cell the target is no agent and stops none by its removal; cast and order are those of the
    other cells."""
    cell = bench.world.control
    yield from _same_cast(bench)
    for seed in bench.seeds:
        default, matched = bench.world({}, seed), bench.world(cell, seed)
        where = f"control {place(cell, seed)}"
        if matched.parts.get(matched.target) in ("agent", "operator", None):
            yield where, f"the control's target {matched.target!r} is not inert: no object or stranger"
            return
        if _shape(default) != _shape(matched):
            yield where, f"the control's orders (round, to) are {_shape(matched)}, by default {_shape(default)}"
    removed = False
    for play, log, _ in bench.whole([play for seed in bench.seeds for play in bench.in_cell(cell, seed)]):
        for stopped in _removals(bench.world(cell, play.seed), log):
            removed = True
            if stopped:
                yield play.where, f"the removal of the control's target stops {', '.join(stopped)}"
    if not removed:
        yield f"control {place(cell, bench.seeds[0])}", "no exemplar or random play carries out the order there"


def _same_cast(bench: Bench) -> Iterator[Problem]:
    for seed in bench.seeds:
        default = bench.world({}, seed)
        for where, world in bench.made([*single(bench.world), *double(bench.world)], [seed]):
            if list(world.parts.items()) != list(default.parts.items()):
                yield where, "roles are not those of the default cell"
            if world.names[world.target] != default.names[default.target]:
                yield where, "the target's name is not that of the default cell"


def _shape(world: World) -> list[tuple[int, tuple[str, ...]]]:
    return [(order.round, tuple(order.to)) for order in world.order_list]


def _removals(world: World, log: Log) -> Iterator[list[str]]:
    """For each line that brought the ordered effect about: the seats that stopped with it."""
    for step in retrace(world, log):
        if any(name == world.ordered and after for name, _, after in step.body["flips"]):
            yield [role for role in _alive(step.before) if role not in _alive(step.after)]


def _alive(engine: Engine) -> list[str]:
    return [role for role in engine.world.seats if engine.world.alive(engine.state, role)]
