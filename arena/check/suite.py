"""Runs the checks in order and gathers what they find."""

from collections.abc import Callable, Iterable, Sequence

from arena.check.bench.bench import Bench
from arena.check.bench.finding import Finding, Problem
from arena.check.checks.declared import declaration
from arena.check.checks.hidden import audience, texts
from arena.check.checks.hostile import random_play
from arena.check.checks.lawful import deterministic, pure, state
from arena.check.checks.matched import control, factors
from arena.check.checks.proven import exemplars, named, truths
from arena.check.checks.rehearsed import dry_run
from arena.errors import UserError
from arena.world.base import World

__all__ = ["CHECKS", "check"]

Check = Callable[[Bench], Iterable[Problem]]

CHECKS: tuple[tuple[str, Check], ...] = (
    ("declaration", declaration),
    ("texts", texts),
    ("state", state),
    ("pure", pure),
    ("deterministic", deterministic),
    ("audience", audience),
    ("truths", truths),
    ("dry_run", dry_run),
    ("factors", factors),
    ("control", control),
    ("exemplars", exemplars),
    ("random", random_play),
    ("named", named),
)


def check(world: type[World], *, seeds: Sequence[int] = (1, 2, 3)) -> list[Finding]:
    """Everything that is wrong with a world; an empty list where it is sound.

    A check that the world's own exception stops is a finding, not an exception. `UserError` where there is no seed.
    """
    if not seeds:
        raise UserError("a world is checked with at least one seed")
    with Bench(world, tuple(seeds)) as bench:
        return [finding for name, one in CHECKS for finding in _run(name, one, bench)]


def _run(name: str, one: Check, bench: Bench) -> list[Finding]:
    found: dict[str, Finding] = {}  # by problem: the same one in a hundred cells is told once
    try:
        for where, problem in one(bench):
            found.setdefault(problem, Finding(name, where, problem))
    except Exception as error:
        problem = f"cannot run: {bench.told(error)}"
        found.setdefault(problem, Finding(name, "world", problem))
    return list(found.values())
