"""Frames as the few plain rows that a figure draws; wrong columns and too many rows are told in words."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from arena.errors import UserError

__all__ = ["MOST", "Frame", "Record", "grouping", "records"]

MOST = 5000  # rows; more make a picture of many megabytes that nobody can read
Frame = pl.DataFrame | pl.LazyFrame
Record = dict[str, Any]


def records(frame: Frame, needed: Sequence[str], what: str) -> list[Record]:
    """The rows in order. `UserError`: columns are missing, or there are more than `MOST` rows."""
    lazy = frame.lazy()
    columns = lazy.collect_schema().names()
    if missing := [name for name in needed if name not in columns]:
        raise UserError(f"{what} needs the columns {', '.join(needed)}; missing: {', '.join(missing)}")
    rows = lazy.head(MOST + 1).collect()
    if rows.height > MOST:
        raise UserError(f"{what} would draw more than {MOST} rows: count them by fewer columns, or filter them first")
    return rows.to_dicts()


def grouping(frame: Frame, by: Sequence[str] | None, others: Sequence[str], what: str) -> tuple[str, ...]:
    """The columns that name a group: `by`, or all columns but `others`. `UserError`: one of `by` is not there."""
    columns = frame.lazy().collect_schema().names()
    if by is None:
        return tuple(name for name in columns if name not in others)
    if missing := [name for name in by if name not in columns]:
        raise UserError(f"{what} has no column {', '.join(missing)} to group by; there are: {', '.join(columns)}")
    return tuple(by)
