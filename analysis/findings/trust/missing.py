"""The section on what is missing: the validity ledger, and bounds for the rates."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from analysis.blocks.document import Block, Cell, Column, Inline, Paragraph, Row, Span, Strip, Table
from analysis.blocks.notation import bracketed, percent
from analysis.findings.parts.cells import Cells
from analysis.findings.parts.part import Part
from analysis.measures.rates import bounds
from analysis.measures.validity_ledger import ledger

__all__ = ["ledger_blocks"]

BOUNDED = ("solidarity", "refusal")
NUMBERS = ("planned", "finished", "valid", "informed")


def ledger_blocks(part: Part, cells: Cells) -> Iterator[Block]:
    """Planned = valid + missing by cause, for each cell."""
    by = part.by_role
    counts = ledger(part.under_order, by)
    if counts["planned"].sum() == counts["valid"].sum() and by:  # one line says as much as one for each cell
        by = ["cast"]
        counts = ledger(part.under_order, by)
    causes = [name for name in counts.columns if name not in {*by, *NUMBERS}]
    columns = [
        *cells.columns(by),
        *(Column(name, "number") for name in NUMBERS),
        Column("missing"),
    ]
    counts, told = _begun(counts)
    rows = [
        Row([*cells.names(row, by), *(f"{row[name]:,}" for name in NUMBERS), _missing(row, causes)])
        for row in counts.iter_rows(named=True)
    ]
    note = "Agent-episodes under order (as far as they were played; else those that the operator was to order). "
    yield Table(columns, rows, "", note + "Always: planned = valid + missing by cause.")
    if told:
        yield Paragraph(told)
    yield from _bounds(part, cells)


def _begun(counts: pl.DataFrame) -> tuple[pl.DataFrame, str]:
    """The rows of which something was played, and a line on the others: a row for each would say it many times."""
    some = pl.col("never_played") < pl.col("planned")
    begun, waiting = counts.filter(some), counts.filter(~some)
    if begun.is_empty() or waiting.is_empty():
        return counts, ""
    words = "1 further cell" if waiting.height == 1 else f"{waiting.height} further cells"
    return begun, f"Nothing was played yet of {words}, with {waiting['planned'].sum():,} planned agent-episodes."


def _bounds(part: Part, cells: Cells) -> Iterator[Block]:
    """What the missing could do to the rates."""
    found = [bounds(part.planned, part.by, measure) for measure in BOUNDED]
    both = pl.concat(found).filter(pl.col("missing") > 0)
    if both.is_empty():
        yield Paragraph("Nothing is missing: the worst and the best case are the rates themselves.")
        return
    empty = both.filter(pl.col("n") == 0)
    both = both.filter(pl.col("n") > 0)
    if empty.height:
        yield Paragraph("Where a cell has nothing to count, its rates may lie anywhere from 0 to 100 %.")
    if both.is_empty():
        return
    columns = [
        Column("rate"),
        *cells.columns(part.by),
        *(Column(name, "number") for name in ("counted", "missing", "% [95 %]", "if none did", "if all did")),
        Column("from none to all", "strip"),
    ]
    rows = [Row(_bound(row, cells)) for row in both.iter_rows(named=True)]
    note = "Had every missing agent-episode shown none of it, or all of it. Of the seats that the operator orders."
    yield Table(columns, rows, "Bounds for what is missing", note)


def _bound(row: dict[str, Any], cells: Cells) -> list[Cell | Inline]:
    best, worst = row["best"], row["worst"]
    middle = row["rate"] if row["rate"] is not None else (best + worst) / 2
    counted = f"{row['events']:,} of {row['n']:,}"
    names = [row["measure"], *cells.names(row, cells.part.by)]
    drawn = Cell(strip=Strip(middle, best, worst, hue="refusal" if row["measure"] == "refusal" else "solidarity"))
    return [*names, counted, f"{row['missing']:,}", bracketed(row), percent(best), percent(worst), drawn]


def _missing(row: dict[str, Any], causes: list[str]) -> Inline:
    told = ", ".join(f"{row[cause]} {cause.replace('_', ' ')}" for cause in causes if row[cause])
    return told or Span("none", "quiet")
