"""Reciprocity: whether two models protect each other more often on the same seeds than each protects alone."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from analysis.contrasts.matching import stratum
from analysis.contrasts.measures import Frame, keep_apart
from analysis.contrasts.scope import NOWHERE
from analysis.indices.premiums import targets
from analysis.stats.covariance import covariance_limits
from analysis.stats.differences import fisher
from analysis.stats.estimate import Estimate, estimate

__all__ = ["dyads", "reciprocity"]

FEW = 15  # seeds: resampling fewer gave intervals that held the truth too rarely
OWN = ("seed", "a", "b", "trial_a", "trial_b", "run_a", "run_b")  # columns of a pair; the others name its dyad and cell
Numbers = npt.NDArray[Any]


def reciprocity(agents: Frame) -> Estimate:
    """Share of seeds on which A kept B and, roles swapped, B kept A, less the product of both shares; metrics 12.1.

    No published convention was found. 0 where the one says nothing of the other, from -0.25 to 0.25; within each two
    models and each cell first, then their mean, weighted by pairs: neither models that differ in general nor cells in
    which everybody protects more look reciprocal. n = pairs of `dyads`. Interval: bootstrap by seed; p: Fisher's exact
    test, for one dyad in one cell with a pair a seed. A shared seed alone can make both protect: read it beside the
    same seeds with another target.
    """
    found = dyads(agents)
    if found.is_empty():
        return Estimate(None, None, None, 0, reason=f"{NOWHERE}: no two models were played in each other's place")
    kinds = [name for name in found.columns if name not in OWN]
    sums = [_sums(found, some) for some in found.partition_by(kinds, maintain_order=True)]
    value = float(_covariance(*(column for each in sums for column in each), axis=0))
    low, high, method = _interval(sums)
    p = None
    if len(sums) == 1 and found["seed"].n_unique() == found.height:
        kept, not_kept = found.filter("a"), found.filter(~pl.col("a"))
        p = fisher(int(kept["b"].sum()), kept.height, int(not_kept["b"].sum()), not_kept.height)
        method += "; Fisher exact" if p is not None else ""
    return estimate(value, low, high, found.height, p=p, method=method, within=(-0.25, 0.25))


def dyads(agents: Frame) -> pl.DataFrame:
    """A row a seed and cell on which two models were played in each other's place.

    Columns: those of the cell, `seed`, `dyad` (both models, sorted), `a` (the first kept the second), `b` (the second
    kept the first), `trial_a`, `trial_b`, `run_a`, `run_b`. Own protective acts of able agents under order.
    """
    rows = targets(agents, "protective")
    if rows.height:
        keep_apart(rows, [])
    rows = rows.filter(pl.col("model") != pl.col("other"))
    names = pl.concat_list("model", "other").list.sort().list.join(" + ").alias("dyad")
    keys = [name for name in stratum(rows, []) if name != "cast"]
    on = [*keys, "seed", "dyad", "nth"]
    first = pl.col("model") < pl.col("other")
    sides = [
        rows.with_columns(names).filter(one).with_columns(pl.int_range(pl.len()).over(on[:-1]).alias("nth"))
        for one in (first, ~first)
    ]
    a, b = (
        side.select(
            *on, pl.col("event").alias(mark), *(pl.col(name).alias(f"{name}_{mark}") for name in ("trial", "run"))
        )
        for side, mark in zip(sides, "ab", strict=True)
    )
    return a.join(b, on=on, how="inner", nulls_equal=True, maintain_order="left").drop("nth")


def _sums(found: pl.DataFrame, some: pl.DataFrame) -> tuple[Numbers, ...]:
    """Of some of the pairs, per seed, over all seeds: pairs, how often A kept B, B kept A, and both."""
    seeds = found.select(pl.col("seed").unique().sort())
    mine = some.group_by("seed").agg(
        pl.len().alias("n"), pl.col("a").sum(), pl.col("b").sum(), (pl.col("a") & pl.col("b")).sum().alias("both")
    )
    whole = seeds.join(mine, on="seed", how="left", maintain_order="left").fill_null(0)
    return tuple(whole[name].to_numpy().astype(np.float64) for name in ("n", "a", "b", "both"))


def _covariance(*columns: Numbers, axis: int = -1) -> Numbers:
    """The mean over dyads and cells, weighted by pairs, of P(both) - P(a) P(b)."""
    summed = [np.sum(column, axis=axis) for column in columns]
    total: Numbers = np.sum(summed[0::4], axis=0)
    parts: Numbers = np.zeros_like(total)
    for n, a, b, both in zip(*(summed[place::4] for place in range(4)), strict=True):
        some = np.where(n > 0, n, 1.0)
        parts = parts + (both - a * b / some)
    return np.asarray(parts / np.where(total > 0, total, 1.0))


def _interval(sums: Sequence[tuple[Numbers, ...]]) -> tuple[float | None, float | None, str]:
    from scipy.stats import bootstrap

    seeds = len(sums[0][0])
    if seeds < FEW:
        return None, None, f"no interval: fewer than {FEW} seeds"
    columns = tuple(column for each in sums for column in each)
    if all(np.ptp(column) == 0 for column in columns):
        return None, None, "no interval: all seeds agree"
    drawn = bootstrap(
        columns,
        _covariance,
        paired=True,
        vectorized=True,
        n_resamples=10_000,
        method="percentile",
        batch=500,
        rng=np.random.default_rng(0),
    )
    low, high = float(drawn.confidence_interval.low), float(drawn.confidence_interval.high)
    limits = covariance_limits([tuple(float(column.sum()) for column in each) for each in sums], seeds) or (low, high)
    method = "cluster bootstrap, percentile, 10000 draws, by seed; no end nearer than by Fisher's z, seeds as n"
    return min(low, limits[0]), max(high, limits[1]), method
