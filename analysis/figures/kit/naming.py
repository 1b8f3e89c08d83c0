"""The names of a drawn graph's nodes, beside them and never over each other; of large graphs, those that matter."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import altair as alt

from analysis.figures.kit.canvas import across, text_layer
from analysis.figures.kit.places import RING, Point
from analysis.figures.kit.theme import Theme
from analysis.figures.kit.wording import fitted, humane, wide

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["names_of"]

LONGEST = 138.0  # pixels of a name
LINE = 13.0
NAMED = 24  # of the nodes of a large graph, at most
Align = Literal["left", "right", "center"]
ALIGNS: tuple[Align, ...] = ("left", "right", "center")
LabelPlace = tuple[Point, Align]
Box = tuple[float, float, float, float]  # left, top, right, bottom


def names_of(
    graph: "nx.MultiDiGraph", spots: Mapping[str, Point], size: Point, look: Theme, off: float
) -> list[alt.Chart]:
    """Texts `off` pixels from each node: its id, and in small graphs name, outcome and model."""
    few = len(graph) <= RING
    boxes: list[Box] = [(x - off, y - off, x + off, y + off) for x, y in spots.values()] if few else []
    rows: list[dict[str, Any]] = []
    for node in _order(graph)[: None if few else NAMED]:
        lines = _lines(node, graph.nodes[node], few=few)
        found = _free(spots[node], lines, boxes, size, off)
        if found is None:
            continue
        box, align = found
        boxes.append(box)
        x = {"left": box[0], "right": box[2], "center": (box[0] + box[2]) / 2}[align]
        rows += [
            {"text": line, "x": x, "y": box[1] + LINE * (at + 0.5), "minor": at > 0, "align": align}
            for at, line in enumerate(lines)
        ]
    layers = []
    for align in ALIGNS:
        mine = [row for row in rows if row["align"] == align]
        first, more = ([row for row in mine if row["minor"] is minor] for minor in (False, True))
        weight: int | Literal["normal"] = 600 if few else "normal"
        layers.append(text_layer(first, size[1], x=across(size[0]), align=align, colour=look.ink, weight=weight))
        layers.append(text_layer(more, size[1], x=across(size[0]), align=align, colour=look.muted, size=10))
    return layers


def _order(graph: "nx.MultiDiGraph") -> list[str]:
    """Those that must be named first: operator, target, then who has the most to do with others."""
    data = graph.nodes

    def rank(node: str) -> tuple[bool, bool, int, str]:
        target = bool(data[node].get("is_target"))
        return data[node].get("kind") != "operator", not target, -graph.degree(node), node

    return sorted(graph, key=rank)


def _lines(node: str, data: Mapping[str, Any], *, few: bool) -> list[str]:
    first = node
    name = data.get("name")
    if name and name != node:
        first = f"{node} ({name})"
    lines = [fitted(first, LONGEST)]
    if few and data.get("outcome"):
        lines.append(humane(data["outcome"]))
    if few and data.get("model"):
        lines.append(fitted(data["model"], LONGEST, 10))
    return lines


def _free(place: Point, lines: list[str], boxes: list[Box], size: Point, off: float) -> tuple[Box, Align] | None:
    """Where a text is beside its node, outward first, and over nothing; None: nowhere."""
    x, y = place
    across_, high = max(wide(line) for line in lines), LINE * len(lines)
    right: LabelPlace = ((x + off, y - high / 2), "left")
    left: LabelPlace = ((x - off - across_, y - high / 2), "right")
    above: LabelPlace = ((x - across_ / 2, y - off - high), "center")
    below: LabelPlace = ((x - across_ / 2, y + off), "center")
    sides = [right, left] if x >= size[0] / 2 else [left, right]
    ends = [below, above] if y >= size[1] / 2 else [above, below]
    centred = math.isclose(x, size[0] / 2, abs_tol=size[0] / 40)
    for corner, align in [*ends, *sides] if centred else [*sides, *ends]:
        box = (*corner, corner[0] + across_, corner[1] + high)
        if _inside(box, size) and not any(_meet(box, other, off) for other in boxes):
            return box, align
    return None


def _inside(box: Box, size: Point) -> bool:
    return box[0] >= 0 and box[1] >= 0 and box[2] <= size[0] and box[3] <= size[1]


def _meet(a: Box, b: Box, off: float) -> bool:
    slack = off / 3
    return a[0] < b[2] - slack and b[0] < a[2] - slack and a[1] < b[3] - slack and b[1] < a[3] - slack
