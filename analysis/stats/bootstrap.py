"""Intervals that resample whole clusters: agents of one episode, and episodes of one seed, are not independent.

Miller (2024), arXiv 2411.00640, on clusters; percentile intervals, because a few hundred episodes are too few for an
interval that leans on the central limit (Bowyer et al. 2025, arXiv 2503.01747).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.stats.differences import hybrid
from analysis.stats.estimate import NOTHING, Estimate, estimate
from arena.errors import UserError

__all__ = ["cluster_bootstrap", "cluster_difference"]

Numbers = Sequence[float] | npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
AT_ONCE = 2_000_000  # counts drawn at a time: 16 MB
UNDEFINED = 0.05  # of the draws: with more that leave an arm empty, the rest no longer tells what was asked


def cluster_bootstrap(sums: Numbers, sizes: Numbers, *, draws: int = 10_000, seed: int = 0) -> Estimate:
    """`sum(sums) / sum(sizes)` with the percentile interval over resampled clusters; n = clusters of some size.

    One number of each kind a cluster: for a rate, its events and its n. Where all clusters agree (and where there is
    but one) resampling would give an interval of no width, which is a lie about the next cluster: then it is
    Wilson's with the clusters as n, and `method` says so. The order of the clusters does not matter.
    """
    table = _table(sums, sizes, draws=draws)
    table = table[table[:, 1] > 0]
    if not (n := len(table)):
        return Estimate(None, None, None, 0, reason=NOTHING)
    total, size = table.sum(axis=0)
    drawn = _draw(table, draws, seed)
    ratios = drawn[:, 0] / drawn[:, 1]
    if _varies(ratios):
        low, high = np.quantile(ratios, [0.025, 0.975])
        return estimate(total / size, low, high, n, method=_told(draws))
    return _agreed(float(total / size), n)


def cluster_difference(
    sums_a: Numbers, sizes_a: Numbers, sums_b: Numbers, sizes_b: Numbers, *, draws: int = 10_000, seed: int = 0
) -> Estimate:
    """The ratio of a less that of b, the same clusters resampled for both arms; n = clusters of some size.

    Give the arms cluster by cluster: place 0 of all four belongs to one cluster (a seed), whose size in an arm may be
    0. Where all clusters agree the interval is Newcombe's with the clusters of each arm as n, and `method` says so.
    """
    table = _table(sums_a, sizes_a, sums_b, sizes_b, draws=draws)
    table = table[(table[:, 1] > 0) | (table[:, 3] > 0)]
    n, each = len(table), [int((table[:, place] > 0).sum()) for place in (1, 3)]
    if not all(each):
        return Estimate(None, None, None, n, reason=NOTHING)
    a, in_a, b, in_b = table.sum(axis=0)
    value = float(a / in_a - b / in_b)
    drawn = _draw(table, draws, seed)
    drawn = drawn[(drawn[:, 1] > 0) & (drawn[:, 3] > 0)]
    if len(drawn) < (1 - UNDEFINED) * draws:
        return estimate(value, None, None, n, method="no interval: too few clusters in one arm to resample")
    ratios = drawn[:, 0] / drawn[:, 1] - drawn[:, 2] / drawn[:, 3]
    if _varies(ratios):
        low, high = np.quantile(ratios, [0.025, 0.975])
        return estimate(value, low, high, n, method=_told(draws))
    return _agreed_difference(float(a / in_a), each[0], float(b / in_b), each[1], n)


def _table(*columns: Numbers, draws: int) -> Floats:
    if draws < 1:
        raise UserError(f"a bootstrap needs at least 1 draw, not {draws}")
    if len({len(column) for column in columns}) > 1:
        raise UserError(f"as many sums as sizes, not {' and '.join(str(len(column)) for column in columns)}")
    table = np.column_stack([np.asarray(column, dtype=np.float64) for column in columns])
    if not np.isfinite(table).all() or (table[:, 1::2] < 0).any():
        raise UserError("sums and sizes of clusters are numbers, and no size is negative")
    return table


def _draw(table: Floats, draws: int, seed: int) -> Floats:
    """Column sums of `draws` resamples of the rows.

    How often each *kind* of row comes up among as many draws as there are rows is multinomial, so alike clusters cost
    one number together. What comes out is the same as with an index for every cluster.
    """
    kinds, counts = np.unique(table, axis=0, return_counts=True)
    rng = np.random.default_rng(seed)
    shares, step = counts / len(table), max(1, AT_ONCE // len(kinds))
    sizes = (min(step, draws - done) for done in range(0, draws, step))
    return np.concatenate([rng.multinomial(len(table), shares, size=size) @ kinds for size in sizes])


def _varies(ratios: Floats) -> bool:
    return bool(np.ptp(ratios) > 1e-12 * max(1.0, float(np.abs(ratios).max())))


def _told(draws: int) -> str:
    return f"cluster bootstrap, percentile, {draws} draws"


def _why(n: int) -> str:
    return "there is one cluster" if n == 1 else "all clusters agree"


def _agreed(value: float, n: int) -> Estimate:
    from statsmodels.stats.proportion import proportion_confint

    if not 0 <= value <= 1:
        return estimate(value, None, None, n, method=f"no interval: {_why(n)}")
    low, high = proportion_confint(value * n, n, method="wilson")
    return estimate(value, low, high, n, method=f"Wilson, clusters as n: {_why(n)}", within=(0.0, 1.0))


def _agreed_difference(a: float, n_a: int, b: float, n_b: int, n: int) -> Estimate:
    if not (0 <= a <= 1 and 0 <= b <= 1):
        return estimate(a - b, None, None, n, method=f"no interval: {_why(n)}")
    low, high = hybrid(a * n_a, n_a, b * n_b, n_b)
    return estimate(a - b, low, high, n, method=f"Newcombe hybrid score, clusters as n: {_why(n)}", within=(-1.0, 1.0))
