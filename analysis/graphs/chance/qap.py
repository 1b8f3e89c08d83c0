"""Do those who talk also protect? The QAP correlation of two matrices of the same agents.

Quadratic assignment procedure (Hubert and Schultz 1976; Krackhardt 1988), for symmetric matrices the test of Mantel
(1967): the agents' labels are permuted on one matrix, rows and columns alike, so that who talks much, and who protects
much, stays as it is, and only whether they are the same pairs is left to chance. Over several episodes each is permuted
by itself.
"""

from collections.abc import Sequence
from itertools import permutations
from math import factorial
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from analysis.graphs.chance.null_models import NULLS, Values, null_row
from analysis.graphs.chance.permutations import Alternative
from analysis.graphs.rows.frames import EPISODE, Frame, of_valid_episodes, valid_episodes
from analysis.graphs.rows.stacked import Floats, Ints
from analysis.graphs.rows.talk import stack

__all__ = ["EXACT", "qap", "qap_by"]

Matrix = npt.NDArray[Any]
EXACT = 10_000  # permutations, all of all episodes together, up to which every one is tried
LISTED = 6  # agents up to which an episode's permutations are listed; 7 have 5,040, of which draws are enough


def qap(
    one: Sequence[Matrix] | Matrix,
    other: Sequence[Matrix] | Matrix,
    *,
    draws: int = 1000,
    seed: int = 0,
    alternative: Alternative = "two-sided",
) -> dict[str, object]:
    """One row of `analysis.graphs.chance.null_models.NULLS`: Pearson's correlation over ordered pairs of agents.

    Two square matrices, or as many of both, one an episode, which may differ in size: the pairs of all are pooled.
    n counts pairs. Exact where the episodes together have at most `EXACT` permutations, and then `draws` says how many
    there are besides the one observed; else seeded draws.
    """
    ones = [np.asarray(one)] if isinstance(one, np.ndarray) else [np.asarray(each) for each in one]
    others = [np.asarray(other)] if isinstance(other, np.ndarray) else [np.asarray(each) for each in other]
    rng = np.random.default_rng(seed)
    row = null_row("qap", _values(ones, others, draws, rng), alternative)
    if row.get("p") is not None and _possible(ones) <= 2:  # half of all there is can never be rare
        return row | {"p": None, "reason": "2 agents: too few permutations"}
    return row


def qap_by(
    edges: Frame,
    agents: Frame,
    episodes: Frame,
    by: Sequence[str] = (),
    *,
    draws: int = 1000,
    seed: int = 0,
    pool: bool = False,
) -> pl.DataFrame:
    """The QAP correlation of talk and protection for each group of `by`, pooled over its valid episodes: talk[i, j] and
    protection[i, j] are the messages and the protective acts from i to j. Columns: those of `by`, then `NULLS`."""
    counted = valid_episodes(episodes, by, pool=pool)
    matrices = stack(of_valid_episodes(edges, counted), of_valid_episodes(agents, counted))
    numbers = matrices.keys.with_row_index("episode")
    cells = counted.select(*EPISODE, *(name for name in by if name not in EPISODE)).join(numbers, on=EPISODE)
    rows = []
    for key, cell in cells.group_by(list(by), maintain_order=True) if by else [((), cells)]:
        found = [matrices.of(episode) for episode in cell["episode"].to_list()]
        talk, protection = [each["talk"] for each in found], [each["protection"] for each in found]
        rows.append(dict(zip(by, key, strict=True)) | qap(talk, protection, draws=draws, seed=seed))
    return pl.DataFrame(rows, {**{name: counted.schema[name] for name in by}, **NULLS})


def _possible(matrices: Sequence[Matrix]) -> int:
    """How many permutations all episodes have together; more than `EXACT` are not counted further."""
    possible = 1
    for each in matrices:
        possible *= factorial(len(each))
        if possible > EXACT:
            break
    return possible


def _values(ones: Sequence[Matrix], others: Sequence[Matrix], draws: int, rng: np.random.Generator) -> Values:
    pairs = [~np.eye(len(each), dtype=bool) for each in ones]
    x = np.concatenate([each[p] for each, p in zip(ones, pairs, strict=True)] or [np.empty(0)]).astype(np.float64)
    y = np.concatenate([each[p] for each, p in zip(others, pairs, strict=True)] or [np.empty(0)]).astype(np.float64)
    if len(x) < 2:
        return None, np.empty(0), len(x), "fewer than 2 agents"
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        flat = "talk" if np.ptp(x) == 0 else "protection"
        return None, np.empty(0), len(x), f"{flat} is the same for every pair"
    spread = len(x) * x.std() * y.std()  # to permute labels changes neither the sums nor the squares, only products

    def correlation(products: Floats) -> Floats:
        found: Floats = (products - x.sum() * y.sum() / len(x)) / spread
        return np.clip(found, -1.0, 1.0)

    centred = [(a - np.diag(np.diag(a))).astype(np.float64) for a in ones]
    observed = float(correlation(np.array([sum((a * b).sum() for a, b in zip(centred, others, strict=True))]))[0])
    if _possible(ones) <= EXACT:
        return observed, correlation(_all_products(centred, others)), len(x), ""
    return observed, correlation(_drawn_products(centred, others, draws, rng)), len(x), ""


def _products(one: Floats, other: Matrix, labels: Ints) -> Floats:
    """[permutations]: the sum of products with `other` relabelled. `labels` [permutations, n]."""
    found: Floats = np.einsum("ij,pij->p", one, other[labels[:, :, None], labels[:, None, :]].astype(np.float64))
    return found


def _every(n: int) -> Ints:
    """All permutations of n labels, the one that changes nothing first."""
    return np.array(list(permutations(range(n))), dtype=np.int64)


def _all_products(ones: Sequence[Floats], others: Sequence[Matrix]) -> Floats:
    """Of every combination of permutations but the one observed."""
    total = np.zeros(1)
    for one, other in zip(ones, others, strict=True):
        total = (total[:, None] + _products(one, other, _every(len(one)))).ravel()
    return total[1:]


def _drawn_products(ones: Sequence[Floats], others: Sequence[Matrix], draws: int, rng: np.random.Generator) -> Floats:
    total = np.zeros(draws)
    for one, other in zip(ones, others, strict=True):
        n = len(one)
        if n <= LISTED:
            products = _products(one, other, _every(n))
            total += products[rng.integers(len(products), size=draws)]
        else:
            total += _products(one, other, np.argsort(rng.random((draws, n)), axis=1))
    return total
