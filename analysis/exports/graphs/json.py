"""A graph as node-link JSON, as d3's `forceLink().id(d => d.id)` and `networkx.node_link_graph` take it."""

from collections.abc import Mapping
from typing import Any

import orjson

from analysis.exports.graphs.plain_graph import PlainGraph

__all__ = ["NODE_LINK_SCHEMA", "node_link"]

_SCALAR = {"type": ["string", "number", "boolean"]}
NODE_LINK_SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Interaction graph, node-link",
    "type": "object",
    "required": ["directed", "multigraph", "graph", "nodes", "links"],
    "additionalProperties": False,
    "properties": {
        "directed": {"const": True},
        "multigraph": {"const": True},
        "graph": {"type": "object", "additionalProperties": _SCALAR},
        "nodes": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "label"],
                "properties": {"id": {"type": "string"}, "label": {"type": "string"}},
                "additionalProperties": _SCALAR,
            },
        },
        "links": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["key", "source", "target", "label"],
                "properties": {name: {"type": "string"} for name in ("key", "source", "target", "label")},
                "additionalProperties": _SCALAR,
            },
        },
    },
}
"""What every file holds to (JSON Schema 2020-12): `source` and `target` are ids of nodes, `key` is the edge's own."""


def node_link(plain: PlainGraph) -> str:
    """The text of the file."""
    ids = [node.id for node in plain.nodes]
    whole = {
        "directed": True,
        "multigraph": True,
        "graph": plain.values,
        "nodes": [{"id": node.id, "label": node.label, **node.values} for node in plain.nodes],
        "links": [
            {
                "key": edge.id,
                "source": ids[edge.source],
                "target": ids[edge.target],
                "label": edge.label,
                **edge.values,
            }
            for edge in plain.edges
        ],
    }
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()
