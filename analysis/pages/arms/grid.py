"""Two factors at a time: a measure in every combination of their levels, as a tinted table and as dots."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from analysis.blocks.charts import MOST_ROWS, chart_figure
from analysis.blocks.document import Block, Cell, Column, Inline, Paragraph, Row, Table, quiet
from analysis.blocks.notation import NOTHING, column_words, interval, percent
from analysis.figures.heatmap import heatmap
from analysis.figures.rates import rates as dots
from analysis.findings.effects.conditions import levels_of
from analysis.findings.parts.part import Part
from analysis.measures.rates import headline
from analysis.pages.arms.held_fixed import ArmCells
from analysis.pages.arms.options import meaning

__all__ = ["crossed_rates", "dot_blocks", "grid_blocks", "heat_chart"]

FOLLOWS = "\N{RIGHTWARDS ARROW}"
BELOW = "\N{DOWNWARDS ARROW}"


def crossed_rates(part: Part, down: str, across: str) -> pl.DataFrame:
    """`analysis.measures.rates.headline` by two factors, without control arms of others; levels in their order."""
    frame, _ = part.without_controls(down, across)
    frame = frame.drop_nulls([down, across])
    found = headline(frame, [down, across])
    ranks = [
        pl.col(column).replace_strict({level: at for at, level in enumerate(levels_of(frame, column))}, default=0)
        for column in (down, across)
    ]
    return found.sort("measure", *ranks, maintain_order=True)


def grid_blocks(cells: ArmCells, rates: pl.DataFrame, down: str, across: str, measure: str) -> Iterator[Block]:
    """The tinted table: each cell with its rate, interval and n, which lead to its episodes."""
    rows = rates.filter(pl.col("measure") == measure)
    found = {(row[down], row[across]): row for row in rows.iter_rows(named=True)}
    downs, heads = (list(dict.fromkeys(rows[column])) for column in (down, across))
    columns = [Column(f"{column_words(down)} {BELOW}  {column_words(across)} {FOLLOWS}")]
    columns += [Column(level, "number") for level in heads]
    told = [Row([level, *(_tinted(cells, found.get((level, each)), measure) for each in heads)]) for level in downs]
    note = (
        f"{measure.capitalize()}: {meaning(measure)} Percent with its Wilson 95 % interval; the stronger the colour, "
    )
    note += "the more. A rate leads to the episodes that show it, n to all episodes of its cell."
    caption = f"{measure.capitalize()} by {column_words(down)} and {column_words(across)}"
    yield Table(columns, told, caption, note)


def _tinted(cells: ArmCells, row: dict[str, Any] | None, measure: str) -> Cell | Inline:
    if row is None:
        return quiet("not played")
    if row["rate"] is None:
        return quiet(row["reason"] or NOTHING)
    rate = cells.shown(row, measure, f"{percent(row['rate'])} %")
    return Cell([rate, quiet(f" {interval(row)}, n "), cells.whole(row)], share=row["rate"])


def dot_blocks(rates: pl.DataFrame, down: str, across: str, measure: str) -> Iterator[Block]:
    """Dots with intervals: the measure, and open refusal (of which it is no part) below it."""
    beside = "solidarity" if measure == "refusal" else "refusal"
    some = pl.concat(rates.filter(pl.col("measure") == name) for name in (measure, beside))
    if some.height > MOST_ROWS:
        some = some.filter(pl.col("measure") == measure)
    if some.height > MOST_ROWS:
        yield Paragraph(f"More than {MOST_ROWS} cells: the table above tells them better than a figure.", "note")
        return
    title = f"{measure.capitalize()} and {beside} in each cell"
    alt = f"Dots with intervals: {measure} and {beside} by {column_words(down)} and {column_words(across)}."
    yield chart_figure(f"rates_{measure}", dots(some, ["measure", down, across], title=title), alt)


def heat_chart(rates: pl.DataFrame, down: str, across: str, measure: str) -> Any:
    """The tinted table as a picture to take away."""
    rows = rates.filter(pl.col("measure") == measure).drop("measure")
    title = f"{measure.capitalize()} by {column_words(down)} and {column_words(across)}"
    return heatmap(rows, across, down, title=title)
