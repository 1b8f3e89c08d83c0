"""Whatever names and attributes are made of, each format keeps every node and edge, for another reader."""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from xml.etree import ElementTree

import igraph
import jsonschema
import networkx as nx
import polars as pl
import pydot
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.exports.graphs.files import NODE_LINK_SCHEMA, write_graph
from analysis.exports.graphs.plain_graph import plain_graph

DOT = shutil.which("dot")
GEXF = "{http://gexf.net/1.3}"
TEXT = st.one_of(
    st.text(max_size=20),
    st.text(st.characters(categories=["Cc", "Cf", "Cs", "Co", "Cn", "Po", "Zs", "Zl"]), max_size=8),
    st.sampled_from(
        ["", "node", "graph", "label", "id", "source", "<b>", "&lt;", '"', "\\", '\\"', "\\N", "]]>", "=1+1"]
    ),
)
VALUES = st.one_of(st.booleans(), st.integers(), st.floats(allow_subnormal=False), TEXT, st.none())
NAMES = st.one_of(
    TEXT, st.sampled_from(["kind", "name", "model", "outcome", "type", "weight", "means", "seq", "stands"])
)
ATTRIBUTES = st.dictionaries(NAMES, VALUES, max_size=5)


@st.composite
def graphs(draw: st.DrawFn) -> nx.MultiDiGraph:
    made = nx.MultiDiGraph()
    made.graph.update(draw(ATTRIBUTES))
    names = draw(st.lists(TEXT, min_size=1, max_size=6, unique=True))
    for name in names:
        made.add_node(name)
        made.nodes[name].update(draw(ATTRIBUTES))
    ends = st.sampled_from(names)
    for source, target in draw(st.lists(st.tuples(ends, ends), max_size=8)):
        key = made.add_edge(source, target)
        made.edges[source, target, key].update(draw(ATTRIBUTES))
    return made


def written(made: nx.MultiDiGraph, form: str, folder: str) -> list[Path]:
    return write_graph(made, Path(folder) / "g", form)


def size(made: nx.MultiDiGraph) -> tuple[int, int]:
    return made.number_of_nodes(), made.number_of_edges()


@pytest.mark.slow
@settings(deadline=None)
@given(graphs())
def test_igraph_reads_every_node_and_edge_of_graphml(made: nx.MultiDiGraph) -> None:
    with tempfile.TemporaryDirectory() as folder:
        read = igraph.Graph.Read_GraphML(str(written(made, "graphml", folder)[0]))
    content = plain_graph(made)
    assert (read.vcount(), read.ecount()) == size(made)
    assert read.vs["label"] == [node.label for node in content.nodes]
    assert [edge.tuple for edge in read.es] == [(edge.source, edge.target) for edge in content.edges]
    for edge, each in zip(read.es, content.edges, strict=True):
        names = {
            name: name.replace("&", "&#38;") for name in each.values
        }  # how its parser hands `&` in names to igraph
        found = {name: edge[said] for name, said in names.items()}
        assert found == {name: float(v) if type(v) is int else v for name, v in each.values.items()}  # it has no others


@pytest.mark.slow
@settings(deadline=None)
@given(graphs())
def test_gexf_is_xml_with_every_node_edge_and_value(made: nx.MultiDiGraph) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = ElementTree.parse(written(made, "gexf", folder)[0]).getroot()
    nodes, edges = list(root.iter(f"{GEXF}node")), list(root.iter(f"{GEXF}edge"))
    assert (len(nodes), len(edges)) == size(made)
    content = plain_graph(made)
    assert [node.attrib["id"] for node in nodes] == [node.id for node in content.nodes]
    ids = {node.attrib["id"] for node in nodes}
    assert all(edge.attrib["source"] in ids and edge.attrib["target"] in ids for edge in edges)
    for node, each in zip(nodes, content.nodes, strict=True):
        found = {value.attrib["for"]: value.attrib["value"] for value in node.iter(f"{GEXF}attvalue")}
        texts = {str(n): name for n, (name, type) in enumerate(content.of_nodes.items()) if type == "string"}
        assert {texts[n]: value for n, value in found.items() if n in texts} == {
            name: value for name, value in each.values.items() if name in texts.values()
        }


@pytest.mark.slow
@settings(deadline=None)
@given(graphs())
def test_node_link_keeps_its_schema(made: nx.MultiDiGraph) -> None:
    with tempfile.TemporaryDirectory() as folder:
        read = json.loads(written(made, "node-link", folder)[0].read_bytes())
    jsonschema.validate(read, NODE_LINK_SCHEMA, cls=jsonschema.Draft202012Validator)
    assert (len(read["nodes"]), len(read["links"])) == size(made)
    assert size(nx.node_link_graph(read, edges="links")) == size(made)


@pytest.mark.slow
@settings(deadline=None)
@given(graphs())
def test_polars_reads_every_row_of_csv(made: nx.MultiDiGraph) -> None:
    with tempfile.TemporaryDirectory() as folder:
        frames = [pl.read_csv(file, infer_schema=False) for file in written(made, "csv", folder)]
    assert tuple(frame.height for frame in frames) == size(made)
    assert set(frames[1]["Source"]) | set(frames[1]["Target"]) <= set(frames[0]["Id"])


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")  # what pydot asks of its parser
@settings(deadline=None, max_examples=30)
@given(graphs())
def test_pydot_parses_every_node_and_edge_of_dot(made: nx.MultiDiGraph) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (read,) = pydot.graph_from_dot_data(written(made, "dot", folder)[0].read_text(encoding="utf-8"))
    wanted = [f'"{node.token}"' for node in plain_graph(made).nodes]
    assert [node.get_name() for node in read.get_nodes() if node.get_name() not in ("node", "edge", "graph")] == wanted
    assert len(read.get_edges()) == made.number_of_edges()


@pytest.mark.slow
@pytest.mark.skipif(DOT is None and not os.environ.get("CI"), reason="Graphviz is not installed here")
@settings(deadline=None, max_examples=15)
@given(graphs())
def test_graphviz_draws_every_node_and_edge_of_dot(made: nx.MultiDiGraph) -> None:
    assert DOT, "Graphviz must be there where tests are run for good"
    with tempfile.TemporaryDirectory() as folder:
        file = written(made, "dot", folder)[0]
        drawn = subprocess.run([DOT, "-Tjson", file], capture_output=True, check=True)
    assert drawn.stderr == b""
    read = json.loads(drawn.stdout)
    assert (len(read["objects"]), len(read.get("edges", []))) == size(made)
