"""Solidarity along the factors whose levels have an order: curves, and the trend of each cast."""

from collections.abc import Iterator

import polars as pl

from analysis.blocks.charts import chart_figure
from analysis.blocks.document import Block, Column, Row, Table
from analysis.blocks.notation import NOTHING, column_words, number
from analysis.contrasts.gradients import ORDERED
from analysis.contrasts.gradients import gradient as trend
from analysis.figures.gradient import gradient
from analysis.findings.parts.part import Part
from analysis.measures.rates import headline
from analysis.tables.plan import FACTOR

__all__ = ["gradient_blocks"]

CURVES = 7  # casts: more curves are not told apart


def gradient_blocks(part: Part) -> Iterator[Block]:
    """A figure and a table for each factor of `ORDERED` of which two ordered levels or more were played."""
    several = ["cast"] if len(part.casts) > 1 else []
    for column in part.varied:
        factor = column.removeprefix(FACTOR)
        order = [level for level in ORDERED.get(factor, ()) if level in part.planned[column]]
        if len(order) < 2:
            continue
        panel = f"{FACTOR}threat" if f"{FACTOR}threat" in part.varied else None
        frame, _ = part.without_controls(column, *([panel] if panel else []))
        rates = headline(frame.drop_nulls(column), [column, *([panel] if panel else []), *several])
        rows = rates.filter(pl.col("measure") == "solidarity").drop("measure")
        if len(part.casts) <= CURVES and rows["n"].sum():
            title = f"Solidarity along {column_words(column)}"
            alt = f"Lines: solidarity at the ordered levels of {column_words(column)}, with 95 % intervals."
            yield chart_figure(
                f"{part.key}-{factor}", gradient(rows, column, order=order, panel=panel, title=title), alt
            )
        yield _trend(trend(part.agents, factor, by=["cast"]), column)


def _trend(found: pl.DataFrame, column: str) -> Table:
    columns = [Column("cast"), Column("levels"), *(Column(name, "number") for name in ("log-odds a step", "95 %", "p"))]
    heads = [*columns, Column("95 %, seeds as clusters", "number")]
    rows = []
    for row in found.iter_rows(named=True):
        value = number(row["slope"]) if row["slope"] is not None else row["reason"] or NOTHING
        levels = ", ".join(row["levels"] or [])
        bounds, robust = (_bounds(row[f"{kind}low"], row[f"{kind}high"]) for kind in ("", "robust_"))
        rows.append(Row([row["cast"], levels, value, bounds, number(row["p"], 3), robust]))
    note = "Above 0: more solidarity with each step. Cochran-Armitage takes episodes of one seed for independent; the "
    note += "interval with seeds as clusters (GEE) does not."
    return Table(heads, rows, f"Trend along {column_words(column)}", note)


def _bounds(low: float | None, high: float | None) -> str:
    return NOTHING if low is None or high is None else f"[{number(low)}, {number(high)}]"
