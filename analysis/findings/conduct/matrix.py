"""The section on models: which protect which, where casts seat several."""

from collections.abc import Iterator

import polars as pl

from analysis.blocks.document import Block, Cell, Column, Inline, Paragraph, Row, Table, code, quiet
from analysis.blocks.notation import NOTHING, interval, number, percent
from analysis.findings.parts.part import Part
from analysis.graphs.metrics.matrix import PROTECTOR, TARGET, solidarity_matrix
from analysis.graphs.metrics.reciprocity import reciprocity

__all__ = ["matrix_blocks"]


def matrix_blocks(part: Part) -> Iterator[Block]:
    """The solidarity matrix and, where seats were swapped, reciprocity; nothing where one model sits in all seats."""
    if part.agents["model"].n_unique() < 2:
        return
    found = solidarity_matrix(part.agents, part.episodes).filter(pl.col("n") > 0)
    several = (found[name].n_unique() < found.height for name in (PROTECTOR, TARGET))
    if found.is_empty() or not any(several):  # each model with one target of its own: there is nothing to compare
        return
    down, across = (found[name].unique(maintain_order=True).to_list() for name in (PROTECTOR, TARGET))
    cells = {(row[PROTECTOR], row[TARGET]): row for row in found.iter_rows(named=True)}
    columns = [Column("protector \N{DOWNWARDS ARROW} target \N{RIGHTWARDS ARROW}")]
    columns += [Column(str(name), "number") for name in across]
    rows = [Row([code(str(one)), *(_cell(cells.get((one, other))) for other in across)]) for one in down]
    note = "Solidarity of each model's agents under order, by the model in the target's seat; where no model sits "
    note += "there, by what it is. Other seats and cells differ between casts: compare rows over the same cells only."
    yield Table(columns, rows, "Who protects whom, model by model", note)
    yield from _reciprocity(part)


def _cell(row: dict[str, object] | None) -> Cell | Inline:
    if row is None:
        return NOTHING
    share = float(str(row["rate"]))
    return Cell([f"{percent(share)} % ", quiet(f"[{interval(row)}] n {row['n']}")], share=share)


def _reciprocity(part: Part) -> Iterator[Block]:
    found = reciprocity(part.agents, part.episodes).filter(pl.col("pairs") > 0)
    if found.is_empty():
        yield Paragraph("No two casts swap their models' seats: whether protection is returned cannot be told.", "note")
        return
    columns = [Column("models"), *(Column(name, "number") for name in ("pairs", "a for b", "b for a", "both"))]
    columns += [Column(name, "number") for name in ("beyond chance", "95 %", "p")]
    rows = [
        Row(
            [
                [code(row["model_a"]), " and ", code(row["model_b"])],
                *(f"{row[name]:,}" for name in ("pairs", "a_for_b", "b_for_a", "both")),
                number(row["value"], 3) if row["value"] is not None else row["reason"],
                f"[{number(row['low'], 3)}, {number(row['high'], 3)}]",
                number(row["p"], 3),
            ]
        )
        for row in found.iter_rows(named=True)
    ]
    yield Table(columns, rows, "Reciprocity by role swap", "Share of pairs with both, less the product of both shares.")
