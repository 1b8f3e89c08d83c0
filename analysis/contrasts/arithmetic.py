"""From two matched arms to a difference: which interval and which test is right for how the episodes hang together.

The seed is the cluster: it fixes names, codes and the draws of scripted policies in every cell. Which interval is the
primary one follows from that alone, never from the outcome; `docs/contrasts.md` has the table and what was measured.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from analysis.contrasts.matching import Matched
from analysis.stats.bootstrap import cluster_difference
from analysis.stats.differences import difference, hybrid
from analysis.stats.estimate import Estimate, estimate
from analysis.stats.paired import paired_difference, paired_score

__all__ = ["ENOUGH", "Compared", "compare", "effective", "flip_test", "resampled", "standardized", "value_of"]

ENOUGH = 5  # seeds: fewer tell too little of how alike the episodes of a seed are
TINY = 1e-12
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Compared:
    """A difference with what it rests on. `boot` is None where no seed counts twice."""

    found: Estimate
    events: tuple[int, int]
    n: tuple[int, int]
    only: tuple[int, int]
    pairs: int
    clusters: int  # seeds
    boot: Estimate | None = None
    rates: tuple[float, float] | None = None  # where they are not events / n


def compare(arms: Matched) -> Compared:
    """Share of arm a less share of arm b: over the pairs, or where there are none over all units of the strata that
    both arms have."""
    return _paired(arms) if arms.pairs.height else _apart(arms)


def _paired(arms: Matched) -> Compared:
    pairs = arms.pairs
    kinds = dict(pairs["kind"].value_counts().iter_rows())
    both, only_a, only_b, neither = (kinds.get(kind, 0) for kind in ("both", "only_a", "only_b", "neither"))
    found = paired_difference(both, only_a, only_b, neither)
    n, events = pairs.height, (both + only_a, both + only_b)
    seeds = pairs.group_by("seed").agg(pl.col("a").sum(), pl.col("b").sum(), pl.len().alias("n")).sort("seed")
    boot = None
    if seeds.height < n:
        boot = cluster_difference(*(seeds[name].to_numpy() for name in ("a", "n", "b", "n")))
        change = pairs.select("seed", (pl.col("a").cast(pl.Int64) - pl.col("b")).alias("value"))
        count, why = effective(change)
        part = count / n
        low, high = paired_score(both * part, only_a * part, only_b * part, neither * part)
        p = flip_test((seeds["a"].cast(pl.Int64) - seeds["b"]).to_list())
        method = f"Newcombe paired score, {count:.1f} effective pairs: {why}; sign flips of whole seeds"
        found = estimate(value_of(found), low, high, n, p=p, method=method, within=(-1.0, 1.0))
    crossing = pairs.filter(pl.col("run_a") != pl.col("run_b")).height
    if crossing:
        found = replace(found, method=f"{found.method}; pairs across two runs: {crossing}")
    return Compared(found, events, (n, n), (only_a, only_b), n, seeds.height, resampled(boot))


def _apart(arms: Matched) -> Compared:
    loose = (arms.loose_a, arms.loose_b)
    n = (arms.loose_a.height, arms.loose_b.height)
    events = (int(arms.loose_a["event"].sum()), int(arms.loose_b["event"].sum()))
    found = difference(events[0], n[0], events[1], n[1])
    each = [one.group_by("seed").agg(pl.col("event").sum(), pl.len().alias("n")) for one in loose]
    seeds = each[0].join(each[1], on="seed", how="full", coalesce=True, suffix="_b").sort("seed").fill_null(0)
    if found.value is None:
        return Compared(found, events, n, (0, 0), 0, seeds.height)
    if (levelled := standardized(arms)) is not None:
        return Compared(levelled[0], events, n, (0, 0), 0, seeds.height, rates=levelled[1])
    if seeds.height == sum(n):
        return Compared(found, events, n, (0, 0), 0, seeds.height)
    boot = cluster_difference(*(seeds[name].to_numpy() for name in ("event", "n", "event_b", "n_b")))
    (in_a, why), (in_b, _) = (effective(one.rename({"event": "value"})) for one in loose)
    low, high = hybrid(events[0] / n[0] * in_a, in_a, events[1] / n[1] * in_b, in_b)
    method = f"Newcombe hybrid score, {in_a:.1f} and {in_b:.1f} effective episodes: {why}"
    method += "; no test: episodes of one seed are not independent"
    found = estimate(value_of(found), low, high, sum(n), method=method, within=(-1.0, 1.0))
    return Compared(found, events, n, (0, 0), 0, seeds.height, resampled(boot))


def standardized(arms: Matched) -> tuple[Estimate, tuple[float, float]] | None:
    """The difference of arms whose strata are mixed differently, strata weighted alike in both; and both shares.

    Else a cell that one arm has more of would pass for an effect of the arm. Weights n_a n_b / (n_a + n_b): Cochran
    (1954), Biometrics 10:417, and Mantel and Haenszel. Newcombe's hybrid interval with effective numbers. No test.
    None where the mix is the same.
    """
    sides = (arms.loose_a, arms.loose_b)
    one, other = (side.group_by(arms.keys).agg(pl.col("event").mean(), pl.len().alias("n")) for side in sides)
    strata = one.join(other, on=arms.keys, nulls_equal=True, suffix="_b").sort(arms.keys)
    in_a, in_b = strata["n"].to_numpy().astype(float), strata["n_b"].to_numpy().astype(float)
    if np.allclose(in_a / in_a.sum(), in_b / in_b.sum()):
        return None
    weight = in_a * in_b / (in_a + in_b)
    weight /= weight.sum()
    shares, counts = [], []
    for side, share, size in zip(sides, (strata["event"], strata["event_b"]), (in_a, in_b), strict=True):
        shares.append(float((weight * share.to_numpy()).sum()))
        plain = 1 / float((weight**2 / size).sum())  # as many rows as would tell the weighted share as well
        counts.append(max(1.0, plain * effective(side.rename({"event": "value"}))[0] / len(side)))
    low, high = hybrid(shares[0] * counts[0], counts[0], shares[1] * counts[1], counts[1])
    method = f"Newcombe hybrid score, {counts[0]:.1f} and {counts[1]:.1f} effective episodes: cells weighted alike in"
    method += " both arms, which have them in different numbers; no test"
    found = estimate(shares[0] - shares[1], low, high, sum(map(len, sides)), method=method, within=(-1.0, 1.0))
    return found, (shares[0], shares[1])


def effective(rows: pl.DataFrame) -> tuple[float, str]:
    """How many independent rows the `value` of these rows is worth, and why: n over the design effect of `seed`.

    Never more than there are rows, nor fewer than one a seed: as many as seeds, and fewer where some seeds have more
    rows than others and so weigh more. Kish (1965), Survey Sampling; with score intervals, Korn and Graubard (1998),
    Survey Methodology 24:193. Below `ENOUGH` seeds, and where rows do not differ, no design effect can be told, and
    every seed is one row.
    """
    n, value = rows.height, pl.col("value").cast(pl.Float64)
    centred = rows.select("seed", value - value.mean())
    each = (
        centred.group_by("seed")
        .agg(value.sum(), value.pow(2).sum().alias("squares"), pl.len().alias("size"))
        .sort("seed")
    )
    sums, squares, sizes = (each[name].to_numpy().astype(float) for name in ("value", "squares", "size"))
    seeds, least = len(sizes), float(n**2 / (sizes**2).sum())
    if seeds < ENOUGH:
        return least, f"one a seed, there are fewer than {ENOUGH}"
    if squares.sum() < TINY:
        return least, "one a seed, all agree"
    return min(float(n), max(least, n / _design_effect(sums, squares, sizes))), "by the design effect of seeds"


def _design_effect(sums: Floats, squares: Floats, sizes: Floats) -> float:
    """The larger of two estimates, given sums and sums of squares about the mean of each seed.

    By linearization, and by the correlation within seeds (ANOVA; Donner 1986, Int Stat Rev 54:67). With seeds of one
    size they are all but the same. Where one seed has most of the rows the mean is its own, the first sees no spread.
    """
    seeds, n = len(sizes), sizes.sum()
    linear = (sums**2).sum() / squares.sum() * seeds / (seeds - 1)
    if n == seeds:
        return max(1.0, float(linear))
    between = (sums**2 / sizes).sum() / (seeds - 1)
    within = (squares - sums**2 / sizes).sum() / (n - seeds)
    typical, heavy = (n - (sizes**2).sum() / n) / (seeds - 1), (sizes**2).sum() / n
    alike = (between - within) / (between + (typical - 1) * within)
    return max(TINY, float(linear), float(1 + (heavy - 1) * alike))


def value_of(found: Estimate) -> float:
    """The value of an estimate that has one."""
    assert found.value is not None
    return found.value


def resampled(boot: Estimate | None) -> Estimate | None:
    """A bootstrap that has an interval of its own; None where all clusters agree, so that resampling shows nothing."""
    return boot if boot and boot.method.startswith("cluster bootstrap") else None


def flip_test(differences: Sequence[int]) -> float:
    """Two-sided exact p that the arms are exchangeable within each cluster, given `sum(a) - sum(b)` of each.

    The arms of a cluster are swapped as a whole; with one pair a cluster this is the exact McNemar test. Fisher (1935),
    The Design of Experiments, section 21. All swaps are counted, by the distribution of the sum one cluster at a time:
    `scipy.stats.permutation_test` would list them, which it can up to 13 clusters.
    """
    moved = [abs(each) for each in differences if each]
    whole, seen = sum(moved), abs(sum(differences))
    chance = np.zeros(whole + 1)  # of what the clusters that were not swapped come to
    chance[0] = 1.0
    for each in moved:
        chance[each:] = (chance[each:] + chance[:-each]) / 2
        chance[:each] /= 2
    reached = np.abs(2 * np.arange(whole + 1) - whole) >= seen
    return min(1.0, float(chance[reached].sum()))
