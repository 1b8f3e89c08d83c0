"""Many tests at once: p-values of one declared family, adjusted together."""

from collections.abc import Sequence

from arena.errors import UserError

__all__ = ["holm"]


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Holm's step-down adjustment (1979), Scand J Stat 6:65, in the order given; None (no test) stays None and is
    no member of the family. `UserError` for what is no p-value."""
    from statsmodels.stats.multitest import multipletests

    tested = [p for p in p_values if p is not None]
    if wrong := [p for p in tested if not 0 <= p <= 1]:
        raise UserError(f"{wrong[0]} is no p-value: they lie between 0 and 1")
    if not tested:
        return [None] * len(p_values)
    adjusted = iter(multipletests(tested, method="holm")[1])
    return [None if p is None else float(next(adjusted)) for p in p_values]
