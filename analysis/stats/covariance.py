"""How far two 0/1 marks go together: the interval that chance alone would give their covariance."""

import math
from collections.abc import Iterable, Sequence

__all__ = ["covariance_limits"]

NEARLY = 1 - 1e-9  # a correlation of 1 has no finite z


def covariance_limits(groups: Iterable[Sequence[float]], n: int) -> tuple[float, float] | None:
    """95 % limits of the covariance P(both) - P(first) P(second), taken within groups and weighted by their pairs.

    A group: pairs, with the first mark, with the second, with both. By Fisher's z (1915, Biometrika 10:507) of the
    correlation, with `n` independent pairs. Where a mark is rare, both may never have come up together: then every
    resample is below 0, and a bootstrap shuts 0 out where chance alone was at work. None where n is below 4, or one
    mark is the same throughout each group.
    """
    of, covariance, spread = 0.0, 0.0, 0.0
    for pairs, first, second, both in groups:
        if pairs > 0:
            of += pairs
            covariance += both - first * second / pairs
            spread += math.sqrt(max(0.0, first * (pairs - first) * second * (pairs - second))) / pairs
    if n < 4 or spread <= 0:
        return None
    z, reach = math.atanh(max(-NEARLY, min(NEARLY, covariance / spread))), 1.959964 / math.sqrt(n - 3)
    return math.tanh(z - reach) * spread / of, math.tanh(z + reach) * spread / of
