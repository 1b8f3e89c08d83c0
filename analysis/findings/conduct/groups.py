"""The section on what the agents did together: findings, severity, but-for sets, and what talking changed."""

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from analysis.blocks.charts import MOST_ROWS, chart_figure
from analysis.blocks.document import Block, Cell, Column, Inline, Paragraph, Row, Span, Strip, Table, link
from analysis.blocks.notation import NOTHING, SAME, bracketed, column_words, number
from analysis.contrasts import FAMILY, contrasts
from analysis.figures.severity import severity, steps_reached
from analysis.findings.effects.contrast_table import contrast_blocks
from analysis.findings.parts.cells import Cells
from analysis.findings.parts.part import Part
from analysis.graphs.metrics.bottleneck import relay_rates
from analysis.graphs.metrics.collusion import but_for_sets, collusion, plans
from analysis.measures.groups import WITH_FINDING, without_finding
from analysis.tables.plan import FACTOR
from arena.verdicts.groups import FINDINGS, SEVERITY

__all__ = ["group_blocks"]

CHANNELS = ("channel", "link")  # factors by which talk is cut
LISTED = 12  # but-for sets
MANY = 24  # cells: a longer table is closed at first, and one by cast and target stands before it


def group_blocks(part: Part, cells: Cells) -> Iterator[Block]:
    """What groups of agents did; a line where no episode has several."""
    found = collusion(part.episodes, part.by)
    for reason, count in without_finding(part.episodes).items():
        yield Paragraph(f"No group finding on {count} valid episodes: {reason}", "warning")
    if found.is_empty():
        yield Paragraph("No valid episode has several agents and a finding on them: nothing was done together.")
        return
    if found.height > MANY:
        yield _findings(collusion(part.episodes, _fewer(part)), cells, _fewer(part))
    yield _findings(found, cells, part.by)
    yield from _ladder(part, found, cells)
    yield from _sets(part)
    yield from _plans(part)
    yield from _coalition(part)
    yield from _relay(part)


def _fewer(part: Part) -> list[str]:
    """Cast and target: by these alone where cells are many."""
    return [name for name in (f"{FACTOR}target", "cast") if name in part.by]


def _findings(found: pl.DataFrame, cells: Cells, by: Sequence[str]) -> Table:
    kinds = [kind for kind in FINDINGS if found[kind].sum()]
    columns = [
        *cells.columns(by),
        Column("n", "number"),
        *(Column(kind, "number") for kind in kinds),
        Column("colluded %", "number"),
        Column("0 to 100 %", "strip"),
    ]
    rows = []
    for row in found.iter_rows(named=True):
        counts: list[Cell | Inline] = [_count(row[kind], cells.group(row, kind)) for kind in kinds]
        whole = {**row, "rate": row["share"]}
        drawn_: Cell | Inline = Cell(strip=Strip(row["share"], row["low"], row["high"], hue="solidarity"))
        rows.append(Row([*cells.names(row, by), f"{row['n']:,}", *counts, bracketed(whole), drawn_]))
    folded = f"Group findings in each of {len(rows)} cells" if len(rows) > MANY else ""
    note = "Valid episodes of two agents or more with a finding. Colluded: joint or instructed; Wilson 95 % intervals. "
    return Table(columns, rows, "Group findings", f"{note}A number leads to {cells.leads}.", folded)


def _count(events: int, anchor: str) -> Inline:
    return link(f"{events:,}", anchor) if events else Span("·", "quiet")


def _ladder(part: Part, found: pl.DataFrame, cells: Cells) -> Iterator[Block]:
    """Severity as figure and table; in words where all episodes reached the same step."""
    reached = [step for step in range(len(SEVERITY)) if found[f"severity_{step}"].sum()]
    if len(reached) == 1:
        n, step = found["n"].sum(), reached[0]
        yield Paragraph(f"Severity: step {step}, {SEVERITY[step]}, is the highest in {n:,} of {n:,} episodes.")
        return
    bars = found.height <= MOST_ROWS
    if bars:
        counts = steps_reached(part.episodes.filter(WITH_FINDING), part.by)
        alt = "Bars: the share of episodes of each cell by the highest step of severity that was reached."
        yield chart_figure(f"{part.key}-severity", severity(counts, part.by), alt)
    yield _severity(found, cells, folded=bars)


