"""Where the nodes of a drawn graph stand: in pixels, the same for the same graph every time."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["RING", "Point", "places"]

Point = tuple[float, float]
RING = 14  # nodes that still stand on one ring, where no line between two of them crosses a third
COSTLY = 60  # nodes from which on distances between all pairs take too long
SEED = 0


def places(graph: "nx.MultiDiGraph", width: float, height: float, margin: Point) -> dict[str, Point]:
    """Each node's place, `margin` pixels from the sides (left and right, top and bottom).

    Few nodes stand on a ring, the operator at its top and the target at its bottom. More are laid out by networkx:
    by path lengths (Kamada & Kawai 1989) or, where there are many or the graph falls apart, by forces (Fruchterman &
    Reingold 1991) from a fixed seed.
    """
    nodes = list(graph)
    raw = _ring(graph, nodes) if len(nodes) <= RING else _laid_out(graph)
    across, down = width - 2 * margin[0], height - 2 * margin[1]
    return {node: (margin[0] + across * (x + 1) / 2, margin[1] + down * (y + 1) / 2) for node, (x, y) in raw.items()}


def _spread(values: Sequence[float]) -> list[float]:
    """The values from -1 to 1, half by size and half by rank: nodes that nobody meets lie far out, and would else
    press all others into the middle."""
    low, high = min(values), max(values)
    ranks = {at: rank for rank, at in enumerate(sorted(range(len(values)), key=lambda at: (values[at], at)))}
    sized = [(value - low) / (high - low) if high > low else 0.5 for value in values]
    return [sized[at] + ranks[at] / max(1, len(values) - 1) - 1 for at in range(len(values))]


def _ring(graph: "nx.MultiDiGraph", nodes: Sequence[str]) -> dict[str, Point]:
    if len(nodes) == 1:
        return {nodes[0]: (0.0, 0.0)}
    kinds = {node: graph.nodes[node].get("kind") for node in nodes}
    top = next((node for node in nodes if kinds[node] == "operator"), None)
    bottom: str | None = max((node for node in nodes if node != top), key=lambda node: _aimed(graph.nodes[node]))
    if bottom is not None and not any(_aimed(graph.nodes[bottom])):
        bottom = None
    others = [node for node in nodes if node not in (top, bottom)]
    others.sort(key=lambda node: kinds[node] in ("channel", "object"))  # agents next to who orders them
    right, left = others[::2], others[1::2]
    order = [*([top] if top is not None else []), *right, *([bottom] if bottom is not None else []), *reversed(left)]
    if top is not None and bottom is not None:  # each side its own half of the ring, so that the target is at the foot
        angles = {top: 0.0, bottom: math.pi}
        for side, sign in ((right, 1), (left, -1)):
            angles |= {node: sign * math.pi * (at + 1) / (len(side) + 1) for at, node in enumerate(side)}
    else:
        angles = {node: 2 * math.pi * at / len(order) for at, node in enumerate(order)}
    return {node: (math.sin(angles[node]), -math.cos(angles[node])) for node in nodes}


def _aimed(data: Mapping[str, Any]) -> tuple[bool, int]:
    """Whether it is to be deleted; in a graph of several episodes, in how many."""
    return bool(data.get("is_target")), int(data.get("as_target", 0))


def _laid_out(graph: "nx.MultiDiGraph") -> dict[str, Point]:
    import networkx as nx

    plain = nx.Graph()
    plain.add_nodes_from(graph)
    plain.add_edges_from((a, b) for a, b in graph.edges() if a != b)
    if len(plain) <= COSTLY and nx.is_connected(plain):
        found = nx.kamada_kawai_layout(plain)
    else:
        found = nx.spring_layout(plain, seed=SEED, k=2.2 / math.sqrt(len(plain)), iterations=80)
    xs, ys = (_spread([float(point[at]) for point in found.values()]) for at in (0, 1))
    return dict(zip(found, zip(xs, ys, strict=True), strict=True))
