"""An interaction graph, drawn: nodes by kind, edges by type in colour and dash, side by side and with their heads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import altair as alt

from analysis.figures.kit.bends import bend, heading_at, loop, offsets
from analysis.figures.kit.canvas import across, down, empty_figure, framed, hover, layer, tips
from analysis.figures.kit.frames import MOST, Record
from analysis.figures.kit.naming import names_of
from analysis.figures.kit.places import RING, Point, places
from analysis.figures.kit.theme import EDGE_COLOURS, EDGE_DASHES, NODE_SHAPES, OUTCOME_COLOURS, WIDTH, Theme, theme
from analysis.figures.kit.wording import humane, plain
from arena.errors import UserError, unknown

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["drawing"]

RADIUS, SMALL = 11.0, 5.0  # pixels of a node, in a small graph and in a large one
SIDES, ENDS = 176.0, 64.0  # margins
HEAD = "M0,-1L0.72,0.9L0,0.55L-0.72,0.9Z"  # of an arrow, upwards


@dataclass(frozen=True)
class _Edge:
    """All edges of one type from one node to another."""

    source: str
    target: str
    type: str
    weight: float
    count: int
    means: tuple[str, ...]


def drawing(
    graph: "nx.MultiDiGraph",
    *,
    types: Sequence[str] | None = None,
    title: str = "Who did what to whom",
    subtitle: str = "",
    dark: bool = False,
    width: float = WIDTH,
) -> alt.LayerChart:
    """A graph of `analysis.graphs.build.graph`; edges of one type between the same two nodes are drawn as one.

    `types`: the types of edges that are drawn; None: all. A line is the wider the more weight it has. `UserError`:
    an unknown type, or more edges than can be told apart.
    """
    look = theme(dark)
    for name in types or ():
        if name not in EDGE_COLOURS:
            raise unknown("type of edge", name, EDGE_COLOURS)
    if not len(graph):
        return empty_figure(title, "The graph has no nodes: there is no valid episode in it.", look)
    edges = _edges(graph, EDGE_COLOURS if types is None else types)
    if 2 * len(edges) > MOST:
        raise UserError(f"{len(edges)} edges cannot be told apart in a drawing: take one episode, or fewer types")
    few = len(graph) <= RING
    height = 200.0 + 34 * len(graph) if few else 640.0
    margin = (SIDES, ENDS) if few else (40.0, 24.0)
    spots = places(graph, width - 12, height, margin)
    size = (width - 12, height)
    lines, heads = _lines(edges, spots, size, RADIUS if few else SMALL)
    layers = [
        *_strokes(lines, size),
        *_arrows(heads, size),
        *_nodes(graph, spots, size, look, RADIUS if few else SMALL),
        *names_of(graph, spots, size, look, (RADIUS if few else SMALL) + 5),
    ]
    return framed(layers, width=size[0], height=height, title=title, subtitle=subtitle, look=look)


def _edges(graph: "nx.MultiDiGraph", types: Sequence[str] | Mapping[str, str]) -> list[_Edge]:
    found: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for source, target, data in graph.edges(data=True):
        if (kind := data.get("type")) not in EDGE_COLOURS:
            raise unknown("type of edge", kind, EDGE_COLOURS)
        if kind in types:
            found.setdefault((source, target, kind), []).append(data)
    order = list(EDGE_COLOURS)
    return [
        _Edge(
            *key,
            weight=sum(float(data.get("weight", 1 if data.get("stands", True) else 0)) for data in many),
            count=sum(int(data.get("count", 1)) for data in many),
            means=tuple(dict.fromkeys(str(data["means"]) for data in many if data.get("means"))),
        )
        for key, many in sorted(found.items(), key=lambda item: order.index(item[0][2]))
    ]


def _lines(
    edges: Sequence[_Edge], spots: Mapping[str, Point], size: Point, radius: float
) -> tuple[list[Record], list[Record]]:
    """The points of every line, and every arrow's head. The fewer the edges, the smoother the lines."""
    steps = max(1, min(18, int(0.9 * MOST / max(1, len(edges))) - 1))
    most = max((edge.weight for edge in edges), default=1) or 1
    bundles: dict[frozenset[str], list[_Edge]] = {}
    for edge in edges:
        bundles.setdefault(frozenset((edge.source, edge.target)), []).append(edge)
    lines: list[Record] = []
    heads: list[Record] = []
    number = 0
    for ends, bundle in bundles.items():
        first = min(ends)
        for at, (edge, bulge) in enumerate(zip(bundle, offsets(len(bundle)), strict=True)):
            start, end = spots[edge.source], spots[edge.target]
            if edge.source == edge.target:
                points = loop(start, (size[0] / 2, size[1] / 2), at, radius, max(steps, 8))
            else:
                points = bend(start, end, bulge if edge.source == first else -bulge, radius, steps)
            number += 1
            wide = 1.2 + 2.6 * (edge.weight / most) ** 0.5 if radius == RADIUS else 0.8 + edge.weight / most
            told = _told(edge)
            same = {
                "edge": number,
                "type": humane(edge.type),
                "wide": wide,
                "faint": (0.9 if edge.weight else 0.45) * (1 if radius == RADIUS else 0.7),
            }
            lines += [hover(told, **same, x=x, y=y, step=step) for step, (x, y) in enumerate(points)]
            x, y = points[-1]
            area = (30 + 14 * wide) if radius == RADIUS else 22
            heads.append(hover(told, **same, x=x, y=y, angle=heading_at(points), area=area))
    return lines, heads


