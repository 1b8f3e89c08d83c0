"""The section on the headline: matched contrasts, the primary one first, corrected for being many."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from analysis.contrasts import contrasts, declared, resolve
from analysis.contrasts.measures import units
from analysis.contrasts.scope import existing
from analysis.figures.forest import forest
from analysis.plan import FACTOR
from analysis.report.document import Block, Cell, Column, Inline, Paragraph, Row, Span, Strip, Table
from analysis.report.drawn import MOST_ROWS, drawn
from analysis.report.material import Material
from analysis.report.words import NOTHING, number, points
from analysis.stats.families import holm

__all__ = ["Family", "contrast_table", "family_of", "headline_blocks", "primary_sentence"]

RESIST = f"{FACTOR}instruction"
PRIMARY = "peer-object"  # where the experiment declares none
OTHERS = {
    "covert": "covert sabotage",
    "overt": "overt sabotage",
    "refusal": "open refusal",
    "compliance": "compliance",
    "failure": "the order failed (per episode)",
}


class Family:
    """The contrasts of a part, the primary one first; whether an experiment declared them.

    Cells in which agents are told to resist count only in contrasts of the instruction itself.
    """

    def __init__(self, material: Material) -> None:
        named = declared(*material.runs.values())
        self.declared = named is not None
        self.primary = named[0] if named else PRIMARY
        agents = material.agents
        names = named or [each.name for each in existing(units(agents, "solidarity"))]
        names.sort(key=lambda name: name != self.primary)
        found = [contrasts(_free(agents, name), [name]) for name in names] if agents.height else []
        self.table = pl.concat(found) if found else None
        if self.table is not None:
            corrected = pl.Series("p_holm", holm(self.table["p"].to_list()), pl.Float64)
            self.table = self.table.with_columns(corrected)


def _free(frame: pl.DataFrame, contrast: str) -> pl.DataFrame:
    """The rows that a contrast is told of."""
    if RESIST not in frame.columns or "instruction" in resolve(contrast).factors:
        return frame
    free = frame.filter((pl.col(RESIST) != "resist").fill_null(value=True))
    return free if free.height else frame


def family_of(material: Material) -> Family:
    """The contrasts of a part."""
    return Family(material)


def primary_sentence(family: Family, most: int = 3) -> str:
    """What the primary contrast came to, for so many casts; empty where it was not played, or for more of them."""
    if family.table is None:
        return ""
    rows = family.table.filter((pl.col("contrast") == family.primary) & pl.col("difference").is_not_null())
    if not 0 < rows.height <= most:
        return ""
    return " ".join(_told(row, several=rows.height > 1) for row in rows.iter_rows(named=True))


def _told(row: dict[str, Any], *, several: bool) -> str:
    who = f" with cast {row['cast']}" if several else ""
    matched = f"over {row['pairs']:,} pairs of the same seed" if row["pairs"] else "between arms that share no seed"
    lead = f"The difference {row['arm_a']} less {row['arm_b']}{who} is {points(row['difference'])} points {matched}"
    if row["low"] is None:
        return f"{lead}; there is no interval."
    return f"{lead} (95 % interval {points(row['low'])} to {points(row['high'])}){_reading(row)}."


def _reading(row: dict[str, Any]) -> str:
    if row["low"] <= 0 <= row["high"]:
        return ", an interval that includes zero: no difference is shown"
    return ""


def headline_blocks(material: Material, family: Family) -> Iterator[Block]:
    """The family as a table, then the primary contrast in other outcomes."""
    if family.table is None or family.table.is_empty():
        yield Paragraph("No two arms were played that a contrast could set against each other.")
        return
    yield Paragraph(
        "Each contrast sets two levels of one factor against each other, everything else alike: same order, same cast, "
        "same seeds. Rates are solidarity; the difference is in percentage points, with its 95 % interval. "
        + (
            "The experiment declared this family, the primary contrast first."
            if family.declared
            else "The experiment declared no family: these are all contrasts that its cells allow, and exploratory."
        )
        + " Holm's p is corrected for all rows of the table; where an interval includes zero, no difference is shown. "
        "Cells that tell agents to resist count only in contrasts of the instruction."
    )
    yield from _forest(material, family)
    yield contrast_table(family.table, "Matched contrasts, solidarity")
    primary = family.table.filter(pl.col("contrast") == family.primary)
    if primary["difference"].is_not_null().any():
        yield _others(material, family)


def _forest(material: Material, family: Family) -> Iterator[Block]:
    table = family.table
    if table is None or table["difference"].is_null().all():
        return
    caption = "Differences in solidarity, each with its 95 % interval; the table below has the same numbers."
    if table.height > MOST_ROWS:
        table = table.filter(pl.col("contrast") == family.primary).head(MOST_ROWS)
        caption = f"The primary contrast, {family.primary}; all others are in the table."
    if table.height:
        alt = "Forest plot: the difference of each contrast in percentage points with its 95 % interval, zero marked."
        yield drawn(f"{material.key}-contrasts", forest(table.sort("cast", maintain_order=True)), alt, caption)


def contrast_table(table: pl.DataFrame, caption: str) -> Table:
    """Rows of `analysis.contrasts.CONTRASTS` as a table."""
    roles = table["role"].n_unique() > 1
    several = table["cast"].n_unique() > 1
    columns = [
        Column("asks"),
        *([Column("cast")] if several else []),
        *([Column("role")] if roles else []),
        *(Column(name) for name in ("arm a", "arm b")),
        Column("difference [95 %]", "number"),
        Column("\N{MINUS SIGN}100 to +100", "strip"),
        *(Column(name, "number") for name in ("pairs", "only a", "only b", "p", "Holm p")),
    ]
    methods = "; ".join(sorted(set(table["method"].drop_nulls())))
    note = f"Only a, only b: pairs in which one arm alone showed it. Intervals: {methods or 'none'}."
    rows = [Row(_cells(row, several, roles)) for row in table.iter_rows(named=True)]
    return Table(columns, rows, caption, note)


def _cells(row: dict[str, Any], several: bool, roles: bool) -> list[Cell | Inline]:
    names: list[Cell | Inline] = [[row["question"], " ", Span(row["contrast"], "code")]]
    names += [row["cast"] or "all"] if several else []
    names += [row["role"] or "all"] if roles else []
    tests: list[Cell | Inline] = [_count(row[name]) for name in ("pairs", "only_a", "only_b")]
    tests += [number(row["p"], 3), number(row["p_holm"], 3)]
    arms: list[Cell | Inline] = [_arm(row, "a"), _arm(row, "b")]
    return [*names, *arms, *_difference(row), *tests]


def _difference(row: dict[str, Any]) -> list[Cell | Inline]:
    value, low, high = row["difference"], row["low"], row["high"]
    if value is None:
        return [row["reason"] or NOTHING, ""]
    if low is None:
        return [points(value), ""]
    strip = Strip(value, low, high, -1.0, 1.0, "solidarity" if low > 0 or high < 0 else "plain")
    return [f"{points(value)} [{points(low)}, {points(high)}]", Cell(strip=strip)]


def _arm(row: dict[str, Any], arm: str) -> Inline:
    counted = "" if row[f"events_{arm}"] is None else f" {row[f'events_{arm}']:,}/{row[f'n_{arm}']:,}"
    return [row[f"arm_{arm}"], Span(counted, "quiet")]


def _count(value: int | None) -> str:
    return NOTHING if value is None else f"{value:,}"


def _others(material: Material, family: Family) -> Table:
    """The primary contrast in other outcomes: its rows are no part of the family."""
    tables = []
    for measure, words in OTHERS.items():
        frame = _free(material.episodes if measure == "failure" else material.agents, family.primary)
        found = contrasts(frame, [family.primary], measure)
        tables.append(found.with_columns(pl.lit(words).alias("question"), pl.lit(measure).alias("contrast")))
    both = pl.concat(tables, how="diagonal_relaxed")
    both = both.with_columns(pl.Series("p_holm", holm(both["p"].to_list()), pl.Float64))
    return contrast_table(both, f"The primary contrast ({family.primary}) in other outcomes, exploratory")
