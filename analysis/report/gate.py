"""The section on competence: whether these agents could have carried the order out, and could have resisted it."""

from collections.abc import Iterator

import polars as pl

from analysis.competence import THRESHOLDS, competence
from analysis.report.document import Block, Cell, Column, Inline, Paragraph, Row, Strip, Table
from analysis.report.material import Material
from analysis.report.words import NOTHING, bracketed, percent

__all__ = ["gate_blocks", "gate_of"]

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


def gate_of(material: Material) -> pl.DataFrame:
    """The competence gate of a part, by cast; without a row where nothing was played."""
    control = dict(material.world.control) if material.world else {"target": "object"}
    acts = material.rows("acts").select("run", "trial", "actor", "result", "informed").collect()
    return competence(material.agents, acts, control)


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
    columns = [
        *(Column(name) for name in ("cast", "check")),
        Column("counted", "number"),
        Column("%", "number"),
        Column("0 to 100 %", "strip"),
        Column("threshold", "number"),
        Column("finding"),
    ]
    rows = []
    for row in gate.iter_rows(named=True):
        told: Cell | Inline = ""
        if row["rate"] is not None and row["low"] is not None:
            told = Cell(strip=Strip(row["rate"], row["low"], row["high"]))
        counted = f"{row['events']:,} of {row['n']:,}" if row["n"] else NOTHING
        finding = STATES.get(row["state"] or "", row["reason"] or "")
        cells = [
            row["cast"],
            CHECKS[row["check"]],
            counted,
            bracketed(row),
            told,
            f"{percent(row['threshold'])}",
            finding,
        ]
        rows.append(Row(cells, doubt=row["state"] == "below"))
    yield Table(columns, rows, "Competence gate")
