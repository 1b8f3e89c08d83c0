"""A graph as two CSV tables, of nodes and of edges, with the headings that Gephi's spreadsheet import knows."""

import csv
import io
from collections.abc import Iterable, Sequence

from analysis.exports.graphs.plain_graph import PlainGraph, Value, xml_value

__all__ = ["edges_csv", "nodes_csv"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_HEADINGS = frozenset({"type", "kind", "weight"})  # of edges; Gephi heeds no capitals


def nodes_csv(plain: PlainGraph) -> str:
    """`Id`, `Label`, then an attribute a column; what is not known is empty."""
    names = list(plain.of_nodes)
    rows = ([node.id, node.label, *map(node.values.get, names)] for node in plain.nodes)
    return _table(["Id", "Label", *names], rows)


def edges_csv(plain: PlainGraph) -> str:
    """`Source`, `Target`, `Type` (`Directed`, as Gephi means it), `Kind` (the edge's type), `Id`, `Label`, `Weight`,
    then an attribute a column."""
    names = [name for name in plain.of_edges if name not in ("type", "weight")]
    ids = [node.id for node in plain.nodes]
    rows = (
        [
            ids[edge.source],
            ids[edge.target],
            "Directed",
            edge.values.get("type"),
            edge.id,
            edge.label,
            edge.values.get("weight"),
            *map(edge.values.get, names),
        ]
        for edge in plain.edges
    )
    own = [f"{name}_" if name.lower() in _HEADINGS else name for name in names]
    return _table(["Source", "Target", "Type", "Kind", "Id", "Label", "Weight", *own], rows)


def _table(heads: Sequence[str], rows: Iterable[Sequence[Value | None]]) -> str:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(map(_cell, heads))
    table.writerows(map(_cell, row) for row in rows)
    return text.getvalue()


def _cell(value: Value | None) -> str:
    """Text that a spreadsheet would run as a formula has a `'` before it."""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return "" if value is None else xml_value(value)
