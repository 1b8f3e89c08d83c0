"""The cells of a part as rows of tables: what they are called, where their episodes are listed, which to doubt."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from analysis.blocks.document import Cell, Column, Inline, Span, link
from analysis.blocks.notation import bracketed, column_words
from analysis.findings.parts.part import Part

__all__ = ["Cells", "cell_numbers"]

Row = Mapping[str, Any]


def cell_numbers(frame: pl.DataFrame, by: Sequence[str]) -> dict[tuple[Any, ...], int]:
    """Each group of `by` → its number from 1, in the order of the frame."""
    if not by:
        return {(): 1}
    return {key: place for place, key in enumerate(frame.select(by).unique(maintain_order=True).iter_rows(), 1)}


class Cells:
    """Names the cells of a part in tables, and leads from a number to the episodes that it counts."""

    leads = "its clearest episodes"  # where a number of a group finding leads

    def __init__(self, part: Part, doubted: set[tuple[Any, ...]]) -> None:
        """`doubted`: the casts below the competence gate."""
        self.part = part
        self.doubted = doubted
        self.numbers = cell_numbers(part.under_order, part.by_role)

    def columns(self, by: Sequence[str]) -> list[Column]:
        """The first columns of a table whose rows are cells."""
        return [Column(column_words(name)) for name in by] or [Column("cell")]

    def names(self, row: Row, by: Sequence[str]) -> list[Cell | Inline]:
        """The first cells of such a row."""
        return [Span("?" if row[name] is None else str(row[name])) for name in by] or ["all"]

    def doubt(self, row: Row) -> bool:
        """Whether the cast of a row fails the competence gate; of rows that name none, whether the only one does."""
        cast = row.get("cast", self.part.casts[0] if len(self.part.casts) == 1 else None)
        return (cast,) in self.doubted

    def anchor(self, row: Row, outcome: str) -> str:
        """The row of the list of episodes in which this class of this cell stands."""
        place = self.numbers.get(tuple(row[name] for name in self.part.by_role), 0)
        return f"{self.part.key}-{place}-{outcome}"

    def count(self, row: Row, outcome: str, events: int) -> Inline:
        """A count that leads to its episodes."""
        return link(f"{events:,}", self.anchor(row, outcome)) if events else Span("·", "quiet")

    def group(self, row: Row, kind: str) -> str:
        """Where the episodes of a group finding of a cell are quoted."""
        return f"{self.part.key}-shown-{kind}"

    def step(self, row: Row, step: int) -> str:
        """Where the episodes of a cell that reached a step of severity are listed; empty: nowhere."""
        return ""

    def share(self, row: Row, measure: str) -> Inline:
        """The rate of a row in percent, with its interval; `measure` is one of `analysis.measures.rates.MEASURES`."""
        return bracketed(row)

    def whole(self, row: Row) -> Inline:
        """Of how many the rate of a row is."""
        return f"{row['n']:,}"
