"""The columns of a frame as the numbers that a regression takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from arena.errors import UserError, unknown

__all__ = ["INTERCEPT", "Design", "columns_of", "design"]

INTERCEPT = "intercept"
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Design:
    """`matrix` has a row for each of the frame and a column for each name.

    `reason`: why there is nothing to fit; where a column has a single level, `names` are the terms as they were given.
    """

    names: tuple[str, ...]
    matrix: Floats
    reason: str = ""


def columns_of(terms: Sequence[str]) -> list[str]:
    """The columns that these terms take, each once. A term is a column, or a product of columns: `threat:target`."""
    return list(dict.fromkeys(column for term in terms for column in term.split(":")))


def design(frame: pl.DataFrame, terms: Sequence[str], levels: Mapping[str, Sequence[str]]) -> Design:
    """Intercept, then each term. A text column becomes one 0/1 column a level but its first, named `column[level]`.

    Levels stand in the order that `levels` gives, else sorted; the first is what the others are compared with.
    `UserError`: the frame has a level that `levels` does not name.
    """
    coded = {column: _coded(frame[column], levels.get(column)) for column in columns_of(terms)}
    names, parts = [INTERCEPT], [np.ones(frame.height)]
    for term in terms:
        for together in product(*(coded[column] for column in term.split(":"))):
            names.append(":".join(name for name, _ in together))
            parts.append(np.prod([values for _, values in together], axis=0))
    matrix = np.column_stack(parts)
    alone = [column for column in coded if frame[column].n_unique() < 2]
    if alone:
        return Design(tuple(terms), matrix, f"{' and '.join(alone)} has a single level: nothing to compare")
    if np.linalg.matrix_rank(matrix) < len(names):
        return Design(tuple(names), matrix, "the terms cannot be told apart: some combination of levels is missing")
    return Design(tuple(names), matrix)


def _coded(column: pl.Series, order: Sequence[str] | None) -> list[tuple[str, Any]]:
    if column.dtype.is_numeric() or column.dtype == pl.Boolean:
        return [(column.name, column.cast(pl.Float64).to_numpy())]
    values = column.cast(pl.String)
    found = set(values.unique().to_list())
    if order is not None and (extra := sorted(found - set(order))):
        raise unknown(f"level of {column.name}", extra[0], order)
    kept = [level for level in order if level in found] if order is not None else sorted(found)
    if not kept:
        raise UserError(f"{column.name} has no level: the frame has no row")
    return [(f"{column.name}[{level}]", (values == level).cast(pl.Float64).to_numpy()) for level in kept[1:]]
