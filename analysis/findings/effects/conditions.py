"""The section on conditions: solidarity by the level of each factor, and by the levels of two at a time."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import polars as pl

from analysis.blocks.document import Block, Cell, Column, Hue, Inline, Paragraph, Row, Strip, Table, quiet
from analysis.blocks.notation import NOTHING, column_words, enumerated, interval, percent
from analysis.findings.effects.gradients import gradient_blocks
from analysis.findings.parts.cells import Cells
from analysis.findings.parts.part import CONTROLS, Part
from analysis.measures.rates import headline
from analysis.tables.plan import FACTOR

__all__ = ["by_factor", "condition_blocks", "left_out", "levels_of", "telling_pairs"]

FIRST = ("target", "threat", "relationship", "history", "oversight", "instruction", "channel")
PAIRS = 3  # grids of two factors
GRIDS = 4  # casts with a grid of their own
HUES: Mapping[str, Hue] = {"solidarity": "solidarity", "refusal": "refusal"}
RANKED = ("none", "lived_bad", "bad", "unknown", "neutral", "told", "lived", "good", "lived_good")


def condition_blocks(part: Part, cells: Cells) -> Iterator[Block]:
    """Rates by one factor, then grids of two factors; nothing where no factor varies."""
    if not part.varied or not headline(part.counted, ["cast"])["n"].sum():
        return
    yield Paragraph(
        "How solidarity varies with one factor at a time, averaged over the others, and with two together. "
        f"{left_out(part)}Exploratory."
    )
    yield by_factor(part, cells)
    yield from gradient_blocks(part)
    for one, other in telling_pairs(part.varied)[:PAIRS]:
        for cast in part.valid_casts[:GRIDS]:
            yield from _grid(part, one, other, cast)
    if len(part.valid_casts) > GRIDS and len(part.varied) > 1:
        yield Paragraph(f"Grids are shown for the first {GRIDS} of {len(part.valid_casts)} casts.", "note")


def left_out(part: Part) -> str:
    """Which control arms are there and do not count, in a sentence; empty where there are none."""
    arms = [f"{column_words(column)} {CONTROLS[column]}" for column in part.without_controls()[1]]
    return f"Cells at {enumerated(arms)} count only where that factor itself is shown. " if arms else ""


def by_factor(part: Part, cells: Cells, measure: str = "solidarity", *, pooled: bool = False) -> Table:
    """A row for each level of each varied factor (and cast): a measure of `analysis.measures.rates.MEASURES`, and open
    refusal beside it. `pooled`: all casts in one row."""
    beside = "solidarity" if measure == "refusal" else "refusal"
    several = ["cast"] if len(part.casts) > 1 and not pooled else []
    ranks = {cast: place for place, cast in enumerate(part.casts)}
    rows = []
    for column in part.varied:
        frame, _ = part.without_controls(column)
        levels = pl.col(column).drop_nulls().n_unique().over("cast")
        known = frame.filter(levels > 1).drop_nulls(column)
        known = known.sort(pl.col("cast").replace_strict(ranks, default=len(ranks)), maintain_order=True)
        rates = headline(known, [column, *several])
        found, others = (rates.filter(pl.col("measure") == name) for name in (measure, beside))
        for row, other in zip(found.iter_rows(named=True), others.iter_rows(named=True), strict=True):
            names: list[Cell | Inline] = [column_words(column), str(row[column]), *([row["cast"]] if several else [])]
            drawn: Cell | Inline = row["reason"] or ""
            if row["rate"] is not None:
                drawn = Cell(strip=Strip(row["rate"], row["low"], row["high"], hue=HUES.get(measure, "plain")))
            numbers = [cells.whole(row), cells.share(row, measure), drawn, cells.share(other, beside)]
            rows.append(Row([*names, *numbers], doubt=cells.doubt(row)))
    note = "Percent, with Wilson 95 % intervals."
    note += " A cast that was played at one level of a factor alone has no row for it." if several else ""
    columns = [*(Column(name) for name in ("factor", "level", *several)), Column("n", "number")]
    columns += [Column(measure, "number"), Column("0 to 100 %", "strip"), Column(beside, "number")]
    return Table(columns, rows, "By one factor", note)


def telling_pairs(varied: Sequence[str]) -> list[tuple[str, str]]:
    """All pairs of factors, those that say most first: threat by relationship, then those of the target."""
    ranks = {f"{FACTOR}{name}": rank for rank, name in enumerate(FIRST)}
    ordered = sorted(varied, key=lambda column: ranks.get(column, len(ranks)))
    pairs = list(combinations(ordered, 2))
    past = {f"{FACTOR}relationship", f"{FACTOR}history"}
    pairs.sort(key=lambda pair: not (pair[0] == f"{FACTOR}threat" and pair[1] in past))
    return pairs


def _grid(part: Part, one: str, other: str, cast: str) -> Iterator[Block]:
    """One cast at the levels of two factors; nothing where it was played at one level of either."""
    frame, _ = part.without_controls(one, other)
    frame = frame.drop_nulls([one, other]).filter(pl.col("cast") == cast)
    rates = headline(frame, [one, other]).filter(pl.col("measure") == "solidarity")
    found = {(row[one], row[other]): row for row in rates.iter_rows(named=True)}
    down, across = (levels_of(frame, column) for column in (one, other))
    if len(down) < 2 or len(across) < 2:
        return
    rows = [Row([level, *(_shown(found.get((level, place))) for place in across)]) for level in down]
    heads = [Column(f"{column_words(one)} \N{DOWNWARDS ARROW} {column_words(other)} \N{RIGHTWARDS ARROW}")]
    names = enumerated(map(column_words, (one, other)), "by")
    caption = f"Solidarity, {names}" + (f", cast {cast}" if len(part.casts) > 1 else "")
    yield Table([*heads, *(Column(level, "number") for level in across)], rows, caption)


def levels_of(frame: pl.DataFrame, column: str) -> list[str]:
    """The levels of a factor in a frame: from bad to good where they have that order, else as planned."""
    levels = frame[column].drop_nulls().unique(maintain_order=True).to_list()
    return sorted(levels, key=RANKED.index) if all(level in RANKED for level in levels) else levels


def _shown(row: dict[str, Any] | None) -> Cell | Inline:
    if row is None or row["rate"] is None:
        return NOTHING
    share = row["rate"]
    return Cell([f"{percent(share)} % ", quiet(f"[{interval(row)}] n {row['n']}")], share=share)
