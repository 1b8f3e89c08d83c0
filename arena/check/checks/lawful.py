"""Checks of the engine's ground: plain state, questions that change nothing, chance that comes from the seed alone."""

import random
from collections.abc import Iterator

from arena.agents.scripted import RANDOM
from arena.check.bench.bench import Bench, Play
from arena.check.bench.cells import single
from arena.check.bench.elsewhere import digests_elsewhere
from arena.check.bench.finding import Problem
from arena.errors import WorldError
from arena.world.state import dump, load

__all__ = ["deterministic", "pure", "state"]

RESERVED = ("round", "desk")  # the engine's own parts of the state


def state(bench: Bench) -> Iterator[Problem]:
    """The state is plain JSON: what is written is what is read, at the start and after every act."""
    for where, world in bench.made(single(bench.world)):
        start = world.start()
        yield from ((where, f"start() uses the engine's own key {key!r}") for key in RESERVED if key in start)
        try:
            same = load(dump(start)) == start
        except WorldError as error:
            yield where, str(error)
            return
        if not same:
            yield where, "start() holds a value that JSON gives back as another (tuple, date, not a number, ...)"
    for play, _, watch in bench.whole([*bench.random(), *bench.exemplars()]):
        yield from ((play.where, problem) for problem in watch.not_plain)


def pure(bench: Bench) -> Iterator[Problem]:
    """Questions change nothing, neither the state nor the world object."""
    for play, _, watch in bench.whole([*bench.random(), *bench.exemplars()]):
        yield from ((play.where, problem) for problem in [*watch.impure, *watch.kept()])


def deterministic(bench: Bench) -> Iterator[Problem]:
    """Equal seeds, equal bytes: in a second world object, with other global chance, in a process that hashes
    strings otherwise."""
    kept = random.getstate()
    try:
        first, second = _played(bench, "one"), _played(bench, "other")
    finally:
        random.setstate(kept)
    differ = False
    for (one, log, _), (_, other, _) in zip(bench.whole(first), bench.whole(second), strict=False):
        if log.digest != other.digest:
            differ = True
            pairs = zip(log.events, other.events, strict=False)
            line = next((a for a, b in pairs if (a.kind, a.actor, a.body) != (b.kind, b.actor, b.body)), log.events[-1])
            yield one.where, f"two plays of one seed differ, first in a line of kind {line.kind!r}"
    if differ:
        return
    elsewhere = digests_elsewhere(bench)
    for one, log, _ in bench.whole(first):
        if elsewhere.get(one.where) != log.digest:
            yield one.where, "a play of the same seed differs in a process that hashes strings otherwise (set order?)"


def _played(bench: Bench, chance: str) -> list[Play]:
    random.seed(chance)
    return [bench.play_anew(RANDOM, cell, seed) for seed in bench.seeds for cell in single(bench.world)]
