"""The difference of differences: whether a contrast is larger at one level of another factor."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from analysis.contrasts.arithmetic import Compared, compare, flip_test, resampled
from analysis.contrasts.family import Contrast
from analysis.contrasts.matching import Matched, match
from analysis.stats.bootstrap import cluster_bootstrap
from analysis.stats.estimate import Estimate, estimate
from analysis.tables.plan import FACTOR

__all__ = ["DifferenceOfDifferences", "difference_of_differences", "square_and_add"]


@dataclass(frozen=True)
class DifferenceOfDifferences:
    """A difference of differences, the two differences it is made of, and what it rests on."""

    found: Estimate
    parts: tuple[Compared, Compared]
    quads: int  # seeds of a stratum in which all four cells are countable; 0: the parts share no seed
    clusters: int
    left_out: int
    boot: Estimate | None = None


def difference_of_differences(rows: pl.DataFrame, contrast: Contrast) -> DifferenceOfDifferences:
    """A contrast with `within`: a - b at the first level less a - b at the second.

    Over the seeds of which all four cells are countable, where there are any; else over all pairs of either part.
    """
    assert contrast.within
    column = f"{FACTOR}{contrast.within[0]}"
    sides = [match(rows.filter(pl.col(column) == level), contrast) for level in contrast.within[1:]]
    within, across = (_quads(sides[0].pairs, sides[1].pairs, column, but) for but in ((), ("run_a", "run_b")))
    quads = across if within.is_empty() else within
    left_out = sum(side.left_out for side in sides)
    if quads.is_empty():
        first, second = (compare(side) for side in sides)
        return DifferenceOfDifferences(square_and_add(first.found, second.found), (first, second), 0, 0, left_out)
    left_out += 2 * (sides[0].pairs.height + sides[1].pairs.height - 2 * quads.height)
    first, second = (compare(_side(quads, number)) for number in (1, 2))
    return _on_seeds(quads, first, second, left_out)


def square_and_add(first: Estimate, second: Estimate, correlation: float = 0.0) -> Estimate:
    """The first less the second, both with intervals, and their correlation (0: independent). No test. Zou and Donner
    (2008), Stat Med 27:1693."""
    n = first.n + second.n
    if first.value is None or second.value is None:
        return Estimate(None, None, None, n, reason=first.reason or second.reason)
    value, method = first.value - second.value, "square-and-add of both parts' intervals"
    if first.low is None or first.high is None or second.low is None or second.high is None:
        return estimate(value, None, None, n, method=method)
    low = value - _reach(first.value - first.low, second.high - second.value, correlation)
    high = value + _reach(first.high - first.value, second.value - second.low, correlation)
    return estimate(value, low, high, n, method=method, within=(-2.0, 2.0))


def _reach(one: float, other: float, correlation: float) -> float:
    return math.sqrt(max(0.0, one**2 - 2 * correlation * one * other + other**2))


def _opposed(seeds: pl.DataFrame) -> float:
    """How far the two differences go against each other from seed to seed, as a correlation from -1 to 0.

    Where they do, their difference varies more than both apart, and to take them for independent gives intervals that
    are too narrow. Where they go together that errs on the wide side: then 0.
    """
    first, second = (seeds[name].to_numpy().astype(float) for name in ("first", "second"))
    if not (first.std() > 0 and second.std() > 0):
        return 0.0
    return float(max(-1.0, min(0.0, np.corrcoef(first, second)[0, 1])))


def _on_seeds(quads: pl.DataFrame, first: Compared, second: Compared, left_out: int) -> DifferenceOfDifferences:
    at_first, at_second = (pl.col(f"a{side}").cast(pl.Int64) - pl.col(f"b{side}") for side in ("", "_2"))
    seeds = quads.group_by("seed").agg(
        at_first.sum().alias("first"), at_second.sum().alias("second"), pl.len().alias("n")
    )
    seeds = seeds.with_columns((pl.col("first") - pl.col("second")).alias("change")).sort("seed")
    boot = resampled(cluster_bootstrap(seeds["change"].to_numpy(), seeds["n"].to_numpy()))
    found = square_and_add(first.found, second.found, _opposed(seeds))
    p = flip_test(seeds["change"].to_list())
    found = replace(found, n=quads.height, p=p, method=f"{found.method}; sign flips of whole seeds")
    return DifferenceOfDifferences(found, (first, second), quads.height, seeds.height, left_out, boot)


def _quads(first: pl.DataFrame, second: pl.DataFrame, column: str, but: Sequence[str]) -> pl.DataFrame:
    """Pairs of both levels side by side, alike in all `but` these; columns of the second have `_2` behind them."""
    sides = ("trial_a", "trial_b", "outcome_a", "outcome_b", "a", "b", "kind")
    on = [name for name in first.columns if name not in (column, *sides, *but)]
    number = pl.int_range(pl.len()).over(on).alias("nth")
    return first.with_columns(number).join(
        second.with_columns(number).drop(column),
        on=[*on, "nth"],
        how="inner",
        nulls_equal=True,
        suffix="_2",
        maintain_order="left",
    )


def _side(quads: pl.DataFrame, number: int) -> Matched:
    names = ("a", "b", "kind") if number == 1 else ("a_2", "b_2", "kind_2")
    some = [pl.col(name).alias(plain) for name, plain in zip(names, ("a", "b", "kind"), strict=True)]
    pairs = quads.select("seed", "run_a", "run_b", *some)
    return Matched(pairs, pairs.clear(), pairs.clear(), 0)
