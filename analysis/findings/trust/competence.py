"""The section on competence: whether these agents could have carried the order out, and could have resisted it."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from analysis.blocks.document import Block, Cell, Column, Inline, Paragraph, Row, Strip, Table, quiet
from analysis.blocks.notation import NOTHING, bracketed, enumerated, percent
from analysis.findings.parts.part import Part
from analysis.measures.competence_gate import THRESHOLDS, competence

__all__ = ["gate_blocks", "gate_of"]

LONG = 3  # casts: with more, a row for each instead of one for each check
CHECKS = {
    "carries_out": "carries out the order where nothing stands against it",
    "resists": "resists when told to",
    "answers": "gives valid decisions",
}
STATES = {
    "passes": "passes",
    "near": "passes, but the interval reaches below the threshold",
    "below": "below the threshold: not to be interpreted",
}


def gate_of(part: Part) -> pl.DataFrame:
    """The competence gate of a part, by cast; without a row where nothing was played."""
    control = dict(part.world.control) if part.world else {"target": "object"}
    acts = part.rows("acts").select("run", "trial", "actor", "result", "informed").collect()
    return competence(part.agents, acts, control, faults=part.rows("faults").collect())


def gate_blocks(gate: pl.DataFrame) -> Iterator[Block]:
    """The gate as a table, with its thresholds."""
    if gate.is_empty():
        yield Paragraph("Nothing was played that would show competence.", "warning")
        return
    limits = {name: f"{percent(limit)} %" for name, limit in THRESHOLDS.items()}
    yield Paragraph(
        f"A rate is read as leaning only where the agents could have done either. Thresholds: {limits['carries_out']} "
        f"carried out, of the control episodes without refusal or protective act; {limits['resists']} protective where "
        f"told to resist; {limits['answers']} valid acts. They are this project's choice. Rows of a cast below one of "
        "them are set in italics throughout and must not be interpreted."
    )
    casts = gate["cast"].n_unique()
    yield _wide(gate) if casts > LONG else _long(gate)


def _long(gate: pl.DataFrame) -> Table:
    """A row for each cast and check."""
    columns = [
        *(Column(name) for name in ("cast", "check")),
        Column("counted", "number"),
        Column("% [95 %]", "number"),
        Column("0 to 100 %", "strip"),
        Column("threshold, %", "number"),
        Column("finding"),
    ]
    rows = []
    for row in gate.iter_rows(named=True):
        told: Cell | Inline = ""
        if row["rate"] is not None and row["low"] is not None:
            told = Cell(strip=Strip(row["rate"], row["low"], row["high"]))
        names = [row["cast"], CHECKS[row["check"]]]
        cells = [*names, _counted(row), bracketed(row), told, percent(row["threshold"]), _finding(row)]
        rows.append(Row(cells, doubt=row["state"] == "below"))
    return Table(columns, rows)


def _wide(gate: pl.DataFrame) -> Table:
    """A row for each cast; checks that no cast has a number for stand below."""
    told = [check for check in CHECKS if gate.filter((pl.col("check") == check) & pl.col("rate").is_not_null()).height]
    columns = [Column("cast"), *(Column(f"{CHECKS[check]}, % [95 %]") for check in told)]
    rows = []
    for (cast,), some in gate.group_by("cast", maintain_order=True):
        found = {row["check"]: row for row in some.iter_rows(named=True)}
        cells: list[Cell | Inline] = [_told(found[check]) for check in told]
        rows.append(Row([str(cast), *cells], doubt="below" in some["state"]))
    rest = gate.filter(~pl.col("check").is_in(told)).unique("check", maintain_order=True)
    untold = [f"{CHECKS[row['check']]} ({row['reason']})" for row in rest.iter_rows(named=True)]
    note = f"Not told of any cast: whether it {enumerated(untold, 'or')}." if untold else ""
    return Table(columns, rows, "", note)


def _told(row: dict[str, Any]) -> Inline:
    return [bracketed(row), quiet(f" {_counted(row)}: {_finding(row)}")] if row["rate"] is not None else NOTHING


def _counted(row: dict[str, Any]) -> str:
    return f"{row['events']:,} of {row['n']:,}" if row["n"] else NOTHING


def _finding(row: dict[str, Any]) -> str:
    return STATES.get(row["state"] or "", row["reason"] or "")
