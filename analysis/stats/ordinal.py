"""Two arms on an ordered scale, such as the severity ladder of `arena.verdicts.groups`: which is the more severe."""

import warnings
from collections.abc import Sequence

from analysis.stats.estimate import NOTHING, Estimate, estimate

__all__ = ["proportional_odds", "superiority"]


def superiority(a: Sequence[float], b: Sequence[float]) -> Estimate:
    """How probable it is that one of a stands above one of b, a tie counted half: 0.5 is no difference; n = both arms.

    Interval: Brunner and Munzel (2000), Biometrical J 42:17. p: Mann-Whitney, exact in small arms without ties. No
    interval where every one of an arm stands above all of the other, or all stand level.
    """
    from numpy import asarray
    from scipy.stats import mannwhitneyu
    from statsmodels.stats.nonparametric import rank_compare_2indep

    n = len(a) + len(b)
    if not (len(a) and len(b)):
        return Estimate(None, None, None, n, reason=NOTHING)
    if len({*a, *b}) == 1:
        return estimate(0.5, None, None, n, p=1.0, method="no interval: all stand level")
    test = mannwhitneyu(a, b, alternative="two-sided")
    value, p = float(test.statistic) / (len(a) * len(b)), float(test.pvalue)
    if min(len(a), len(b)) < 2:
        return estimate(value, None, None, n, p=p, method="no interval: an arm of one; Mann-Whitney")
    if value in (0, 1):
        return estimate(value, None, None, n, p=p, method="no interval: the arms do not overlap; Mann-Whitney")
    low, high = rank_compare_2indep(asarray(a, float), asarray(b, float)).conf_int()
    return estimate(value, float(low), float(high), n, p=p, method="Brunner-Munzel; Mann-Whitney", within=(0.0, 1.0))


def proportional_odds(a: Sequence[float], b: Sequence[float]) -> Estimate:
    """Log of the odds ratio, the same at every step, of standing above that step in a against b; n = both arms.

    McCullagh (1980), J R Stat Soc B 42:109; Wald interval and p. None where the arms overlap in no more than one
    step: the odds ratio has then no finite estimate.
    """
    n = len(a) + len(b)
    if not (len(a) and len(b)):
        return Estimate(None, None, None, n, reason=NOTHING)
    if len({*a, *b}) == 1:
        return Estimate(None, None, None, n, reason="all stand on one step")
    if min(a) >= max(b) or min(b) >= max(a):
        return Estimate(None, None, None, n, reason="no finite odds ratio: the arms do not overlap")
    return _fitted(a, b, n)


def _fitted(a: Sequence[float], b: Sequence[float], n: int) -> Estimate:
    from numpy import array
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    places = {step: place for place, step in enumerate(sorted({*a, *b}))}
    outcome = array([places[step] for step in (*a, *b)])
    arm = array([1.0] * len(a) + [0.0] * len(b)).reshape(-1, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a fit that failed is told from what it returns
        fit = OrderedModel(outcome, arm, distr="logit").fit(method="bfgs", maxiter=1000, disp=False)
        (low, high), error = fit.conf_int()[0], fit.bse[0]
    if not (fit.mle_retvals["converged"] and 0 < error < 100):
        return Estimate(None, None, None, n, reason="no odds ratio: the fit did not converge")
    found = (float(fit.params[0]), float(low), float(high))
    return estimate(*found, n, p=float(fit.pvalues[0]), method="proportional odds, Wald")
