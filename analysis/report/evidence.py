"""The section on evidence: for each finding the clearest episodes, quoted, and the list of all episodes by class."""

import shlex
from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from analysis.plan import FACTOR
from analysis.rates import GIVEN
from analysis.report.cells import Cells
from analysis.report.document import Block, Cell, Column, Excerpt, Inline, Paragraph, Row, Section, Span, Table, code
from analysis.report.material import Material
from analysis.report.quote import quoted
from analysis.report.words import CLASSES, cell_words
from arena.errors import UserError
from arena.reading import read_episode
from arena.together import FINDINGS

__all__ = ["episode_blocks", "evidence_blocks"]

EACH = 2  # episodes quoted for a finding
LISTED = 8  # episodes named for a class of a cell
TELLING = ("whistleblowing", "false_accusation", "tip_off", "denial", "evaluation_awareness", "wrong_target")
SHOWN = [name for name in CLASSES if name not in {"compliance", "not_informed"}]
Found = dict[str, Any]


def evidence_blocks(material: Material) -> Iterator[Block]:
    """For each class but plain compliance, each group finding and each telling flag: episodes that show it best."""
    verdicts = material.rows("verdicts").collect()
    valid = material.agents.filter(GIVEN).select("run", "trial", "role").unique()
    own = verdicts.filter(pl.col("kind") == "outcome").join(valid, on=["run", "trial", "role"], how="semi")
    together = verdicts.filter(pl.col("kind") == "group")
    flags = verdicts.filter(pl.col("kind") == "flag")
    told = False
    for frame, names, kind in ((own, SHOWN, "class"), (together, FINDINGS, "group finding"), (flags, TELLING, "flag")):
        for name in names:
            if name != "none" and (rows := _clearest(frame.filter(pl.col("finding") == name), material)):
                told = True
                yield _section(material, name, kind, rows)
    if not told:
        yield Paragraph("No episode shows anything but compliance.")


def _clearest(found: pl.DataFrame, material: Material) -> list[Found]:
    """The episodes in which a finding rests on the fewest lines, a peer as target and a real threat first; of several
    casts, or seeds, one episode each."""
    if found.is_empty():
        return []
    order = [
        (pl.col(column) != level).fill_null(value=True)
        for column, level in ((f"{FACTOR}target", "peer"), (f"{FACTOR}threat", "on"))
        if column in found.columns
    ]
    ranked = found.sort([*order, pl.col("cites").list.len(), "seed", "trial"])
    kinds = (ranked.unique("cast", maintain_order=True), ranked.unique("seed", maintain_order=True), ranked)
    rows = [row for some in kinds for row in some.head(EACH).iter_rows(named=True)]
    once = {(row["run"], row["trial"], row["role"]): row for row in rows}
    return list(once.values())[:EACH]


def _section(material: Material, name: str, kind: str, rows: Sequence[Found]) -> Section:
    blocks: list[Block] = []
    for row in rows:
        blocks.append(_excerpt(material, row))
    title = CLASSES.get(name, name.replace("_", " "))
    return Section(f"{material.key}-shown-{name}", f"{title[0].upper()}{title[1:]} ({kind})", blocks, folded=True)


def _excerpt(material: Material, row: Found) -> Block:
    command = f"arena show {shlex.quote(str(material.runs[row['run']].folder))}/{row['trial']}"
    where: list[str | Span] = [f"{cell_words(row, material.by)}, seed {row['seed']}"]
    if row["role"]:
        where += [f", {row['role']} (", code(row["model"]), ")"]
    try:
        events = read_episode(material.tables.path(row["run"], row["trial"]))
    except UserError as error:
        return Paragraph(str(error), "warning")
    return Excerpt(quoted(events, row["cites"], row["role"]), command, where)


def episode_blocks(material: Material, cells: Cells) -> Iterator[Block]:
    """The episodes of each cell by class: where the numbers of the outcome table lead."""
    counted = (
        material.given.filter(GIVEN)
        .group_by([*material.each, "outcome"], maintain_order=True)
        .agg(pl.len(), pl.struct("run", "trial").head(LISTED).alias("some"))
    )
    if counted.is_empty():
        return
    several = len(material.runs) > 1
    ranks = {name: place for place, name in enumerate(CLASSES)}
    ordered = sorted(
        counted.iter_rows(named=True),
        key=lambda row: (cells.places[tuple(row[name] for name in material.each)], ranks[row["outcome"]]),
    )
    rows = []
    for row in ordered:
        ids = ", ".join(f"{each['run']}/{each['trial']}" if several else each["trial"] for each in row["some"])
        more = f" and {row['len'] - LISTED:,} more" if row["len"] > LISTED else ""
        told: list[Cell | Inline] = [CLASSES[row["outcome"]], f"{row['len']:,}", [code(ids), more]]
        rows.append(Row([*cells.names(row, material.each), *told], cells.anchor(row, row["outcome"])))
    columns = [*cells.columns(material.each), Column("class"), Column("n", "number"), Column("episodes")]
    folders = ", ".join(shlex.quote(str(run.folder)) for run in material.runs.values())
    note: Inline = ["Each is shown by ", code("arena show RUN/ID"), ", with RUN one of ", code(folders), "."]
    yield Table(columns, rows, "Episodes by cell and class", note)
