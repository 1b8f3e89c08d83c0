"""A graph as GEXF 1.3 (https://gexf.net, `gexf.xsd`), for Gephi.

`networkx` takes an edge's attribute `type` for its direction and knows no `kind`: Gephi would join edges of different
types between the same two nodes.
"""

from collections.abc import Iterator, Mapping

from analysis.exports.graphs.plain_graph import PlainGraph, Value, Values, xml_value
from analysis.exports.graphs.xml_text import attribute, content
from analysis.figures.kit.theme import EDGE_COLOURS, OUTCOME_COLOURS, VALID

__all__ = ["LEAST", "gexf"]

LEAST = 0.001  # Gephi drops an edge of weight 0: its exact weight stands in the attribute `exact_weight`
_EXACT = "exact_weight"
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz"
      xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
      xsi:schemaLocation="http://gexf.net/1.3 http://gexf.net/1.3/gexf.xsd" version="1.3">"""


def gexf(plain: PlainGraph) -> str:
    """The text of the file. Edges have their type as `kind`, so that parallel ones of different types stay apart."""
    return "\n".join([*_lines(plain), ""])


def _lines(plain: PlainGraph) -> Iterator[str]:
    yield _HEAD
    about = ", ".join(f"{name}: {xml_value(value)}" for name, value in plain.values.items())
    yield f"  <meta><creator>peer-arena</creator><description>{content(about)}</description></meta>"
    yield '  <graph mode="static" defaultedgetype="directed" idtype="string">'
    names = list(plain.of_nodes)
    of_edges = {name: type for name, type in plain.of_edges.items() if name not in ("weight", _EXACT)}
    of_edges |= {_EXACT: "double"} if _weighted(plain) else {}
    yield from _declared("node", plain.of_nodes)
    yield from _declared("edge", of_edges)
    yield f'    <nodes count="{len(plain.nodes)}">'
    for node in plain.nodes:
        yield f"      <node id={attribute(node.id)} label={attribute(node.label)}>"
        yield from _values(names, node.values)
        yield f"        <viz:color {_colour(OUTCOME_COLOURS, node.values.get('outcome'))}/>"
        yield "      </node>"
    yield f'    </nodes>\n    <edges count="{len(plain.edges)}">'
    ids = [attribute(node.id) for node in plain.nodes]
    for edge in plain.edges:
        weight = edge.values.get("weight") if _weighted(plain) else None
        kind = xml_value(edge.values.get("type", ""))
        more = f" kind={attribute(kind)}" if kind else ""
        more += f' weight="{max(float(weight), LEAST)}"' if weight is not None else ""
        yield (
            f"      <edge id={attribute(edge.id)} source={ids[edge.source]} target={ids[edge.target]}"
            f" label={attribute(edge.label)}{more}>"
        )
        yield from _values(list(of_edges), {**edge.values, _EXACT: weight})
        yield f"        <viz:color {_colour(EDGE_COLOURS, kind)}/>"
        yield "      </edge>"
    yield "    </edges>\n  </graph>\n</gexf>"


def _weighted(plain: PlainGraph) -> bool:
    """Whether weights are numbers."""
    return plain.of_edges.get("weight") in ("long", "double")


def _declared(scope: str, types: Mapping[str, str]) -> Iterator[str]:
    if types:
        yield f'    <attributes class="{scope}">'
        for number, (name, type) in enumerate(types.items()):
            yield f'      <attribute id="{number}" title={attribute(name)} type="{type}"/>'
        yield "    </attributes>"


def _values(names: list[str], values: Mapping[str, Value | None] | Values) -> Iterator[str]:
    found = [(number, values.get(name)) for number, name in enumerate(names)]
    said = [f'<attvalue for="{number}" value={attribute(xml_value(it))}/>' for number, it in found if it is not None]
    if said:
        yield f"        <attvalues>{''.join(said)}</attvalues>"


def _colour(colours: Mapping[str, str], key: Value | None) -> str:
    shade = colours.get(str(key), VALID)
    return " ".join(f'{name}="{int(shade[at : at + 2], 16)}"' for name, at in (("r", 1), ("g", 3), ("b", 5)))
