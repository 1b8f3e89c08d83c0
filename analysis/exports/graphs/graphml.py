"""A graph as GraphML 1.0 (Brandes et al. 2002), for igraph, Cytoscape, yEd, networkx.

`networkx` writes edge ids that are the same for edges between other nodes, and truth values as Python does: igraph and
the schema want neither.
"""

from collections.abc import Iterator, Mapping

from analysis.exports.graphs.plain_graph import PlainGraph, Value, xml_value
from analysis.exports.graphs.xml_text import attribute, content

__all__ = ["graphml"]

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns"
         xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
         xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">"""


def graphml(plain: PlainGraph) -> str:
    """The text of the file. Every node and edge has an attribute `label`; ids of nodes are their tokens."""
    return "\n".join([*_lines(plain), ""])


def _lines(plain: PlainGraph) -> Iterator[str]:
    yield _HEAD
    for scope, types in (
        ("graph", plain.of_graph),
        ("node", {"label": "string", **plain.of_nodes}),
        ("edge", {"label": "string", **plain.of_edges}),
    ):
        for number, (name, type) in enumerate(types.items()):
            yield f'  <key id="{scope[0]}{number}" for="{scope}" attr.name={attribute(name)} attr.type="{type}"/>'
    yield '  <graph id="G" edgedefault="directed">'
    yield from _data("g", plain.values, plain.of_graph, "    ")
    of_nodes, of_edges = ["label", *plain.of_nodes], ["label", *plain.of_edges]
    for node in plain.nodes:
        yield f"    <node id={attribute(node.token)}>"
        yield from _data("n", {"label": node.label, **node.values}, of_nodes, "      ")
        yield "    </node>"
    ids = [attribute(node.token) for node in plain.nodes]
    for edge in plain.edges:
        yield f"    <edge id={attribute(edge.id)} source={ids[edge.source]} target={ids[edge.target]}>"
        yield from _data("e", {"label": edge.label, **edge.values}, of_edges, "      ")
        yield "    </edge>"
    yield "  </graph>"
    yield "</graphml>"


def _data(
    prefix: str, values: Mapping[str, Value], names: "list[str] | Mapping[str, str]", indent: str
) -> Iterator[str]:
    for number, name in enumerate(names):
        if name in values:
            yield f'{indent}<data key="{prefix}{number}">{content(xml_value(values[name]))}</data>'
