"""Statistics of many matrices at once: [draws, E, n, n], one matrix an episode and draw."""

import numpy as np
import numpy.typing as npt

__all__ = ["Floats", "Ints", "correlations", "counted", "reciprocities", "tallied"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def tallied(size: int, most: int, at: Ints, values: Ints) -> Ints:
    """[draws, size, most]: how often each value comes up at each place. `at` [slots], `values` [draws, slots]."""
    draw = np.arange(len(values), dtype=np.int64)[:, None]
    flat = (draw * size + at) * most + values
    return (
        np.bincount(flat.ravel(), minlength=len(values) * size * most).reshape(len(values), size, most).astype(np.int64)
    )


def counted(shape: tuple[int, ...], at: Ints, rows: Ints, columns: Ints) -> Ints:
    """[draws, E, n, n] for the shape (E, n, n): how often each place comes up. `at`, `columns` [slots], `rows`
    [draws, slots]."""
    size, n, _ = shape
    return tallied(size, n * n, at, rows * n + columns).reshape(len(rows), size, n, n)


def reciprocities(counts: Ints) -> Floats:
    """[draws]: of all links between two different places of the same matrix, the share that is returned; NaN: none.

    `networkx.overall_reciprocity` of each matrix, links summed over the matrices of a draw.
    """
    n = counts.shape[-1]
    linked = (counts > 0) & ~np.eye(n, dtype=bool)
    both = linked & np.swapaxes(linked, -1, -2)
    links = linked.sum(axis=(1, 2, 3))
    with np.errstate(invalid="ignore"):
        share: Floats = both.sum(axis=(1, 2, 3)) / links
    return share


def correlations(one: Floats, others: Ints) -> Floats:
    """[draws]: Pearson's correlation of `one` [places] with each row of `others` [draws, places]; NaN: not defined."""
    centred = one - one.mean()
    spread = others.std(axis=1) * len(one) * one.std()
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = (others @ centred) / spread
    return np.clip(found, -1.0, 1.0)
