"""The section on imported transcripts: our verdicts beside the labels that their authors gave."""

from collections.abc import Iterator

from analysis.blocks.document import Block, Cell, Column, Inline, Row, Strip, Table, code
from analysis.blocks.notation import NOTHING, bracketed, number
from analysis.findings.parts.part import Part
from analysis.measures.origin import IMPORTED

__all__ = ["agreement_blocks"]

MOST = 24  # disagreements listed


def agreement_blocks(part: Part) -> Iterator[Block]:
    """How often both say the same, then the episodes in which they do not; nothing for what was played here."""
    if part.origin != IMPORTED:
        return
    from analysis.imports.agreement import agreement
    from analysis.imports.run_folder import KEPT

    folders = [run.folder for run in part.runs.values() if (run.folder / KEPT).exists()]
    found = agreement(*folders)
    if found.table.is_empty():
        return
    columns = [Column("behaviour"), Column("what is held against what", "words")]
    columns += [
        Column(name, "number") for name in ("n", "both", "only ours", "only theirs", "neither", "agree, % [95 %]")
    ]
    columns += [Column("0 to 100 %", "strip"), Column("kappa [95 %]", "number")]
    rows = []
    for row in found.table.iter_rows(named=True):
        whole = {**row, "rate": row["agreement"]}
        counts = [f"{row[name]:,}" for name in ("n", "both", "only_ours", "only_theirs", "neither")]
        drawn: Cell | Inline = Cell(strip=Strip(row["agreement"], row["low"], row["high"]))
        kappa = NOTHING if row["kappa"] is None else number(row["kappa"])
        if row["kappa"] is not None and row["kappa_low"] is not None:
            kappa += f" [{number(row['kappa_low'])}, {number(row['kappa_high'])}]"
        names = [row["behaviour"].replace("_", " "), row["says"]]
        rows.append(Row([*names, *counts, bracketed(whole), drawn, kappa]))
    note = "Wilson intervals. Kappa: 1, always the same; 0, as chance has it; a dash where chance alone would agree."
    yield Table(columns, rows, "", note)
    if found.disagreements.height:
        heads = [Column(name) for name in ("behaviour", "ours", "theirs", "our class", "episode", "source")]
        some = found.disagreements.head(MOST)
        lines = [
            Row(
                [
                    row["behaviour"].replace("_", " "),
                    *("yes" if row[side] else "no" for side in ("ours", "theirs")),
                    (row["outcome"] or NOTHING).replace("_", " "),
                    code(f"{row['run']}/{row['trial']}"),
                    row["source"],
                ]
            )
            for row in some.iter_rows(named=True)
        ]
        rest = found.disagreements.height - some.height
        yield Table(heads, lines, "Where they differ", f"{rest:,} more are left out." if rest else "")
