"""Differences between two arms that were played on the same seeds."""

import math
from collections.abc import Sequence

from analysis.stats.estimate import NOTHING, Estimate, estimate
from arena.errors import UserError

__all__ = ["mean_difference", "paired_difference", "paired_score"]


def paired_difference(both: int, only_a: int, only_b: int, neither: int) -> Estimate:
    """Share of a less share of b over pairs, given how many pairs showed the event in which arm; n = pairs.

    Interval: Newcombe (1998), Stat Med 17:2635, method 10. p: exact McNemar. `UserError` for a negative count.
    """
    from statsmodels.stats.contingency_tables import mcnemar

    if min(both, only_a, only_b, neither) < 0:
        raise UserError(f"a count of pairs cannot be negative: {both}, {only_a}, {only_b}, {neither}")
    if not (n := both + only_a + only_b + neither):
        return Estimate(None, None, None, 0, reason=NOTHING)
    low, high = paired_score(both, only_a, only_b, neither)
    return estimate(
        (only_a - only_b) / n,
        low,
        high,
        n,
        p=float(mcnemar([[both, only_a], [only_b, neither]], exact=True).pvalue),
        method="Newcombe paired score; McNemar exact",
        within=(-1.0, 1.0),
    )


def paired_score(both: float, only_a: float, only_b: float, neither: float) -> tuple[float, float]:
    """The interval of `paired_difference` alone, of at least 1 pair; parts of pairs make an effective number of them.

    Newcombe's Wilson limits of both shares, put together with their correlation: no library has them.
    """
    from statsmodels.stats.proportion import proportion_confint

    n = both + only_a + only_b + neither
    a, b = (both + only_a) / n, (both + only_b) / n
    (low_a, low_b), (high_a, high_b) = proportion_confint([both + only_a, both + only_b], [n, n], method="wilson")
    phi = _correlation(both, only_a, only_b, neither)
    down = _side(a - low_a, high_b - b, phi)
    up = _side(high_a - a, b - low_b, phi)
    return a - b - down, a - b + up


def _correlation(both: float, only_a: float, only_b: float, neither: float) -> float:
    """Phi with the continuity correction that tells method 10 from 8: a positive product is moved to 0 by n / 2."""
    margins = (both + only_a) * (only_b + neither) * (both + only_b) * (only_a + neither)
    product: float = both * neither - only_a * only_b
    if product > 0:
        product = max(0.0, product - (both + only_a + only_b + neither) / 2)
    return product / math.sqrt(margins) if margins else 0.0


def _side(own: float, other: float, phi: float) -> float:
    return math.sqrt(max(0.0, own**2 - 2 * phi * own * other + other**2))


def mean_difference(a: Sequence[float | None], b: Sequence[float | None]) -> Estimate:
    """Mean of a - b over pairs, with the paired t interval and test; n = pairs in which both values are known.

    No interval for one pair, nor where all pairs differ by the same: such a spread of 0 tells nothing of the next
    pair. `UserError` where the lengths differ.
    """
    if len(a) != len(b):
        raise UserError(f"pairs need as many values of the one arm as of the other, not {len(a)} and {len(b)}")
    known = [x - y for x, y in zip(a, b, strict=True) if x is not None and y is not None]
    known = [each for each in known if math.isfinite(each)]
    if not known:
        return Estimate(None, None, None, 0, reason=NOTHING)
    return _student(known)


def _student(differences: list[float]) -> Estimate:
    from scipy.stats import ttest_1samp

    n = len(differences)
    mean = math.fsum(differences) / n
    if max(differences) - min(differences) <= 1e-9 * max(map(abs, differences)):
        why = "a single pair" if n == 1 else "all pairs differ by the same"
        return estimate(mean, None, None, n, method=f"no interval: {why}")
    test = ttest_1samp(differences, 0.0)
    low, high = test.confidence_interval(0.95)
    return estimate(mean, float(low), float(high), n, p=float(test.pvalue), method="paired t")
