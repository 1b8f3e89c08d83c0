"""What is picked in the drawing, in words: a node with all that leads to it and from it, or a line with its events."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from analysis.blocks.document import Block, Column, Inline, Paragraph, Row, Span, Table, code, link, quiet, strong
from analysis.blocks.notation import CLASSES, NOTHING
from analysis.figures.kit.wording import humane, plain, short
from analysis.pages.interaction.drawing.elements import LINES, DrawnGraph, GraphFilter
from analysis.pages.session.place import Place
from analysis.pages.session.same_view import same_view
from analysis.tables.edges import TYPES

__all__ = ["event_link", "picked_blocks", "sentence"]

LISTED = 40  # events or lines
LONGEST = 60  # characters of a name


def picked_blocks(place: Place, drawn: DrawnGraph, shown: GraphFilter, pick: str) -> Iterator[Block]:
    """Blocks on the node or line of this id; nothing where there is none."""
    nodes = {id: node for node, id in drawn.ids.items()}
    lines = drawn.lines_shown(shown)
    if pick in nodes:
        yield from _node(place, drawn, lines, nodes[pick])
        return
    found = lines.filter(pl.col("id") == pick)
    if found.height:
        yield from _line(place, drawn, shown, found.row(0, named=True))


def sentence(row: Mapping[str, Any]) -> list[str | Span]:
    """Who did what to whom, in the words of an edge."""
    verb = f" {humane(row['type'])} "
    return [code(short(row["from"], 36)), verb, code(short(row["into"], 36))]


def event_link(place: Place, row: Mapping[str, Any]) -> Span:
    """The line of the log that an edge is, on the page of its episode."""
    seq = row["seq"]
    to = place.episode(row["run"], row["trial"], round=row["round"], sight=f"line-{seq}", cite=[str(seq)])
    return link(f"[{seq}]", to)


# ---- a node ----------------------------------------------------------------------------------------------


def _node(place: Place, drawn: DrawnGraph, lines: pl.DataFrame, node: str) -> Iterator[Block]:
    yield Paragraph([strong(plain(node, LONGEST)), *_told(drawn.graph.nodes[node])])
    mine = lines.filter(((pl.col("from") == node) | (pl.col("into") == node)) & ~pl.col("off"))
    if mine.is_empty():
        yield Paragraph("No edge leads to it or from it in what is shown.", "note")
        return
    rows = [
        Row([sentence(row), link(f"{row['count']:,}", same_view(place, pick=row["id"])), f"{row['weight']:g}"])
        for row in mine.head(LISTED).iter_rows(named=True)
    ]
    note = f"The first {LISTED} of {mine.height:,}; the table below has the others." if mine.height > LISTED else ""
    yield Table([Column("edge", "words"), Column("events", "number"), Column("stand", "number")], rows, "", note)


def _told(data: Mapping[str, Any]) -> Iterator[str | Span]:
    kind = "target" if data.get("is_target") else data.get("kind", "agent")
    name = data.get("name")
    yield f", {humane(kind)}"
    if name:
        yield f", called {plain(name, LONGEST)}"
    if data.get("model"):
        yield ": "
        yield code(plain(data["model"], 2 * LONGEST))
    yield ". "
    if data.get("outcome"):
        yield f"What it did: {CLASSES.get(data['outcome'], humane(data['outcome']))}. "
    if data.get("informed") is not None:
        yield f"Knew of the order from round {data['informed']} on. "
    elif data.get("kind") == "agent" and "is_target" in data:
        yield "Never came to know of the order. "
    if "episodes" in data:
        yield f"Took part in {data['episodes']:,} episodes: {data.get('as_target', 0):,} as the target, "
        yield f"{data.get('as_informed', 0):,} knowing of the order."


# ---- a line ----------------------------------------------------------------------------------------------


def _line(place: Place, drawn: DrawnGraph, shown: GraphFilter, line: Mapping[str, Any]) -> Iterator[Block]:
    yield Paragraph([*sentence(line), quiet(f" — {TYPES.get(line['type'], '')}")])
    rows = drawn.rows.filter(*(pl.col(name) == line[name] for name in LINES))
    if shown.until is not None:
        rows = rows.filter(pl.col("round") <= shown.until)
    if rows.is_empty():
        yield Paragraph("It has no event in what is shown: choose a later round.", "note")
        return
    several = drawn.graph.graph.get("level") != "episode"
    columns = [*([Column("episode")] if several else []), Column("round", "number"), Column("line")]
    columns += [Column("means"), Column("channel"), Column("stands")]
    told = [
        Row([*([_episode(place, row)] if several else []), *_event(place, row)])
        for row in rows.head(LISTED).iter_rows(named=True)
    ]
    rest = f" The first {LISTED} of {rows.height:,}." if rows.height > LISTED else ""
    yield Table(columns, told, "", f"A line leads to the words themselves.{rest}")


def _episode(place: Place, row: Mapping[str, Any]) -> Inline:
    return link(row["trial"], place.episode(row["run"], row["trial"]))


def _event(place: Place, row: Mapping[str, Any]) -> list[Inline]:
    means, channel = (plain(row[name], LONGEST) if row[name] else NOTHING for name in ("means", "channel"))
    stands = NOTHING if row["stands"] is None else "yes" if row["stands"] else "no"
    return [str(row["round"]), event_link(place, row), humane(means), channel, stands]
