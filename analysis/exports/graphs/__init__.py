"""Interaction graphs as files that other programs open."""

from analysis.exports.graphs.files import FORMATS, graph_bytes, write_graph
from analysis.exports.graphs.json import NODE_LINK_SCHEMA

__all__ = ["FORMATS", "NODE_LINK_SCHEMA", "graph_bytes", "write_graph"]
