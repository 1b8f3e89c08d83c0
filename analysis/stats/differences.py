"""The difference of two shares that were counted on different episodes."""

from functools import lru_cache

from analysis.stats.estimate import NOTHING, Estimate, counts, estimate

__all__ = ["difference", "fisher", "hybrid"]

LARGEST = 90_000  # n_a * n_b: Boschloo's test takes time in their square, a second here


def difference(events_a: int, n_a: int, events_b: int, n_b: int) -> Estimate:
    """Share of a less share of b, with Newcombe's hybrid score interval and an exact p; n = n_a + n_b.

    Newcombe (1998), Stat Med 17:873, method 10; Boschloo (1970), Statistica Neerlandica 24:1. Where the arms are so
    large that Boschloo's test would take seconds, p is Fisher's, which is never smaller; `method` says which it is.
    `UserError` where the counts cannot be.
    """
    counts(events_a, n_a)
    counts(events_b, n_b)
    if not (n_a and n_b):
        return Estimate(None, None, None, n_a + n_b, reason=NOTHING)
    low, high = hybrid(events_a, n_a, events_b, n_b)
    small = n_a * n_b <= LARGEST
    return estimate(
        events_a / n_a - events_b / n_b,
        low,
        high,
        n_a + n_b,
        p=_boschloo(*sorted([(events_a, n_a), (events_b, n_b)])) if small else fisher(events_a, n_a, events_b, n_b),
        method=f"Newcombe hybrid score; {'Boschloo' if small else 'Fisher'} exact",
        within=(-1.0, 1.0),
    )


def hybrid(events_a: float, n_a: float, events_b: float, n_b: float) -> tuple[float, float]:
    """Newcombe's hybrid score interval alone; both n, which may be effective ones, at least 1."""
    from statsmodels.stats.proportion import confint_proportions_2indep

    low, high = confint_proportions_2indep(events_a, n_a, events_b, n_b, method="newcomb", compare="diff")
    return float(low), float(high)


def fisher(events_a: int, n_a: int, events_b: int, n_b: int) -> float | None:
    """Two-sided p of Fisher's exact test; None where an arm is empty. `UserError` where the counts cannot be."""
    from scipy.stats import fisher_exact

    counts(events_a, n_a)
    counts(events_b, n_b)
    if not (n_a and n_b):
        return None
    return min(1.0, float(fisher_exact([[events_a, events_b], [n_a - events_a, n_b - events_b]]).pvalue))


@lru_cache(maxsize=4096)
def _boschloo(one: tuple[int, int], other: tuple[int, int]) -> float:
    """Kept, because a report asks for the same contrast in several places."""
    from scipy.stats import boschloo_exact

    (events_a, n_a), (events_b, n_b) = one, other
    if events_a + events_b in (0, n_a + n_b):
        return 1.0
    return float(boschloo_exact([[events_a, events_b], [n_a - events_a, n_b - events_b]]).pvalue)
