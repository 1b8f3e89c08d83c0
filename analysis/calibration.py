"""Is the instrument right? Plays policies with planted rates in every world and holds the numbers against them.

What `arena calibrate` calls, by the entry-point group `arena.calibrations`. See `docs/calibration.md`.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import polars as pl
from rich.console import Console

from analysis.calibration_design import COVERAGE, REPEATS, Arm, arms
from analysis.calibration_measure import detect, differences, measure, types
from analysis.calibration_play import Block, play_blocks
from analysis.calibration_truth import promises, unnamed
from arena.progress import Counts, progress_for
from arena.registry import find_world, world_names
from arena.world import World

__all__ = ["JUDGED_FROM", "Calibration", "Plan", "assess", "calibrate"]

JUDGED_FROM = (100, REPEATS)  # episodes a repeat and repeats, from which coverage is judged
FURTHER = 3  # times as many repeats again are played of an arm with a coverage in doubt
CERTAIN = 1e-6  # a coverage that a right instrument shows more rarely than this is not in doubt


@dataclass(frozen=True)
class Plan:
    """What is played of one world."""

    reference: str
    world: type[World]
    arms: tuple[Arm, ...]
    n: int
    repeats: int

    def blocks(self, numbers: Sequence[int], repeats: range) -> list[Block]:
        """One block for each repeat of these arms."""
        return [
            Block(self.reference, number, self.arms[number].reference, repeat, self.n)
            for repeat in repeats
            for number in numbers
        ]


@dataclass(frozen=True)
class Calibration:
    """What came of one world."""

    plan: Plan
    measured: pl.DataFrame  # schema `analysis.calibration_measure.MEASURED`
    detected: pl.DataFrame  # schema `DETECTED`
    differences: pl.DataFrame  # schema `DIFFERENCES`
    types: pl.DataFrame  # planted and found finding about the group, episodes
    unnamed: tuple[tuple[str, str], ...]  # exemplar and role that act and declare nothing
    episodes: int
    seconds: float

    @property
    def judged(self) -> bool:
        """Whether there were enough repeats to judge coverage."""
        return self.plan.n >= JUDGED_FROM[0] and self.plan.repeats >= JUDGED_FROM[1]

    @property
    def outside(self) -> pl.DataFrame:
        """The rows of `measured` whose coverage is not between the bounds; none where it is not judged."""
        return self.measured.filter(~pl.col("coverage").is_between(*COVERAGE) & pl.lit(self.judged))

    @property
    def doubtful(self) -> list[int]:
        """The arms with a coverage outside the bounds that may be chance."""
        found = self.outside.select("arm", "held", "intervals", "exact").rows()
        return sorted({arm for arm, *counts in found if _chance(*counts) > CERTAIN})

    @property
    def right(self) -> bool:
        """Whether everything was found that was shown, nothing else, and coverage is between its bounds."""
        return self.differences.is_empty() and self.outside.is_empty()

    def summary(self) -> dict[str, Any]:
        """All of it as plain JSON."""
        plan = self.plan
        return {
            "world": plan.world.name,
            "version": plan.world.version,
            "n": plan.n,
            "repeats": plan.repeats,
            "episodes": self.episodes,
            "seconds": round(self.seconds, 1),
            "right": self.right,
            "coverage_judged": self.judged,
            "arms": [{"reference": arm.reference, "weights": arm.weights} for arm in plan.arms],
            "behaviours": self.measured.to_dicts(),
            "detection": self.detected.to_dicts(),
            "types": self.types.to_dicts(),
            "differences": self.differences.to_dicts(),
            "undeclared": [{"exemplar": exemplar, "role": role} for exemplar, role in self.unnamed],
        }


def calibrate(
    worlds: Sequence[str], n: int, repeats: int, jobs: int, console: Console, *, as_json: bool = False
) -> bool:
    """Calibrate these worlds (none: all that are installed), print a screen or a JSON line for each, and say whether
    all are right. `UserError` where a world is not known or has nothing to mix."""
    from analysis.calibration_screen import print_overall, print_world

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


def assess(plan: Plan, found: pl.DataFrame, seconds: float = 0.0) -> Calibration:
    """Hold verdicts (schema `analysis.calibration_play.FOUND`) against what the plan's exemplars declare."""
    given = promises(plan.world)
    return Calibration(
        plan,
        measure(found, plan.arms, given, plan.n),
        detect(found, given),
        differences(found, given),
        types(found, given),
        tuple(unnamed(plan.world)),
        episodes=found.select("arm", "seed").n_unique(),
        seconds=seconds,
    )


def _chance(held: int, intervals: int, exact: float) -> float:
    """How rarely so many intervals, or fewer, or more, hold the truth where each does with the chance `exact`."""
    from scipy.stats import binom

    return min(float(binom.cdf(held, intervals, exact)), float(binom.sf(held - 1, intervals, exact)))
