"""Which contrasts a table of units has both arms for, and the groups in which they are told."""

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from analysis.contrasts.family import FAMILY, Contrast
from analysis.contrasts.measures import FAILURE, keep_apart
from analysis.tables.plan import FACTOR
from arena.errors import unknown

__all__ = ["NOWHERE", "existing", "groups", "missing"]

NOWHERE = "not in this run"


def existing(rows: pl.DataFrame) -> list[Contrast]:
    """The contrasts of `FAMILY` of which all arms are in the data, in its order."""
    return [contrast for contrast in FAMILY.values() if not missing(rows, contrast)]


def missing(rows: pl.DataFrame, contrast: Contrast) -> str:
    """Which arm of a contrast is not in the data, in words; empty where all are."""
    wanted = [(contrast.factor, level) for level in (contrast.a, contrast.b)]
    if contrast.within:
        wanted += [(contrast.within[0], level) for level in contrast.within[1:]]
    for factor, level in wanted:
        column = f"{FACTOR}{factor}"
        if column not in rows.columns:
            return f"{NOWHERE}: its world has no factor {factor}"
        if level not in rows[column]:
            return f"{NOWHERE}: {factor} = {level} was not played"
    return ""


def groups(rows: pl.DataFrame, by: Sequence[str], measure: str) -> Iterator[tuple[dict[str, Any], pl.DataFrame]]:
    """The groups of `by` in the order of the frame, each with its key. An episode has no role to group by.

    `UserError`: no such column, or kinds of episodes in one group that must not be pooled.
    """
    for name in by:
        if name not in rows.columns:
            raise unknown(
                "column to group by", name, [each for each in rows.columns if each not in ("countable", "event")]
            )
    by = [name for name in by if not (name == "role" and measure == FAILURE)]
    keep_apart(rows, by)
    if not by:
        yield {}, rows
        return
    for key, group in rows.group_by(by, maintain_order=True):
        yield dict(zip(by, key, strict=True)), group
