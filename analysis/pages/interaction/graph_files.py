"""The graph on the page as files: for graph programs, for tables, and as a picture. Each is made when asked for."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from analysis.exports.graphs.files import graph_bytes
from analysis.figures.drawing import drawing
from analysis.figures.kit.files import png, svg
from analysis.figures.kit.theme import LIGHT

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["offer_files"]

Make = Callable[[], "nx.MultiDiGraph"]
FORMS = {
    "GraphML": ("graphml", ".graphml", "application/graphml+xml"),
    "GEXF": ("gexf", ".gexf", "application/gexf+xml"),
    "JSON": ("node-link", ".json", "application/json"),
    "DOT": ("dot", ".dot", "text/vnd.graphviz"),
    "CSV, nodes": ("csv", ".nodes.csv", "text/csv"),
    "CSV, edges": ("csv", ".edges.csv", "text/csv"),
}
HELP = {
    "GraphML": "for igraph, Cytoscape, yEd, networkx",
    "GEXF": "for Gephi",
    "JSON": "node-link, for d3 and networkx",
    "DOT": "for Graphviz",
    "PNG": "a picture of the whole graph, for slides",
    "SVG": "a picture that can be scaled and edited",
}


def offer_files(make: Make, name: str) -> None:
    """A button for each form. `name`: of the files, without ending."""
    with st.container(horizontal=True):
        for label, ending, mime, made in _all(make):
            file, key = f"{name}{ending}", f"take {label}"
            st.download_button(label, made, file, mime, key=key, help=HELP.get(label), on_click="ignore")


def _all(make: Make) -> Iterator[tuple[str, str, str, Callable[[], bytes]]]:
    for label, (form, ending, mime) in FORMS.items():
        yield label, ending, mime, partial(_content, make, form, ending)
    yield "PNG", ".png", "image/png", lambda: png(drawing(make()), background=LIGHT.paper)
    yield "SVG", ".svg", "image/svg+xml", lambda: svg(drawing(make())).encode()


def _content(make: Make, form: str, ending: str) -> bytes:
    return graph_bytes(make(), form)[ending]
