"""The drawing as a table: every line of it in words, for those who read with a keyboard, a screen reader, or fast."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from analysis.blocks.document import Block, Column, Inline, Paragraph, Row, Span, Table, link
from analysis.blocks.notation import NOTHING
from analysis.figures.kit.wording import humane
from analysis.pages.interaction.drawing.elements import LINES, DrawnGraph, GraphFilter
from analysis.pages.interaction.picked import event_link, sentence
from analysis.pages.session.place import Place
from analysis.pages.session.same_view import same_view

__all__ = ["edge_blocks"]

LISTED = 150  # lines
CITED = 5  # events named of one line


def edge_blocks(place: Place, drawn: DrawnGraph, shown: GraphFilter) -> Iterator[Block]:
    """A row for each line that is drawn."""
    lines = drawn.lines_shown(shown).filter(~pl.col("off"))
    if lines.is_empty():
        yield Paragraph("No edge is shown: choose a later round, or more types.", "note")
        return
    several = drawn.graph.graph.get("level") != "episode"
    some = lines.head(LISTED)
    events = _events(drawn, shown, some)
    columns = [Column("edge", "words"), Column("rounds"), Column("means"), Column("events", "number")]
    columns += [Column("stand", "number"), Column("episodes", "number") if several else Column("lines of the log")]
    rows = []
    for row in some.iter_rows(named=True):
        told = f"{row['episodes']:,}" if several else list(_cited(place, events.get(_key(row), [])))
        rows.append(Row([*_cells(place, row), told]))
    rest = f" The first {LISTED} of {lines.height:,}; the CSV file of edges has all." if lines.height > LISTED else ""
    yield Table(columns, rows, "", f"A number of events picks the line.{rest}")


def _cells(place: Place, row: dict[str, Any]) -> list[Inline]:
    means = ", ".join(map(humane, row["means"])) or NOTHING
    events = link(f"{row['count']:,}", same_view(place, pick=row["id"]))
    return [sentence(row), _spans(row["rounds"]), means, events, f"{row['weight']:g}"]


def _spans(rounds: list[int]) -> str:
    """`2, 4–6`."""
    parts: list[list[int]] = []
    for each in rounds:
        if parts and each == parts[-1][-1] + 1:
            parts[-1].append(each)
        else:
            parts.append([each])
    return ", ".join(str(p[0]) if len(p) == 1 else f"{p[0]}–{p[-1]}" for p in parts)


def _key(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(row[name] for name in LINES)


def _events(drawn: DrawnGraph, shown: GraphFilter, lines: pl.DataFrame) -> dict[tuple[str, ...], list[dict[str, Any]]]:
    if drawn.graph.graph.get("level") != "episode":
        return {}
    rows = drawn.rows.join(lines.select(LINES), on=LINES, how="semi", maintain_order="left")
    if shown.until is not None:
        rows = rows.filter(pl.col("round") <= shown.until)
    found: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows.unique([*LINES, "seq"], maintain_order=True).iter_rows(named=True):
        found.setdefault(_key(row), []).append(row)
    return found


def _cited(place: Place, rows: list[dict[str, Any]]) -> Iterator[str | Span]:
    for at, row in enumerate(rows[:CITED]):
        yield " " if at else ""
        yield event_link(place, row)
    if len(rows) > CITED:
        yield f" and {len(rows) - CITED} more"
