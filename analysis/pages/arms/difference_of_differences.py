"""Whether one factor changes the effect of another: two differences and their difference, in words first."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from analysis.blocks.charts import chart_figure
from analysis.blocks.document import Block, Cell, Column, Command, Inline, Paragraph, Row, Strip, Table
from analysis.blocks.notation import NOTHING, column_words, number, points
from analysis.contrasts import FAMILY, Contrast
from analysis.figures.gradient import gradient
from analysis.findings.effects.conditions import levels_of
from analysis.tables.plan import FACTOR

__all__ = ["crossing_of", "curve_blocks", "difference_blocks", "lacking_blocks", "product_words"]

PAST = ("relationship", "history")


def crossing_of(frame: pl.DataFrame, down: str, across: str) -> Contrast | None:
    """The contrast of two levels of `across` at two levels of `down`; None where either was played at one alone.

    A named one of `FAMILY` where its levels were played; else the pair of levels of a named contrast of that factor,
    or its two outermost levels in order.
    """
    names = {column.removeprefix(FACTOR) for column in (down, across)}
    for each in FAMILY.values():
        if each.within and {each.factor, each.within[0]} == names and _played(frame, each):
            return each
    arms, sides = _two(frame, across), _two(frame, down)
    if arms is None or sides is None:
        return None
    (factor, a, b), (other, first, second) = arms, sides
    question = f"Does {other} {first} rather than {second} change the difference {a} less {b}?"
    return Contrast(f"{other} by {factor}", factor, a, b, question, within=(other, first, second))


def _played(frame: pl.DataFrame, contrast: Contrast) -> bool:
    assert contrast.within
    wanted = {(contrast.factor, contrast.a), (contrast.factor, contrast.b)}
    wanted |= {(contrast.within[0], level) for level in contrast.within[1:]}
    return all(level in frame[f"{FACTOR}{factor}"] for factor, level in wanted)


def _two(frame: pl.DataFrame, column: str) -> tuple[str, str, str] | None:
    factor, levels = column.removeprefix(FACTOR), levels_of(frame, column)
    if len(levels) < 2:
        return None
    for each in FAMILY.values():
        if each.factor == factor and not each.within and {each.a, each.b} <= set(levels):
            return factor, each.a, each.b
    return factor, levels[-1], levels[0]


def difference_blocks(row: Mapping[str, Any], contrast: Contrast, measure: str) -> Iterator[Block]:
    """A row of `analysis.contrasts.INTERACTION`: what it says, then both differences and theirs as a table."""
    if row["difference"] is None:
        yield Paragraph(f"No difference of differences: {row['reason'] or 'nothing to compare'}.", "note")
        return
    yield Paragraph(_sentence(row, contrast, measure), "answer")
    arms = f"{contrast.a} less {contrast.b}"
    lines = [(f"{arms} at {row[f'at_{side}']}", f"_{side}") for side in (1, 2)]
    lines.append(("the first less the second", ""))
    rows = [Row([words, *_numbers(row, end)]) for words, end in lines]
    columns = [Column("difference"), Column("points [95 %]", "number"), Column("−100 to 100", "strip")]
    seeds = (
        f"over {row['quads']:,} seeds of a stratum in which all four cells count" if row["quads"] else "no seed shared"
    )
    note = (
        f"{row['method']}; {seeds}; p {number(row['p'], 3)}; {row['left_out']:,} episodes without a match are left out."
    )
    yield Table(columns, rows, contrast.question, note)


def _numbers(row: Mapping[str, Any], end: str) -> Sequence[Cell | Inline]:
    value, low, high = (row[f"{name}{end}"] for name in ("difference", "low", "high"))
    if value is None:
        return NOTHING, ""
    if low is None:
        return points(value), ""
    bounds = f"{points(value)} [{points(low)}, {points(high)}]"
    return bounds, Cell(strip=Strip(value, low, high, least=-1.0, most=1.0))


def _sentence(row: Mapping[str, Any], contrast: Contrast, measure: str) -> str:
    first, second = (
        f"{points(row[f'difference_{side}'])} points {_at(row[f'at_{side}'])}"
        + (
            f" ({points(row[f'low_{side}'])} to {points(row[f'high_{side}'])})"
            if row[f"low_{side}"] is not None
            else ""
        )
        for side in (1, 2)
    )
    whole = points(row["difference"])
    told = f"{measure.capitalize()} at {contrast.factor} {contrast.a} less {contrast.b} is {first} and {second}. "
    if row["low"] is None:
        return f"{told}They differ by {whole} points; there is no interval."
    bounds = f"They differ by {whole} points (95 % interval {points(row['low'])} to {points(row['high'])})"
    if row["low"] <= 0 <= row["high"]:
        return f"{told}{bounds}, an interval that includes zero: no interaction is shown."
    return f"{told}{bounds}: the one factor changes what the other does."


def _at(side: str) -> str:
    return f"at {side.replace(' = ', ' ')}"


def product_words(row: Mapping[str, Any]) -> str:
    """The product term of the logistic regression in a sentence."""
    if row["log_odds"] is None:
        return f"In odds, there is no product term: {row['gee_reason'] or 'nothing to fit'}."
    bounds = f"{number(row['log_odds_low'])} to {number(row['log_odds_high'])}"
    zero = row["log_odds_low"] <= 0 <= row["log_odds_high"]
    reading = "an interval that includes zero" if zero else "an interval without zero"
    return (
        f"In odds: the product term of a logistic regression is {number(row['log_odds'])} log-odds ({bounds}; p "
        f"{number(row['gee_p'], 3)}), {reading}. {row['gee_method']}, clusters are seeds. Shares and odds can "
        "disagree on an interaction; the shares are what metrics here are made of."
    )


def curve_blocks(rates: pl.DataFrame, down: str, across: str, measure: str) -> Iterator[Block]:
    """The measure along one factor, a panel for each level of the other."""
    rows = rates.filter(pl.col("measure") == measure).drop("measure")
    if not rows["n"].sum():
        return
    order = list(dict.fromkeys(rows[across]))
    title = f"{measure.capitalize()} along {column_words(across)}"
    chart = gradient(rows, across, order=order, panel=down, title=title)
    alt = f"Dots and lines: {measure} by {column_words(across)}, a panel for each {column_words(down)}."
    yield chart_figure(f"interaction_{measure}", chart, alt)


def lacking_blocks(varied: Sequence[str], offered: Mapping[str, Sequence[str]]) -> Iterator[Block]:
    """What to add to the experiment for threat by a past. `offered`: the factors of the world with their levels."""
    past = next((name for name in PAST if name in offered), None)
    levels = {"threat": ("on", "off"), "relationship": ("good", "bad"), "history": ("lived_good", "lived_bad")}
    wanted = [name for name in ("threat", past) if name and name in offered and f"{FACTOR}{name}" not in varied]
    if not wanted:
        return
    yield Paragraph(
        f"Does a threat change what a past does? That needs {' and '.join(wanted)} at two levels, which this run does "
        "not have. Add to its experiment, below [factors]:",
        "note",
    )
    yield Command("\n".join(f"{name} = {json.dumps(levels[name])}" for name in wanted))
