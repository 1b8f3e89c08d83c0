"""What a calibration found in one world, held against what its exemplars declare, and whether it is right."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from analysis.calibration.design import COVERAGE, REPEATS, Arm
from analysis.calibration.measure import detect, differences, group_confusion, measure
from analysis.calibration.play import Block
from analysis.calibration.truth import promises, unnamed
from arena.world.base import World

__all__ = ["JUDGED_FROM", "Calibration", "Plan", "assess"]

JUDGED_FROM = (100, REPEATS)  # episodes a repeat and repeats, from which coverage is judged
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
    measured: pl.DataFrame  # schema `analysis.calibration.measure.MEASURED`
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


def assess(plan: Plan, found: pl.DataFrame, seconds: float = 0.0) -> Calibration:
    """Hold verdicts (schema `analysis.calibration.play.FOUND`) against what the plan's exemplars declare."""
    given = promises(plan.world)
    return Calibration(
        plan,
        measure(found, plan.arms, given, plan.n),
        detect(found, given),
        differences(found, given),
        group_confusion(found, given),
        tuple(unnamed(plan.world)),
        episodes=found.select("arm", "seed").n_unique(),
        seconds=seconds,
    )


def _chance(held: int, intervals: int, exact: float) -> float:
    """How rarely so many intervals, or fewer, or more, hold the truth where each does with the chance `exact`."""
    from scipy.stats import binom

    return min(float(binom.cdf(held, intervals, exact)), float(binom.sf(held - 1, intervals, exact)))
