"""A graph as every format can take it: clean text, one type for each attribute, ids without a double.

Text keeps every character, but for those that XML cannot hold: control characters become their pictures (`␀`), halves
of characters and the two that are none become `<U+D800>`. Values that are not known, and numbers that are not finite,
are left out.
"""

import math
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["Edge", "Node", "PlainGraph", "Value", "Values", "clean", "plain_graph", "tokens", "typed", "xml_value"]

OF_NODES = frozenset({"id", "label"})  # in some format the name of what is no attribute
OF_EDGES = OF_NODES | {"source", "target", "key"}
RANKS = ("boolean", "long", "double", "string")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_ODD = re.compile(r"[^\w.-]")
_NUMBERED = re.compile(r"e[0-9]+")
LONG = 2**63
Value = bool | int | float | str
Values = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Node:
    """A node. `token`: its id where only letters, digits, `_`, `.` and `-` may stand."""

    id: str
    token: str
    label: str
    values: Values


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge; `source` and `target` are places in the nodes."""

    id: str
    source: int
    target: int
    label: str
    values: Values


@dataclass(frozen=True, slots=True)
class PlainGraph:
    """A graph. `of_nodes` and `of_edges`: attribute → its one type, of `boolean`, `long`, `double`, `string`."""

    values: Values
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    of_graph: Mapping[str, str]
    of_nodes: Mapping[str, str]
    of_edges: Mapping[str, str]


def plain_graph(graph: "nx.MultiDiGraph") -> PlainGraph:
    """Nodes in the order of the graph, edges by number where their keys are numbered `e1`, `e2`, ..., else so too."""
    place = {node: number for number, node in enumerate(graph)}
    ids = _unique(clean(str(node)) for node in graph)
    of_nodes, nodes = typed([data for _, data in graph.nodes(data=True)], OF_NODES)
    links = list(graph.edges(keys=True, data=True))
    keys = [key for _, _, key, _ in links]
    if len(set(keys)) == len(keys) and all(isinstance(key, str) and _NUMBERED.fullmatch(key) for key in keys):
        links.sort(key=lambda link: int(link[2][1:]))
        keys = [key for _, _, key, _ in links]
    else:
        keys = [f"e{number}" for number in range(1, len(links) + 1)]
    of_edges, edges = typed([data for *_, data in links], OF_EDGES)
    of_graph, (values,) = typed([graph.graph])
    labels = [_node_label(id, node) for id, node in zip(ids, nodes, strict=True)]
    ends = ((place[source], place[target]) for source, target, *_ in links)
    return PlainGraph(
        values,
        tuple(map(Node, ids, tokens(ids), labels, nodes)),
        tuple(Edge(key, *pair, _edge_label(edge), edge) for key, pair, edge in zip(keys, ends, edges, strict=True)),
        of_graph,
        of_nodes,
        of_edges,
    )


def _node_label(id: str, values: Values) -> str:
    return f"{values['name']} ({id})" if "name" in values else id


def _edge_label(values: Values) -> str:
    means = values.get("means", values.get("channel", ""))
    return ": ".join(str(part) for part in (values.get("type", ""), means) if part != "")


def clean(text: str) -> str:
    """The text with a visible mark for every character that XML cannot hold."""
    return _FORBIDDEN.sub(lambda found: _mark(ord(found[0])), text)


def _mark(code: int) -> str:
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"<U+{code:04X}>"


def typed(rows: Iterable[Mapping[Any, Any]], reserved: Collection[str] = ()) -> tuple[dict[str, str], list[Values]]:
    """Attributes' types, and the rows with each value in the type of its attribute.

    Whole numbers beside others are numbers, anything beside text is text. Names are in the order in which they come up;
    those that are reserved, in any case of letters, have `_` behind them.
    """
    ranks: dict[str, int] = {}
    kept: list[Values] = []
    for row in rows:
        values: Values = {}
        for given, value in row.items():
            if (plain := _value(value)) is not None:
                name = _name(str(given), values, reserved)
                values[name] = plain
                ranks[name] = _wider(ranks.get(name), _rank(plain))
        kept.append(values)
    for values in kept:
        for name, value in values.items():
            values[name] = _as(value, RANKS[ranks[name]])
    return {name: RANKS[rank] for name, rank in ranks.items()}, kept


def _name(name: str, taken: Collection[str], reserved: Collection[str]) -> str:
    name = clean(name) or "_"
    while name.lower() in reserved or name in taken:
        name += "_"
    return name


def _value(value: Any) -> Value | None:
    if isinstance(value, bool) or (isinstance(value, int) and -LONG <= value < LONG):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return None if value is None else clean(str(value))


def _rank(value: Value) -> int:
    return [bool, int, float, str].index(type(value))


def _wider(before: int | None, now: int) -> int:
    if before is None or before == now:
        return now
    return 3 if 0 in (before, now) else max(before, now)  # yes or no is no number


def _as(value: Value, type: str) -> Value:
    if type == "string":
        return xml_value(value)
    return float(value) if type == "double" else value


def xml_value(value: Value) -> str:
    """A value as text, as XML Schema writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def tokens(ids: Iterable[str]) -> list[str]:
    """The ids with `_` for every character that may not stand in an XML token; no two the same."""
    return _unique(_ODD.sub("_", id) or "_" for id in ids)


def _unique(names: Iterable[str]) -> list[str]:
    names = list(names)
    taken, free = set(names), []
    seen: set[str] = set()
    for name in names:
        number, other = 1, name
        while other in seen or (number > 1 and other in taken):
            number += 1
            other = f"{name}_{number}"
        seen.add(other)
        free.append(other)
    return free
