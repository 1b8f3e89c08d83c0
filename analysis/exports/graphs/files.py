"""Writes an interaction graph as a file that other programs open: GraphML, GEXF, node-link JSON, DOT, CSV."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.exports.graphs.csv import edges_csv, nodes_csv
from analysis.exports.graphs.dot import dot
from analysis.exports.graphs.gexf import gexf
from analysis.exports.graphs.graphml import graphml
from analysis.exports.graphs.json import NODE_LINK_SCHEMA, node_link
from analysis.exports.graphs.plain_graph import PlainGraph, plain_graph
from analysis.graphs.several import LEVELS
from arena.errors import unknown
from arena.log.files import rewrite

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["FORMATS", "LEVELS", "NODE_LINK_SCHEMA", "graph_bytes", "write_graph"]

_WRITERS: Mapping[str, Mapping[str, Callable[[PlainGraph], str]]] = {
    "graphml": {".graphml": graphml},
    "gexf": {".gexf": gexf},
    "node-link": {".json": node_link},
    "dot": {".dot": dot},
    "csv": {".nodes.csv": nodes_csv, ".edges.csv": edges_csv},
}
FORMATS = tuple(_WRITERS)


def write_graph(graph: "nx.MultiDiGraph", path: Path, form: str) -> list[Path]:
    """Write a graph in one of `FORMATS`, and give back the files: `path` with the format's ending behind it, for CSV
    two of them. Each file is there whole, or as it was before. `UserError`: no such format."""
    written = []
    for ending, content in graph_bytes(graph, form).items():
        file = path.with_name(path.name + ending)
        rewrite(file, content)
        written.append(file)
    return written


def graph_bytes(graph: "nx.MultiDiGraph", form: str) -> dict[str, bytes]:
    """What the files of a format hold, by their endings. `UserError`: no such format."""
    if form not in _WRITERS:
        raise unknown("graph format", form, FORMATS)
    content = plain_graph(graph)
    return {ending: text(content).encode() for ending, text in _WRITERS[form].items()}
