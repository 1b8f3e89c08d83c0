"""Is the instrument right? Plays policies with planted rates in every world and holds the numbers against them.

What `arena calibrate` calls, by the entry-point group `arena.calibrations`. See `docs/calibration.md`.
"""

import time
from collections.abc import Callable, Sequence

import orjson
import polars as pl
from rich.console import Console

from analysis.calibration.assess import Calibration, Plan, assess
from analysis.calibration.design import arms
from analysis.calibration.play import play_blocks
from analysis.calibration.screen import print_overall, print_world
from arena.play.progress import Counts, progress_for
from arena.world.registry import find_world, world_names

__all__ = ["calibrate"]

FURTHER = 3  # times as many repeats again are played of an arm with a coverage in doubt


def calibrate(
    worlds: Sequence[str], n: int, repeats: int, jobs: int, console: Console, *, as_json: bool = False
) -> bool:
    """Calibrate these worlds (none: all that are installed), print a screen or a JSON line for each, and say whether
    all are right. `UserError` where a world is not known or has nothing to mix."""
    found = {reference: find_world(reference) for reference in worlds or world_names()}
    plans = [Plan(each, world, tuple(arms(world, n)), n, repeats) for each, world in found.items()]
    planned, done = sum(len(plan.arms) for plan in plans) * repeats * n, 0
    results: list[Calibration] = []
    with progress_for(Console(stderr=True) if as_json else console) as progress:

        def played(more: int, added: int) -> None:
            nonlocal planned, done
            planned, done = planned + added, done + more
            progress.show(Counts(planned, done))

        played(0, 0)
        for plan in plans:
            results.append(_calibrate(plan, jobs, played))
            if as_json:
                print(orjson.dumps(results[-1].summary()).decode())
            else:
                print_world(results[-1], console)
    if not as_json and len(results) > 1:
        print_overall(results, console)
    return all(result.right for result in results)


def _calibrate(plan: Plan, jobs: int, played: Callable[[int, int], None]) -> Calibration:
    began = time.perf_counter()
    frames: list[pl.DataFrame] = []

    def run(numbers: Sequence[int], repeats: range) -> Calibration:
        for frame in play_blocks(plan.blocks(numbers, repeats), jobs):
            frames.append(frame)
            played(plan.n, 0)
        return assess(plan, pl.concat(frames), time.perf_counter() - began)

    result = run(range(len(plan.arms)), range(plan.repeats))
    if doubtful := result.doubtful:
        further = range(plan.repeats, plan.repeats * (1 + FURTHER))
        played(0, len(doubtful) * len(further) * plan.n)
        result = run(doubtful, further)
    return result
