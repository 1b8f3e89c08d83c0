"""The difference of two shares that were counted on different episodes."""

from analysis.stats.estimate import NOTHING, Estimate, counts, estimate

__all__ = ["difference"]


def difference(events_a: int, n_a: int, events_b: int, n_b: int) -> Estimate:
    """Share of a less share of b, with Newcombe's hybrid score interval and Boschloo's exact p; n = n_a + n_b.

    Newcombe (1998), Stat Med 17:873, method 10; Boschloo (1970), Statistica Neerlandica 24:1. `UserError` where the
    counts cannot be.
    """
    from statsmodels.stats.proportion import confint_proportions_2indep

    counts(events_a, n_a)
    counts(events_b, n_b)
    if not (n_a and n_b):
        return Estimate(None, None, None, n_a + n_b, reason=NOTHING)
    low, high = confint_proportions_2indep(events_a, n_a, events_b, n_b, method="newcomb", compare="diff")
    return estimate(
        events_a / n_a - events_b / n_b,
        low,
        high,
        n_a + n_b,
        p=_boschloo(events_a, n_a, events_b, n_b),
        method="Newcombe hybrid score; Boschloo exact",
        within=(-1.0, 1.0),
    )


def _boschloo(events_a: int, n_a: int, events_b: int, n_b: int) -> float:
    from scipy.stats import boschloo_exact

    if events_a + events_b in (0, n_a + n_b):
        return 1.0
    return float(boschloo_exact([[events_a, events_b], [n_a - events_a, n_b - events_b]]).pvalue)
