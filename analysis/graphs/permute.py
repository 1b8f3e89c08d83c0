"""Permutations of who did what: drawn within groups, many at once, and the p value of what they give."""

from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

__all__ = ["CELLS", "Alternative", "Places", "chunks", "p_value", "permuted"]

Alternative = Literal["greater", "two-sided"]
Places = npt.NDArray[np.int64]
CELLS = 20_000_000  # numbers held at once, so that 1,000 draws of 1,000 episodes stay below a few hundred MB
TRIES = 100  # redraws of a group whose permutation is not admissible; then it stays as it was


def permuted(
    actors: Places,
    groups: Places,
    draws: int,
    rng: np.random.Generator,
    banned: npt.NDArray[np.bool_] | None = None,
) -> Places:
    """[draws, slots]: the actors of the slots, permuted at random within each group.

    Each actor keeps the number of its slots in every group. `banned` [slots, actors]: who may not have a slot; the
    admissible permutations are then equally likely (a group without a find in 100 tries stays as observed, which
    makes the null narrower there). The observed actors must be admissible.
    """
    order = np.argsort(groups, kind="stable")
    numbers = np.unique(groups[order], return_inverse=True)[1].astype(np.int64)
    sorted_actors = actors[order]
    drawn = _shuffled(sorted_actors, numbers, draws, rng)
    if banned is not None:
        _repair(drawn, sorted_actors, numbers, banned[order], rng)
    result = np.empty_like(drawn)
    result[:, order] = drawn
    return result


def _shuffled(actors: Places, groups: Places, draws: int, rng: np.random.Generator) -> Places:
    keys = rng.random((draws, len(actors))) + groups  # a key below 1 leaves each slot in its own group
    drawn: Places = actors[np.argsort(keys, axis=1)]
    return drawn


def _repair(
    drawn: Places, actors: Places, groups: Places, banned: npt.NDArray[np.bool_], rng: np.random.Generator
) -> None:
    """Draw anew, in place, each group of each draw that holds a banned actor."""
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    slots = np.arange(len(actors))
    for _ in range(TRIES):
        bad = np.logical_or.reduceat(banned[slots, drawn], starts, axis=1)
        rows = np.flatnonzero(bad.any(axis=1))
        if not len(rows):
            return
        again = _shuffled(actors, groups, len(rows), rng)
        drawn[rows] = np.where(bad[rows][:, groups], again, drawn[rows])
    bad = np.logical_or.reduceat(banned[slots, drawn], starts, axis=1)
    drawn[:] = np.where(bad[:, groups], actors, drawn)


def chunks(draws: int, cells: int) -> Iterator[int]:
    """How many draws to hold at once, where each takes this many cells, until all are done."""
    most = max(1, CELLS // max(1, cells))
    for first in range(0, draws, most):
        yield min(most, draws - first)


def p_value(observed: float, drawn: npt.NDArray[Any], alternative: Alternative) -> float:
    """(1 + as extreme) / (1 + draws), so never 0 (Phipson and Smyth 2010); two-sided is twice the smaller tail.

    What differs by rounding alone counts as equal.
    """
    near = 1e-9 * max(1.0, abs(observed))
    above = (1 + int((drawn >= observed - near).sum())) / (1 + len(drawn))
    if alternative == "greater":
        return above
    below = (1 + int((drawn <= observed + near).sum())) / (1 + len(drawn))
    return min(1.0, 2 * min(above, below))
