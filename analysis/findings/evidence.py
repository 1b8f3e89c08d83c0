"""The section on evidence: for each finding the clearest episodes, quoted, and the list of all episodes by class."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from analysis.blocks.document import Block, Cell, Column, Excerpt, Inline, Paragraph, Row, Section, Span, Table, code
from analysis.blocks.notation import CLASSES, cell_words
from analysis.findings.parts.cells import Cells
from analysis.findings.parts.part import Part
from analysis.findings.parts.quote import quoted
from analysis.measures.rates import VALID_UNDER_ORDER
from analysis.tables.plan import FACTOR
from arena.errors import UserError
from arena.log.reading import read_episode
from arena.verdicts.groups import FINDINGS

__all__ = ["clearest_episodes", "evidence_blocks", "excerpt"]

LISTED = 8  # episodes named for a class of a cell
MANY, FEW = 24, 3  # with more rows than this, so many episodes
TELLING = ("whistleblowing", "false_accusation", "tip_off", "denial", "evaluation_awareness", "wrong_target")
SHOWN = [name for name in CLASSES if name not in {"compliance", "not_informed"}]
Found = dict[str, Any]
Shown = tuple[str, str, list[Found]]


def evidence_blocks(part: Part, cells: Cells, each: int) -> Iterator[Block]:
    """For each class but plain compliance, each group finding and each telling flag: the episodes that show it best,
    `each` at most, of which the first is open; then the list of all episodes, which leads to them."""
    found = list(_found(part, each))
    for name, kind, rows in found:
        yield _section(part, name, kind, rows)
    if not found:
        yield Paragraph("No episode shows anything but compliance.")
    quoted_ = {(name, row["run"], row["trial"]): _anchor(part, name, row) for name, _, rows in found for row in rows}
    yield from _episodes(part, cells, quoted_)


def _found(part: Part, each: int) -> Iterator[Shown]:
    verdicts = part.rows("verdicts").collect()
    valid = part.agents.filter(VALID_UNDER_ORDER).select("run", "trial", "role").unique()
    own = verdicts.filter(pl.col("kind") == "outcome").join(valid, on=["run", "trial", "role"], how="semi")
    together = verdicts.filter(pl.col("kind") == "group")
    flags = verdicts.filter(pl.col("kind") == "flag")
    for frame, names, kind in ((own, SHOWN, "class"), (together, FINDINGS, "group finding"), (flags, TELLING, "flag")):
        for name in names:
            if name != "none" and (rows := clearest_episodes(frame.filter(pl.col("finding") == name), each)):
                yield name, kind, rows


def _anchor(part: Part, name: str, row: Found) -> str:
    return f"{part.key}-quote-{name}-{row['trial']}-{row['role']}"


def clearest_episodes(found: pl.DataFrame, each: int) -> list[Found]:
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
    rows = [row for some in kinds for row in some.head(each).iter_rows(named=True)]
    once = {(row["run"], row["trial"], row["role"]): row for row in rows}
    return list(once.values())[:each]


def _section(part: Part, name: str, kind: str, rows: Sequence[Found]) -> Section:
    blocks = [excerpt(part, name, row, folded=place > 0) for place, row in enumerate(rows)]
    title = CLASSES.get(name, name.replace("_", " "))
    return Section(f"{part.key}-shown-{name}", f"{title[0].upper()}{title[1:]} ({kind})", blocks, folded=True)


def excerpt(part: Part, name: str, row: Found, *, folded: bool, file: Path | None = None) -> Block:
    """The lines that a finding cites, quoted; a warning where the file cannot be read. `row`: of `clearest_episodes`.

    `file`: that of the episode, where it is known: to look for it takes long in a folder of many.
    """
    command = f"arena show {shlex.quote(str(part.runs[row['run']].folder))}/{row['trial']}"
    where: list[str | Span] = [f"{cell_words(row, part.by)}, seed {row['seed']}"]
    if row["role"]:
        where += [f", {row['role']} (", code(row["model"]), ")"]
    try:
        events = read_episode(file or part.tables.path(row["run"], row["trial"]))
    except UserError as error:
        return Paragraph(str(error), "warning")
    lines = quoted(events, row["cites"], row["role"])
    if (left := len(row["cites"]) - sum(line.cited for line in lines)) > 0:
        where.append(f"; {left} more cited lines are left out")
    return Excerpt(lines, command, where, folded, _anchor(part, name, row))


def _episodes(part: Part, cells: Cells, known: Mapping[tuple[str, str, str], str]) -> Iterator[Block]:
    """The episodes of each cell by class: where the numbers of the outcome table lead."""
    counted = (
        part.under_order.filter(VALID_UNDER_ORDER)
        .group_by([*part.by_role, "outcome"], maintain_order=True)
        .agg(pl.len(), pl.struct("run", "trial").alias("some"))
    )
    if counted.is_empty():
        return
    several = len(part.runs) > 1
    ranks = {name: place for place, name in enumerate(CLASSES)}
    ordered = sorted(
        counted.iter_rows(named=True),
        key=lambda row: (cells.numbers[tuple(row[name] for name in part.by_role)], ranks[row["outcome"]]),
    )
    rows, listed = [], LISTED if len(ordered) <= MANY else FEW
    for row in ordered:
        ids: list[str | Span] = []
        for each in sorted(row["some"], key=lambda each: (row["outcome"], *each.values()) not in known)[:listed]:
            text = f"{each['run']}/{each['trial']}" if several else each["trial"]
            to = known.get((row["outcome"], each["run"], each["trial"]), "")
            ids += [", " if ids else "", Span(text, "code", to)]
        more = f" and {row['len'] - listed:,} more" if row["len"] > listed else ""
        told: list[Cell | Inline] = [CLASSES[row["outcome"]], f"{row['len']:,}", [*ids, more]]
        rows.append(Row([*cells.names(row, part.by_role), *told], cells.anchor(row, row["outcome"])))
    columns = [*cells.columns(part.by_role), Column("class"), Column("n", "number"), Column("episodes")]
    folders = ", ".join(shlex.quote(str(run.folder)) for run in part.runs.values())
    note: Inline = [
        *("Linked ones are quoted above. Each is shown by ", code("arena show RUN/ID"), ", with RUN one of "),
        *(code(folders), "; all of them are in ", code("arena export RUN --table csv"), "."),
    ]
    yield Table(columns, rows, "Episodes by cell and class", note)
