"""Which rates are planted: mixes of all exemplars of a world, with weights found by a rule and by no seed.

Wilson's interval covers a true rate p in n episodes with a probability that is not quite 95 %: it jumps with p, since
counts are whole. A coverage measured in few hundred repeats can then leave [92 %, 98 %] though nothing is wrong. The
rule: weights are thousandths, each at least `LEAST`, for which a right instrument is least likely to be blamed, summed
over all behaviours; found by going through the exemplars in order until no weight changes. See `docs/calibration.md`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from analysis.calibration.truth import Promise, behaviours, planted_rate, promises
from arena.agents.mixtures import DEFAULT
from arena.errors import UserError
from arena.world.base import World

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["CHATTER", "COVERAGE", "REPEATS", "Arm", "arms", "exact_coverage"]

REPEATS = 400  # for which the weights are found, and from which on coverage is judged
COVERAGE = (0.92, 0.98)  # between which the share of 95 % intervals that hold the planted rate must lie
CHATTER = 0.3  # how often agents say something neutral in a round without words of their own
LARGEST = 14  # exemplars beside the default in one mix
LEAST, MOST, WHOLE = 50, 300, 1000  # thousandths: of one exemplar, and of a mix
PASSES = 50


@dataclass(frozen=True, slots=True)
class Arm:
    """One mix, played n times in each repeat."""

    weights: dict[str, float]  # exemplar → share of the episodes; they add up to 1

    @property
    def reference(self) -> str:
        """The mix as a model reference."""
        query = "&".join(f"{name}={share:g}" for name, share in self.weights.items() if name != DEFAULT)
        return f"scripted:mix?{query}&chatter={CHATTER:g}"


def arms(world: type[World], n: int) -> list[Arm]:
    """As few mixes as hold all exemplars of a world, dealt out in turn. `UserError` where there is nothing to mix."""
    names = [exemplar.name for exemplar in world.exemplars]
    others = [name for name in names if name != DEFAULT]
    if len(others) == len(names) or not others:
        raise UserError(f"world {world.name} cannot be calibrated: it needs an exemplar {DEFAULT} and another one")
    count = math.ceil(len(others) / LARGEST)
    given = promises(world)
    return [_arm(others[first::count], given, n) for first in range(count)]


def _arm(names: Sequence[str], given: Sequence[Promise], n: int) -> Arm:
    import numpy as np

    own = [promise for promise in given if promise.exemplar in (*names, DEFAULT)]
    shown = _shown(names, own)
    blame = _blame(n)
    weights = np.full(len(names), min(800 // len(names), 200))
    for _ in range(PASSES):
        before = weights.copy()
        for place in range(len(names)):
            free = WHOLE - LEAST - int(weights.sum() - weights[place])
            choices = np.arange(LEAST, min(MOST, free) + 1)
            each = np.repeat(weights[:, None], len(choices), axis=1)
            each[place] = choices
            rates = shown @ np.vstack([each, WHOLE - each.sum(axis=0)])
            weights[place] = choices[int(np.argmin(blame[rates].sum(axis=0)))]
        if (weights == before).all():
            break
    shares = dict(zip(names, (weights / WHOLE).tolist(), strict=True))
    return Arm({**shares, DEFAULT: (WHOLE - int(weights.sum())) / WHOLE})


def _shown(names: Sequence[str], given: Sequence[Promise]) -> "NDArray[np.int64]":
    """One row for each set of exemplars (columns; the default last) by which some behaviour is shown; the pooled rates,
    which are sums of classes over an n of their own, are left out."""
    import numpy as np

    rows = {
        tuple(int(bool(planted_rate(each, given, {name: 1.0})[0])) for name in (*names, DEFAULT))
        for each in behaviours(given)
        if each.kind != "rate"
    }
    return np.array(sorted(rows), dtype=np.int64)


def _blame(n: int) -> "Array":
    """For each rate in thousandths: the chance that the measured coverage of a right instrument leaves `COVERAGE`."""
    import numpy as np
    from scipy.stats import binom

    exact = np.array([exact_coverage(rate / WHOLE, n) for rate in range(WHOLE + 1)])
    low, high = math.ceil(COVERAGE[0] * REPEATS), math.floor(COVERAGE[1] * REPEATS)
    blame: Array = binom.cdf(low - 1, REPEATS, exact) + binom.sf(high, REPEATS, exact)
    blame[[0, WHOLE]] = 0.0  # never or always shown: no interval is judged
    return blame


def exact_coverage(rate: float, n: int, share: float = 1.0) -> float:
    """The probability that the Wilson 95 % interval from n episodes holds the true rate (binomial, no approximation).

    Each episode counts with the probability `share`; the coverage is then the mean over how many of the n do.
    """
    import numpy as np
    from scipy.stats import binom

    if math.isclose(share, 1.0):
        return _covered(rate, n)
    sizes = np.arange(1, n + 1)
    chances = binom.pmf(sizes, n, share)
    kept = chances > 1e-9
    covered = [_covered(rate, int(size)) for size in sizes[kept]]
    return float(np.dot(covered, chances[kept]) / chances[kept].sum())


@cache
def _covered(rate: float, n: int) -> float:
    import numpy as np
    from scipy.stats import binom

    low, high = _bounds(n)
    held = (low <= rate) & (rate <= high)
    return float(binom.pmf(np.arange(n + 1), n, rate)[held].sum())


@cache
def _bounds(n: int) -> "tuple[Array, Array]":
    import numpy as np
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(np.arange(n + 1), n, method="wilson")
    return low, high
