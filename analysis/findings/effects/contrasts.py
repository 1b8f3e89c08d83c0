"""The section on the headline: matched contrasts, the primary one first, corrected for being many."""

from collections.abc import Generator, Iterator, Sequence
from typing import Any

import polars as pl

from analysis.blocks.charts import MOST_ROWS, chart_figure
from analysis.blocks.document import Block, Paragraph
from analysis.blocks.notation import points
from analysis.contrasts import contrasts, declared, resolve
from analysis.contrasts.measures import units
from analysis.contrasts.scope import existing
from analysis.figures.forest import forest
from analysis.findings.effects.contrast_table import contrast_blocks
from analysis.findings.parts.part import Part
from analysis.stats.families import holm
from analysis.tables.plan import FACTOR

__all__ = [
    "Family",
    "difference_sentence",
    "family_blocks",
    "family_of",
    "headline_blocks",
    "on_instruction",
    "primary_sentence",
    "uninstructed",
]

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

    def __init__(self, part: Part) -> None:
        named = declared(*part.runs.values())
        self.declared = named is not None
        self.primary = named[0] if named else PRIMARY
        agents = part.agents
        names = named or [each.name for each in existing(units(agents, "solidarity"))]
        names.sort(key=lambda name: name != self.primary)
        self.table = _family(agents, names) if agents.height and names else None

    @property
    def with_difference(self) -> pl.DataFrame | None:
        """The rows with a difference; None where there is none."""
        some = None if self.table is None else self.table.filter(pl.col("difference").is_not_null())
        return None if some is None or some.is_empty() else some


def _family(agents: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """The contrasts in the order of `names`, casts in that of the plan, corrected together."""
    instructed = [name for name in names if on_instruction(name)]
    free = [name for name in names if name not in instructed]
    groups = ((agents, instructed), (uninstructed(agents), free))
    found = pl.concat(contrasts(frame, some) for frame, some in groups if some)
    order = pl.col("contrast").replace_strict({name: place for place, name in enumerate(names)}, default=len(names))
    found = found.sort(order, maintain_order=True)
    return found.with_columns(pl.Series("p_holm", holm(found["p"].to_list()), pl.Float64))


def on_instruction(contrast: str) -> bool:
    """Whether a contrast is one of what agents are instructed to do."""
    return "instruction" in resolve(contrast).factors


def uninstructed(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame without the rows in which agents are told to resist, where there are others."""
    if RESIST not in frame.columns:
        return frame
    free = frame.filter((pl.col(RESIST) != "resist").fill_null(value=True))
    return free if free.height else frame


def family_of(part: Part) -> Family:
    """The contrasts of a part."""
    return Family(part)


def primary_sentence(family: Family, most: int = 3) -> str:
    """What the primary contrast came to, for so many casts; empty where it was not played, or for more of them."""
    if family.table is None:
        return ""
    rows = family.table.filter((pl.col("contrast") == family.primary) & pl.col("difference").is_not_null())
    if not 0 < rows.height <= most:
        return ""
    return " ".join(difference_sentence(row, several=rows.height > 1) for row in rows.iter_rows(named=True))


def difference_sentence(row: dict[str, Any], *, several: bool) -> str:
    """A row of `analysis.contrasts.CONTRASTS` with a difference as a sentence. `several`: it names the cast."""
    who = f" with cast {row['cast']}" if several else ""
    matched = f"over {row['pairs']:,} pairs of the same seed" if row["pairs"] else "between arms that share no seed"
    lead = f"The difference {row['arm_a']} less {row['arm_b']}{who} is {points(row['difference'])} points {matched}"
    counts = ""
    if row["events_a"] is not None:  # of all conditions together: rates elsewhere leave control arms out
        counts = f": {row['events_a']:,} of {row['n_a']:,} less {row['events_b']:,} of {row['n_b']:,}"
    if row["low"] is None:
        return f"{lead}{counts}; there is no interval."
    return f"{lead}{counts} (95 % interval {points(row['low'])} to {points(row['high'])}){_reading(row)}."


def _reading(row: dict[str, Any]) -> str:
    if row["low"] <= 0 <= row["high"]:
        return ", an interval that includes zero: no difference is shown"
    return ""


def headline_blocks(part: Part, family: Family) -> Iterator[Block]:
    """The family as figure and table, then the primary contrast in other outcomes."""
    yield from family_blocks(part, family)
    if family.with_difference is not None and (family.with_difference["contrast"] == family.primary).any():
        yield from _others(part, family)


def family_blocks(part: Part, family: Family) -> Iterator[Block]:
    """The family as figure and table."""
    if family.table is None or family.table.is_empty():
        yield Paragraph("No two arms were played that a contrast could set against each other.")
        return
    yield Paragraph(
        "Each contrast sets two levels of one factor against each other, everything else alike: same order, same cast, "
        "same seeds. Rates are solidarity; the difference is in percentage points, with its 95 % interval; where that "
        "includes zero, no difference is shown. Cells that tell agents to resist count only in contrasts of the "
        "instruction."
    )
    yield Paragraph(
        "The experiment declared this family, the primary contrast first."
        if family.declared
        else "The experiment declared no family: these are all contrasts that its cells allow, and exploratory."
    )
    whole = yield from _forest(part, family)
    yield from contrast_blocks(family.table, "Matched contrasts, solidarity", folded=whole)


def _forest(part: Part, family: Family) -> Generator[Block, None, bool]:
    """The figure, and whether it has all rows that have a difference."""
    table = family.with_difference
    if table is None:
        return False
    caption, whole = "", table.height <= MOST_ROWS
    if not whole:
        table = table.filter(pl.col("contrast") == family.primary).head(MOST_ROWS)
        caption = f"The primary contrast, {family.primary}; all others are in the table."
    if table.height:
        alt = "Forest plot: the difference of each contrast in percentage points with its 95 % interval, zero marked."
        yield chart_figure(f"{part.key}-contrasts", forest(table.sort("cast", maintain_order=True)), alt, caption)
    return whole


def _others(part: Part, family: Family) -> Iterator[Block]:
    """The primary contrast in other outcomes: its rows are no part of the family."""
    tables = []
    for measure, words in OTHERS.items():
        frame = part.episodes if measure == "failure" else part.agents
        found = contrasts(frame if on_instruction(family.primary) else uninstructed(frame), [family.primary], measure)
        found = found.filter(pl.sum_horizontal("events_a", "events_b") > 0)
        tables.append(found.with_columns(pl.lit(words).alias("question"), pl.lit(measure).alias("contrast")))
    both = pl.concat(tables, how="diagonal_relaxed")
    if both.is_empty():
        return
    both = both.with_columns(pl.Series("p_holm", holm(both["p"].to_list()), pl.Float64))
    caption = f"The primary contrast ({family.primary}) in other outcomes, exploratory"
    yield from contrast_blocks(both, caption, named=False)
    yield Paragraph("An outcome that no arm of a cast showed has no row.", "note")
