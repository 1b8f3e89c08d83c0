"""Permutations of who did what: drawn within groups, many at once, and the p value of what they give."""

from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

__all__ = ["CELLS", "Alternative", "Places", "chunks", "p_value", "permuted"]

Alternative = Literal["greater", "two-sided"]
Places = npt.NDArray[np.int64]
CELLS = 4_000_000  # numbers of an array held at once, so that many episodes and draws stay below a few hundred MB
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
    drawn = np.repeat(actors[None], draws, axis=0)
    places = _mixed(actors, groups)
    if not places.size:
        return drawn
    there = places >= 0
    shape = np.broadcast_to(places, (draws, *places.shape))
    drawn[:, places[there]] = actors[_shuffled(shape, rng)[:, there]]
    if banned is not None:
        _repair(drawn, actors, places, banned, rng)
    return drawn


def _mixed(actors: Places, groups: Places) -> Places:
    """[groups, most]: the slots of each group in which several actors have one, then -1. Others cannot change."""
    order = np.argsort(groups, kind="stable")
    numbers = np.unique(groups[order], return_inverse=True)[1]
    sizes = np.bincount(numbers) if len(numbers) else np.zeros(0, dtype=np.int64)
    starts = np.cumsum(sizes) - sizes
    places = np.full((len(sizes), int(sizes.max(initial=0))), -1, dtype=np.int64)
    places[numbers, np.arange(len(order)) - starts[numbers]] = order
    who = np.where(places >= 0, actors[places], actors[places[:, :1]]) if places.size else places
    mixed: Places = places[(who != who[:, :1]).any(axis=1)] if places.size else places
    return mixed


def _shuffled(places: Places, rng: np.random.Generator) -> Places:
    """[..., most]: each row's slots in random order, -1 last."""
    keys = rng.random(places.shape, dtype=np.float32)
    keys[places < 0] = 2.0
    return np.take_along_axis(places, np.argsort(keys, axis=-1), axis=-1)


def _repair(
    drawn: Places, actors: Places, places: Places, banned: npt.NDArray[np.bool_], rng: np.random.Generator
) -> None:
    """Draw anew, in place, each group of each draw that holds a banned actor; alone these, as they are few."""
    there = places >= 0
    draw, group = np.nonzero((banned[places, drawn[:, places]] & there).any(axis=2))
    for left in range(TRIES, -1, -1):
        if not len(draw):
            return
        rows = places[group]
        now = actors[_shuffled(rows, rng) if left else rows]  # at last as observed
        valid = there[group]
        drawn[np.broadcast_to(draw[:, None], rows.shape)[valid], rows[valid]] = now[valid]
        bad = (banned[rows, now] & valid).any(axis=1)
        draw, group = draw[bad], group[bad]


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
