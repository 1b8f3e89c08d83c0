"""The one result type of `analysis.stats`: a number with its interval, or the reason why there is none."""

import math
from dataclasses import dataclass

from arena.errors import UserError

__all__ = ["Estimate", "counts", "estimate"]

NOTHING = "nothing to count"


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % interval. `value` is None exactly where `reason` says why there is none.

    `low` and `high` are None where the data give a value but no interval; `n` is what was counted (see each function);
    `p` is two-sided, None where no test was made; `method` names interval and test in the field's words.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    p: float | None = None
    method: str = ""
    reason: str = ""


def estimate(
    value: float,
    low: float | None,
    high: float | None,
    n: int,
    *,
    p: float | None = None,
    method: str = "",
    within: tuple[float, float] = (-math.inf, math.inf),
) -> Estimate:
    """An estimate whose interval lies `within` and holds the value, whatever the last bit of the arithmetic says.

    A number that is not finite becomes None: an interval without ends, or a test without an answer, is none.
    """
    floor, ceiling = within
    low = None if low is None or not math.isfinite(low) else float(max(floor, min(low, value)))
    high = None if high is None or not math.isfinite(high) else float(min(ceiling, max(high, value)))
    p = None if p is None or not math.isfinite(p) else float(min(1.0, max(0.0, p)))
    return Estimate(float(value), low, high, n, p, method)


def counts(events: int, n: int) -> None:
    """`UserError` unless `events` of `n` is a count that can be."""
    if not 0 <= events <= n:
        raise UserError(f"{events} events of {n} cannot be: events lie between 0 and n")
