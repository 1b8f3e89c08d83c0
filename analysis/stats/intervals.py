"""The interval of one share: Wilson's, and the rule of three where nothing was seen."""

from analysis.stats.estimate import NOTHING, Estimate, counts, estimate

__all__ = ["rule_of_three", "wilson"]


def wilson(events: int, n: int) -> Estimate:
    """The share `events / n` with the 95 % score interval of Wilson (1927), JASA 22:209; n = `n`.

    `UserError` where the counts cannot be.
    """
    from statsmodels.stats.proportion import proportion_confint

    counts(events, n)
    if n == 0:
        return Estimate(None, None, None, 0, reason=NOTHING)
    low, high = proportion_confint(events, n, method="wilson")
    return estimate(events / n, low, high, n, method="Wilson", within=(0.0, 1.0))


def rule_of_three(n: int) -> float | None:
    """Upper end of the one-sided 95 % interval of a share of which nothing was seen in `n`; None where n = 0.

    3 / n, at most 1: Hanley and Lippman-Hand (1983), JAMA 249:1743. It bounds what `n` quiet episodes leave possible.
    """
    counts(0, n)
    return min(1.0, 3 / n) if n else None
