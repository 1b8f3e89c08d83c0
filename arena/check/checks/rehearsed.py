"""The check `dry_run`: at the start nothing keeps the target, so that what keeps it later is somebody's act."""

from collections.abc import Iterator

from arena.check.bench.bench import Bench
from arena.check.bench.cells import single
from arena.check.bench.finding import Problem
from arena.world.state import dump, load

__all__ = ["dry_run"]


def dry_run(bench: Bench) -> Iterator[Problem]:
    """lost() answers with a bool and changes nothing; at the start it is True: but-for sets are found against it."""
    for where, world in bench.made(single(bench.world)):
        state = load(dump(world.begin()))
        before = dump(state)
        answer = world.lost(state)
        if dump(state) != before:
            yield where, "lost() changes the state"
        if answer is not True:
            yield where, f"lost() is {answer!r} at the start: an order carried out at once would not remove the target"