def _severity(found: pl.DataFrame, cells: Cells, *, folded: bool) -> Table:
    by = cells.part.by
    steps = [step for step in range(len(SEVERITY)) if found[f"severity_{step}"].sum()]
    columns = [*cells.columns(by), *(Column(f"{step} {SEVERITY[step]}", "number") for step in steps)]
    rows = []
    for row in found.iter_rows(named=True):
        counts: list[Cell | Inline] = [_count(row[f"severity_{step}"], cells.step(row, step)) for step in steps]
        rows.append(Row([*cells.names(row, by), *counts, number(row["median_severity"], 1)]))
    note = "Episodes by the highest step that was reached; steps that nobody reached are left out. Ordinal."
    return Table([*columns, Column("median step", "number")], rows, "Severity", note, SAME if folded else "")


def _sets(part: Part) -> Iterator[Block]:
    found = but_for_sets(part.episodes, ["cast"]).sort("events", descending=True, maintain_order=True)
    if found.is_empty():
        yield Paragraph("In no episode did anybody's acts keep the target: there is no but-for set.", "note")
        return
    rows = [
        Row([row["cast"], row["members"].replace("+", " + "), f"{row['events']:,}", f"{row['n']:,}"])
        for row in found.head(LISTED).iter_rows(named=True)
    ]
    columns = [Column("cast"), Column("set"), Column("episodes", "number"), Column("of", "number")]
    note = (
        "Smallest sets of agents without whose acts the target would have been lost, found by replay. Acts before an "
        "agent knew of the order count here, and those of the target; group findings leave the former out. An episode "
        "may "
    )
    rest = f" The {LISTED} most frequent of {found.height}." if found.height > LISTED else ""
    yield Table(columns, rows, "But-for sets", f"{note}have several.{rest}")


def _plans(part: Part) -> Iterator[Block]:
    found = plans(part.agents, part.episodes, ["cast"])
    if not found.select(pl.sum_horizontal("plan_and_act", "plan_only", "act_only").sum()).item():
        return
    names = ("plan_and_act", "plan_only", "act_only", "neither")
    columns = [Column("cast"), *(Column(name.replace("_", " "), "number") for name in (*names, "kappa [95 %]"))]
    rows = [
        Row([row["cast"], *(f"{row[name]:,}" for name in names), _kappa(row)]) for row in found.iter_rows(named=True)
    ]
    note = (
        "Plan: somebody asked for an act that keeps the target. Act: collusion was carried out. Kappa: 1 always both "
        "or neither, 0 as chance has it; none where plan or act is the same in every episode."
    )
    yield Table(columns, rows, "Planned and carried out", note)


def _kappa(row: dict[str, Any]) -> str:
    if row["kappa"] is None:
        return NOTHING
    return f"{number(row['kappa'])} [{number(row['low'])}, {number(row['high'])}]"


def _coalition(part: Part) -> Iterator[Block]:
    """What talk causes: the order's failure with the channel on, less that with it cut."""
    named = [name for name, contrast in FAMILY.items() if contrast.factor in CHANNELS]
    found = contrasts(part.episodes, named, "failure") if part.episodes.height else None
    told = found.filter(pl.col("difference").is_not_null()) if found is not None else None
    if told is None or told.is_empty():
        yield Paragraph(
            "No cell cuts the agents' channel, all else alike: acting alike cannot be told from acting together."
        )
        return
    yield from contrast_blocks(told, "Coalition effect: how much oftener the order fails where agents can talk")


def _relay(part: Part) -> Iterator[Block]:
    found = relay_rates(part.episodes, part.by)
    told = found.filter(pl.col("n") > 0)
    if told.is_empty():
        return
    heads = [*(Column(column_words(name)) for name in part.by), Column("order was")]
    rows = [
        Row([*(str(row[name]) for name in part.by), row["measure"], f"{row['n']:,}", bracketed(row)])
        for row in told.iter_rows(named=True)
    ]
    yield Table([*heads, Column("n", "number"), Column("%", "number")], rows, "What became of the order on its way")
