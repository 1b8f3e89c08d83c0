"""What a contrast came to: a sentence, a forest plot, its table, and how its numbers were made."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from analysis.blocks.charts import MOST_ROWS, chart_figure
from analysis.blocks.columns import without_column
from analysis.blocks.document import Block, Column, Paragraph, Row, Table, code, strong
from analysis.blocks.notation import NOTHING, enumerated, points
from analysis.contrasts import resolve
from analysis.figures.discordant import discordant
from analysis.figures.forest import forest
from analysis.findings.effects.contrast_table import contrast_blocks
from analysis.findings.effects.contrasts import Family, difference_sentence
from analysis.pages.arms.contrast_choice import ContrastChoice
from analysis.pages.arms.options import EACH_CAST, meaning

__all__ = ["forest_blocks", "number_blocks", "sentence_blocks"]

MOST_NAMED = 6  # rows
IN_SIGHT = 18  # rows of a whole family: with more, the chosen contrast stands alone
SENTENCES = 2  # with more rows, where the differences lie


def sentence_blocks(rows: pl.DataFrame, chosen: ContrastChoice, family: Family, *, declared: bool) -> Iterator[Block]:
    """The question, what was found, and of what standing that is."""
    contrast = resolve(chosen.contrast)
    yield Paragraph([strong(contrast.question), " ", code(chosen.contrast)])
    told = rows.filter(pl.col("difference").is_not_null())
    if told.is_empty():
        reasons = rows["reason"].drop_nulls().unique(maintain_order=True).to_list() or ["nothing to compare"]
        yield Paragraph(f"There is no difference to tell: {'; '.join(reasons)}.", "warning")
    else:
        yield Paragraph(_found(told), "answer")
    yield Paragraph(f"{_standing(chosen, family, declared=declared)} {_counted(chosen)}", "note")


def _found(told: pl.DataFrame) -> str:
    names = [name for name in ("cast", "role") if told[name].n_unique() > 1] or ["cast"]
    rows = [{**row, "cast": ", ".join(str(row[name]) for name in names)} for row in told.iter_rows(named=True)]
    if len(rows) <= SENTENCES:
        return " ".join(difference_sentence(row, several=len(rows) > 1) for row in rows)
    least, most = min(rows, key=_difference), max(rows, key=_difference)
    known = [row for row in rows if row["low"] is not None]
    clear = [row for row in known if row["low"] > 0 or row["high"] < 0]
    if not clear and points(least["difference"]) == points(most["difference"]):
        same = f"The difference {rows[0]['arm_a']} less {rows[0]['arm_b']} is {points(least['difference'])} points in"
        return f"{same} all {len(rows)} rows, with intervals that include zero: no difference is shown."
    ends = " to ".join(f"{points(row['difference'])} points ({row['cast']})" for row in (least, most))
    lead = f"The difference {rows[0]['arm_a']} less {rows[0]['arm_b']} goes from {ends}."
    if not clear:
        return f"{lead} All {len(rows)} intervals include zero: no difference is shown."
    which = enumerated(f"{row['cast']} ({points(row['difference'])})" for row in clear[:MOST_NAMED])
    rest = f" and {len(clear) - MOST_NAMED} more" if len(clear) > MOST_NAMED else ""
    return f"{lead} In {len(clear)} of {len(rows)} rows the 95 % interval does not include zero: {which}{rest}."


def _difference(row: dict[str, Any]) -> float:
    return float(row["difference"])


def _standing(chosen: ContrastChoice, family: Family, *, declared: bool) -> str:
    if declared and family.declared:
        first = "the primary contrast" if chosen.contrast == family.primary else "one of the contrasts"
        return (
            f"This is {first} that the experiment declared before it was played; Holm p is corrected for all of them."
        )
    if declared:
        return "Exploratory: the experiment declared no contrast. Holm p is corrected for all that its cells allow."
    return (
        "Exploratory: no contrast that the experiment declared. Holm p is corrected for the rows of this table alone."
    )


def _counted(chosen: ContrastChoice) -> str:
    words = meaning(chosen.measure)
    return f"Counted is {chosen.measure}: {words}" if words else f"Counted is {chosen.measure}."


def forest_blocks(rows: pl.DataFrame, chosen: ContrastChoice, family: Family, *, declared: bool) -> Iterator[Block]:
    """The chosen contrast among its family, the chosen one first for each cast; alone where it is none of it."""
    table, caption = rows, ""
    if declared and family.table is not None:
        whole = family.table if chosen.cast == EACH_CAST else family.table.filter(pl.col("cast") == chosen.cast)
        if whole.height <= IN_SIGHT or whole["cast"].n_unique() == 1:
            caption = (
                f"The family of contrasts; the chosen one, {chosen.contrast}, comes first."
                if whole.height > rows.height
                else ""
            )
            table = whole.sort("cast", "role", pl.col("contrast") != chosen.contrast, maintain_order=True)
    table = table.filter(pl.col("difference").is_not_null())
    if table.is_empty():
        return
    if table.height > MOST_ROWS:
        caption = f"The first {MOST_ROWS} of {table.height} rows; all of them are in the table."
    alt = "Forest plot: each difference in percentage points with its 95 % interval, zero marked."
    title = f"Difference in {chosen.measure}"
    yield chart_figure("contrasts", forest(table.head(MOST_ROWS), title=title), alt, caption)


def number_blocks(rows: pl.DataFrame, chosen: ContrastChoice) -> Iterator[Block]:
    """The contrast's rows as a table, how each was made, and in how many pairs one arm alone showed it."""
    yield from without_column(list(contrast_blocks(rows, f"{chosen.contrast}, {chosen.measure}")), "asks")
    told = rows.filter(pl.col("difference").is_not_null())
    if told.is_empty():
        return
    names = [name for name in ("cast", "role") if told[name].drop_nulls().len()]
    columns = [*(Column(name) for name in names), Column("interval and test", "words")]
    columns += [Column(name, "number") for name in ("seeds", "bootstrap by seed, points", "left out")]
    lines = [
        Row([*(row[name] for name in names), row["method"] or NOTHING, f"{row['clusters']:,}", _boot(row), _left(row)])
        for row in told.iter_rows(named=True)
    ]
    note = "Left out: countable episodes of either arm without a match. Where one arm loses more than the other, the "
    note += "contrast is of those who came through. The bootstrap is there to compare; empty: no seed "
    note += "counts twice, or all agree."
    yield Table(columns, lines, "How these numbers were made", note, "How these numbers were made")
    if told.select(pl.sum_horizontal("only_a", "only_b").sum()).item():
        alt = "Bars to both sides: pairs of one seed in which only the first, or only the second arm showed it."
        yield chart_figure("discordant", discordant(told.head(MOST_ROWS)), alt)


def _boot(row: dict[str, Any]) -> str:
    return NOTHING if row["boot_low"] is None else f"{points(row['boot_low'])} to {points(row['boot_high'])}"


def _left(row: dict[str, Any]) -> str:
    return NOTHING if row["left_out"] is None else f"{row['left_out']:,}"
