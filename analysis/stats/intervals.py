"""The interval of one share: Wilson's, for two counts or as polars expressions, and the rule of three."""

from statistics import NormalDist

import polars as pl

from analysis.stats.estimate import NOTHING, Estimate, counts, estimate

__all__ = ["rule_of_three", "wilson", "wilson_columns"]

Z = NormalDist().inv_cdf(0.975)


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


def wilson_columns(events: str = "events", n: str = "n") -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """The same of two columns of counts: `rate`, `low` and `high` (shares), null where n = 0.

    Written out, not taken from statsmodels, so that it runs inside a query over frames that do not fit into memory; a
    test holds both together.
    """
    of = pl.col(n)
    share = pl.col(events) / of
    denominator = 1 + Z**2 / of
    centre = (share + Z**2 / (2 * of)) / denominator
    reach = Z * (share * (1 - share) / of + Z**2 / (4 * of.cast(pl.Float64) ** 2)).sqrt() / denominator
    ends = {
        "rate": share,
        "low": pl.min_horizontal((centre - reach).clip(0, 1), share),
        "high": pl.max_horizontal((centre + reach).clip(0, 1), share),
    }
    rate, low, high = (pl.when(of > 0).then(value).alias(name) for name, value in ends.items())
    return rate, low, high


def rule_of_three(n: int) -> float | None:
    """Upper end of the one-sided 95 % interval of a share of which nothing was seen in `n`; None where n = 0.

    3 / n, at most 1: Hanley and Lippman-Hand (1983), JAMA 249:1743. It bounds what `n` quiet episodes leave possible.
    """
    counts(0, n)
    return min(1.0, 3 / n) if n else None
