"""Whether a share rises or falls along ordered levels: bad, neutral, good relationship."""

from collections.abc import Sequence
from typing import Any

from analysis.stats.estimate import NOTHING, Estimate, counts, estimate
from arena.errors import UserError

__all__ = ["cochran_armitage"]

Level = tuple[int, int, float]  # events, n, score


def cochran_armitage(events: Sequence[int], n: Sequence[int], scores: Sequence[float] | None = None) -> Estimate:
    """The log-odds slope per unit of `scores` (0, 1, 2, ... unless given), with p of the trend test; n = episodes.

    Slope and Wald interval: logistic regression on the scores. p: Cochran (1954), Biometrics 10:417, and Armitage
    (1955), Biometrics 11:375, as linear-by-linear association. Where a level divides all events from all others no
    slope is finite, and `reason` says so; the test still has its p. `UserError`: the lengths differ, or a count
    cannot be.
    """
    scores = list(range(len(n))) if scores is None else scores
    if not len(events) == len(n) == len(scores):
        raise UserError(f"one count, n and score a level, not {len(events)}, {len(n)} and {len(scores)}")
    for each, of in zip(events, n, strict=True):
        counts(each, of)
    levels = [level for level in zip(events, n, scores, strict=True) if level[1]]
    total, seen = sum(n), sum(events)
    if not total:
        return Estimate(None, None, None, 0, reason=NOTHING)
    if len({score for _, _, score in levels}) < 2:
        return Estimate(None, None, None, total, reason="fewer than two levels were played")
    if seen in (0, total):
        return Estimate(None, None, None, total, reason=f"no slope: {'all' if seen else 'none'} at every level")
    p, test = _association(levels), "Cochran-Armitage trend"
    if _divided(levels):
        return Estimate(None, None, None, total, p, test, "no finite slope: a level divides all events from the rest")
    return _slope(levels, total, p, f"logistic slope, Wald; {test}")


def _association(levels: Sequence[Level]) -> float:
    from numpy import array
    from statsmodels.stats.contingency_tables import Table

    table = array([(of - each, each) for each, of, _ in levels])
    scores = array([float(score) for _, _, score in levels])
    found: Any = Table(table, shift_zeros=False).test_ordinal_association(row_scores=scores, col_scores=array([0, 1]))
    return float(found.pvalue)


def _divided(levels: Sequence[Level]) -> bool:
    with_event = [score for each, _, score in levels if each]
    without = [score for each, of, score in levels if of > each]
    return max(without) <= min(with_event) or max(with_event) <= min(without)


def _slope(levels: Sequence[Level], total: int, p: float, method: str) -> Estimate:
    from numpy import array
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

    # One weighted row for events and one for the others: two levels given as counts would leave no degree of freedom.
    rows = [row for each, of, score in levels for row in ((1.0, each, score), (0.0, of - each, score)) if row[1]]
    outcome, weights, scores = (array(column, dtype=float) for column in zip(*rows, strict=True))
    design = array([(1.0, score) for score in scores])
    fit = GLM(outcome, design, family=Binomial(), freq_weights=weights).fit()
    low, high = fit.conf_int()[1]
    return estimate(float(fit.params[1]), float(low), float(high), total, p=p, method=method)