def _told(edge: _Edge) -> dict[str, str]:
    return {
        "edge": f"{plain(edge.source, 80)} {humane(edge.type)} {plain(edge.target, 80)}",
        "n": str(edge.count),
        "weight": f"{edge.weight:g}",
        "means": plain(", ".join(edge.means), 120),
    }


def _colour(rows: Sequence[Record], legend: alt.Legend | None) -> alt.Color:
    there = [name for name in EDGE_COLOURS if any(row["type"] == humane(name) for row in rows)]
    scale = alt.Scale(domain=[humane(name) for name in there], range=[EDGE_COLOURS[name] for name in there])
    return alt.Color("type:N", scale=scale, legend=legend)


def _strokes(lines: Sequence[Record], size: Point) -> list[alt.Chart]:
    if not lines:
        return []
    there = [name for name in EDGE_COLOURS if any(row["type"] == humane(name) for row in lines)]
    legend = alt.Legend(
        title=None,
        orient="bottom",
        columns=len(there) if len(there) <= 6 else -(-len(there) // 2),
        symbolType="stroke",
        symbolSize=420,
    )
    dashes = alt.Scale(domain=[humane(name) for name in there], range=[list(EDGE_DASHES[name]) for name in there])
    drawn = layer(lines).mark_line(strokeCap="butt", aria=True)
    return [
        drawn.encode(
            x=across(size[0]),
            y=down(size[1]),
            detail="edge:N",
            order="step:Q",
            color=_colour(lines, legend),
            strokeDash=alt.StrokeDash("type:N", scale=dashes, legend=legend),
            strokeWidth=alt.StrokeWidth("wide:Q", scale=None),
            opacity=alt.Opacity("faint:Q", scale=None),
            **tips(lines),
        )
    ]


def _arrows(heads: Sequence[Record], size: Point) -> list[alt.Chart]:
    if not heads:
        return []
    drawn = layer(heads).mark_point(filled=True, shape=HEAD, strokeWidth=0)
    return [
        drawn.encode(
            x=across(size[0]),
            y=down(size[1]),
            angle=alt.Angle("angle:Q", scale=None),
            size=alt.Size("area:Q", scale=None),
            color=_colour(heads, None),
            opacity=alt.Opacity("faint:Q", scale=None),
        )
    ]


def _nodes(
    graph: "nx.MultiDiGraph", spots: Mapping[str, Point], size: Point, look: Theme, radius: float
) -> list[alt.Chart]:
    """Symbols by kind, in the colour of what an agent did, where that is one thing; a ring round the target."""
    rows = []
    for node, (x, y) in spots.items():
        data = graph.nodes[node]
        kind = data.get("kind", "agent")
        outcome = data.get("outcome")
        told = {
            "node": plain(node, 80),
            "kind": humane(kind),
            "name": plain(data.get("name", "")),
            "model": plain(data.get("model", "")),
            "outcome": humane(outcome) if outcome else "",
        }
        colour = OUTCOME_COLOURS.get(outcome or "", look.muted)
        target = bool(data.get("is_target")) or bool(data.get("as_target"))
        rows.append(hover(told, x=x, y=y, shape=NODE_SHAPES.get(kind, "circle"), colour=colour, target=target))
    place = {"x": across(size[0]), "y": down(size[1])}
    area = 4 * radius * radius
    ringed = [row for row in rows if row["target"]]
    rings = layer(ringed).mark_point(size=area * 1.9, filled=False, stroke=look.ink, strokeWidth=1.6, opacity=1)
    symbols = layer(rows).mark_point(size=area, filled=True, opacity=1, stroke=look.paper, strokeWidth=1.5, aria=True)
    return [
        rings.encode(**place),
        symbols.encode(
            **place,
            shape=alt.Shape("shape:N", scale=None, legend=None),
            fill=alt.Fill("colour:N", scale=None, legend=None),
            **tips(rows),
        ),
    ]
