"""Graph files, read by programs other than the one that wrote them; and what hostile text becomes in each."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import igraph
import jsonschema
import networkx as nx
import polars as pl
import pydot
import pytest
from kept_runs import keep

from analysis.exports.graphs.files import FORMATS, LEVELS, NODE_LINK_SCHEMA, write_graph
from analysis.exports.graphs.gexf import LEAST
from analysis.exports.graphs.plain_graph import clean, plain_graph, tokens, typed
from analysis.graphs import graph, graphs_of
from analysis.tables import load
from arena.errors import InfrastructureError, UserError

PLAN = """
name = "files"
world = "commons"
seeds = 2
[cell]
topology = "mesh4"
[factors]
threat = ["on", "off"]
[cast]
agents = "scripted:both_copy?chatter=1"
"""
NASTY = 'a "q" <b>&amp; \\N \\" {x|y} \n\t\r end \x00\x1b[31m \u202eabc \ud800 \ufffe 日本 שלום'
GEXF = "{http://gexf.net/1.3}"
DOT = shutil.which("dot")
needs_dot = pytest.mark.skipif(DOT is None and not os.environ.get("CI"), reason="Graphviz is not installed here")


@pytest.fixture(scope="module")
def graphs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, nx.MultiDiGraph]:
    tables = load(keep(tmp_path_factory.mktemp("runs") / "files", PLAN), cache=False)
    episode = next(found for _, found in graphs_of(tables, "episode"))
    return {"episode": episode, "cell": graph(tables, cell={"threat": "on"}), "model": graph(tables, models=True)}


@pytest.fixture(params=["episode", "cell", "model", "hostile"])
def found(request: pytest.FixtureRequest, graphs: dict[str, nx.MultiDiGraph]) -> nx.MultiDiGraph:
    return hostile() if request.param == "hostile" else graphs[request.param]


def hostile() -> nx.MultiDiGraph:
    made = nx.MultiDiGraph(run=NASTY, episodes=2**70, odd=float("nan"))
    made.add_node(NASTY, kind="agent", name=NASTY, model="x" * 1_000_000, informed=3)
    made.add_node("node", kind=NASTY, informed=2.5, label="own", id="own")
    made.add_node("", outcome="covert_sabotage", valid=True, is_target=True)
    made.add_edge(NASTY, "node", key="e1", type="told", weight=1.0, means=NASTY, seq=1)
    made.add_edge(NASTY, "node", key="e2", type="told", weight=0.0, seq=2, stands=False)
    made.add_edge("node", "node", key="e3", type="protected", weight=1, seq=3, mixed=True)
    made.add_edge("", NASTY, key="e10", type=NASTY, mixed="=1+1", source="own")
    return made


def write(made: nx.MultiDiGraph, folder: Path, form: str) -> Path:
    return write_graph(made, folder / "some.name-1", form)[-1]


def known(made: nx.MultiDiGraph, name: str) -> int:
    return sum(name in data for *_, data in made.edges(data=True))


# ---- GraphML ------------------------------------------------------------------------------------------------------


def test_graphml_is_what_igraph_reads(found: nx.MultiDiGraph, tmp_path: Path) -> None:
    read = igraph.Graph.Read_GraphML(str(write(found, tmp_path, "graphml")))
    content = plain_graph(found)
    assert read.is_directed()
    assert (read.vcount(), read.ecount()) == (found.number_of_nodes(), found.number_of_edges())
    assert read.vs["label"] == [node.label for node in content.nodes]
    assert [edge.tuple for edge in read.es] == [(edge.source, edge.target) for edge in content.edges]
    for elements, types, wanted in (
        (read.vs, content.of_nodes, [node.values for node in content.nodes]),
        (read.es, content.of_edges, [edge.values for edge in content.edges]),
    ):
        for name, type in types.items():
            for value, values in zip(elements[name], wanted, strict=True):
                if name in values:
                    assert value == values[name], name
                else:
                    assert value in ("", False) if type in ("string", "boolean") else value != value
    assert {name: read[name] for name in content.values} == content.values


def test_graphml_keeps_the_rules_of_its_schema(found: nx.MultiDiGraph, tmp_path: Path) -> None:
    """graphml.xsd 1.0: ids are NMTOKENs, unique each for nodes, edges and keys; truth values are XML Schema's."""
    space = "{http://graphml.graphdrawing.org/xmlns}"
    root = ElementTree.parse(write(found, tmp_path, "graphml")).getroot()
    keys = {key.attrib["id"]: key.attrib for key in root.iter(f"{space}key")}
    assert len(keys) == len(list(root.iter(f"{space}key")))
    for tag in ("node", "edge"):
        ids = [element.attrib["id"] for element in root.iter(f"{space}{tag}")]
        assert len(set(ids)) == len(ids)
        assert all(re.fullmatch(r"[\w.-]+", id) for id in ids)
    assert ids == [edge.id for edge in plain_graph(found).edges]
    for tag in ("graph", "node", "edge"):
        for element in root.iter(f"{space}{tag}"):
            for data in element.findall(f"{space}data"):
                key = keys[data.attrib["key"]]
                assert key["for"] == tag
                assert key["attr.type"] in ("boolean", "long", "double", "string")
                if key["attr.type"] == "boolean":
                    assert data.text in ("true", "false")


# ---- GEXF ---------------------------------------------------------------------------------------------------------


def test_gexf_keeps_the_rules_of_its_schema(found: nx.MultiDiGraph, tmp_path: Path) -> None:
    """gexf.xsd, data.xsd and viz.xsd of 1.3: order of elements, required attributes, enumerations, references."""
    root = ElementTree.parse(write(found, tmp_path, "gexf")).getroot()
    assert (root.tag, root.attrib["version"]) == (f"{GEXF}gexf", "1.3")
    meta, drawn = root
    assert [element.tag for element in meta] == [f"{GEXF}creator", f"{GEXF}description"]
    assert drawn.attrib == {"mode": "static", "defaultedgetype": "directed", "idtype": "string"}
    *declared, nodes, edges = drawn
    assert [element.tag for element in declared] == [f"{GEXF}attributes"] * len(declared)
    assert len({element.attrib["class"] for element in declared}) == len(declared)
    types = {element.attrib["class"]: {a.attrib["id"]: a.attrib["type"] for a in element} for element in declared}
    for element in declared:
        assert all(set(a.attrib) == {"id", "title", "type"} for a in element)
        assert len({a.attrib["title"] for a in element}) == len(element)
    assert (nodes.tag, edges.tag) == (f"{GEXF}nodes", f"{GEXF}edges")
    assert (int(nodes.attrib["count"]), int(edges.attrib["count"])) == (len(nodes), len(edges))
    ids = [node.attrib["id"] for node in nodes]
    assert len(set(ids)) == len(ids) == found.number_of_nodes()
    assert len({edge.attrib["id"] for edge in edges}) == len(edges) == found.number_of_edges()
    assert {edge.attrib[end] for edge in edges for end in ("source", "target")} <= set(ids)
    assert all(set(node.attrib) == {"id", "label"} for node in nodes)
    assert {name for edge in edges for name in edge.attrib} <= {"id", "source", "target", "label", "kind", "weight"}
    for kind, elements in (("node", nodes), ("edge", edges)):
        for element in elements:
            _check_values(element, types.get(kind, {}))


def _check_values(element: ElementTree.Element, types: dict[str, str]) -> None:
    read = {"boolean": {"true": True, "false": False}.__getitem__, "long": int, "double": float, "string": str}
    tags = [part.tag.rpartition("}")[2] for part in element]
    assert tags in (["color"], ["attvalues", "color"])
    for values in element.findall(f"{GEXF}attvalues"):
        fors = [value.attrib["for"] for value in values]
        assert len(set(fors)) == len(fors) > 0
        for value in values:
            read[types[value.attrib["for"]]](value.attrib["value"])
    colour = element[-1].attrib
    assert all(0 <= int(colour[part]) <= 255 for part in "rgb")


def test_gexf_keeps_parallel_edges_apart_and_drops_none(found: nx.MultiDiGraph, tmp_path: Path) -> None:
    """Gephi joins edges between two nodes unless they are of different kinds, and drops those of weight 0."""
    root = ElementTree.parse(write(found, tmp_path, "gexf")).getroot()
    content, edges = plain_graph(found), list(root.iter(f"{GEXF}edge"))
    titles = {a.attrib["id"]: a.attrib["title"] for a in root.findall(f".//{GEXF}attributes[@class='edge']/*")}
    for edge, written in zip(content.edges, edges, strict=True):
        assert written.attrib["kind"] == edge.values["type"]
        values = {titles[v.attrib["for"]]: v.attrib["value"] for v in written.iter(f"{GEXF}attvalue")}
        if "weight" in edge.values:
            assert float(written.attrib["weight"]) >= LEAST > 0
            assert float(values["exact_weight"]) == edge.values["weight"]
        assert values["type"] == edge.values["type"]


def test_gexf_is_what_networkx_reads(found: nx.MultiDiGraph, tmp_path: Path) -> None:
    read = nx.read_gexf(write(found, tmp_path, "gexf"), version="1.3")
    assert (read.number_of_nodes(), read.number_of_edges()) == (found.number_of_nodes(), found.number_of_edges())
    assert list(read.nodes) == [node.id for node in plain_graph(found).nodes]


# ---- node-link ----------------------------------------------------------------------------------------------------


def test_node_link_keeps_its_schema_and_refers_to_its_nodes(found: nx.MultiDiGraph, tmp_path: Path) -> None:
    read = json.loads(write(found, tmp_path, "node-link").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(NODE_LINK_SCHEMA)
    jsonschema.validate(read, NODE_LINK_SCHEMA, cls=jsonschema.Draft202012Validator)
    ids = [node["id"] for node in read["nodes"]]
    assert len(set(ids)) == len(ids) == found.number_of_nodes()
    assert {link[end] for link in read["links"] for end in ("source", "target")} <= set(ids)
    assert len({link["key"] for link in read["links"]}) == len(read["links"]) == found.number_of_edges()


def test_node_link_has_every_value(graphs: dict[str, nx.MultiDiGraph], tmp_path: Path) -> None:
    for name, made in graphs.items():
        read = nx.node_link_graph(json.loads(write(made, tmp_path, "node-link").read_text()), edges="links")
        for data in (*(d for _, d in read.nodes(data=True)), *(d for *_, d in read.edges(data=True))):
            del data["label"]
        assert nx.utils.graphs_equal(read, made), name
        assert read.graph == made.graph


# ---- DOT ----------------------------------------------------------------------------------------------------------


@needs_dot
def test_dot_is_drawn_by_graphviz(found: nx.MultiDiGraph, tmp_path: Path) -> None:
    file = write(found, tmp_path, "dot")
    assert DOT, "Graphviz must be there where tests are run for good"
    drawn = subprocess.run([DOT, "-Tjson", file], capture_output=True, check=True, text=True, encoding="utf-8")
    assert drawn.stderr == ""
    read = json.loads(drawn.stdout)
    content = plain_graph(found)
    names = {each["_gvid"]: each["name"] for each in read["objects"]}
    assert [names[number] for number in sorted(names)] == [node.token for node in content.nodes]
    assert sorted((names[e["tail"]], names[e["head"]], e["id"]) for e in read["edges"]) == sorted(
        (content.nodes[e.source].token, content.nodes[e.target].token, e.id) for e in content.edges
    )
    picture = subprocess.run([DOT, "-Tsvg", file], capture_output=True, check=True)
    assert picture.stderr == b""
    assert ElementTree.fromstring(picture.stdout).tag.endswith("svg")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")  # what pydot asks of its parser
def test_dot_is_what_pydot_parses(found: nx.MultiDiGraph, tmp_path: Path) -> None:
    (read,) = pydot.graph_from_dot_data(write(found, tmp_path, "dot").read_text(encoding="utf-8"))
    nodes = [node for node in read.get_nodes() if node.get_name() not in ("node", "edge", "graph")]
    assert (len(nodes), len(read.get_edges())) == (found.number_of_nodes(), found.number_of_edges())
    content = plain_graph(found)
    types = {edge.get("id").strip('"'): edge.get("strength") for edge in read.get_edges()}
    assert set(types) == {edge.id for edge in content.edges}


def test_dot_hides_and_turns_round_nothing(tmp_path: Path) -> None:
    text = write(hostile(), tmp_path, "dot").read_text(encoding="utf-8")
    assert len(text) < 20_000
    assert "\u202e" not in text
    assert "\x1b" not in text
    assert "&lt;U+202E&gt;" in text
    assert "&lt;b&gt;&amp;amp;" in text


def test_dot_shows_types_in_the_colours_of_all_figures(graphs: dict[str, nx.MultiDiGraph], tmp_path: Path) -> None:
    from analysis.figures.kit.theme import EDGE_COLOURS

    text = write(graphs["episode"], tmp_path, "dot").read_text()
    for type in {data["type"] for *_, data in graphs["episode"].edges(data=True)}:
        assert f'color="{EDGE_COLOURS[type]}' in text
        assert f"</FONT> {type.replace('_', ' ')}</TD>" in text


def table(file: Path) -> list[dict[str, str]]:
    csv.field_size_limit(2_000_000)
    return list(csv.DictReader(io.StringIO(file.read_bytes().decode(), newline="")))


# ---- CSV ----------------------------------------------------------------------------------------------------------


def test_csv_is_two_tables(found: nx.MultiDiGraph, tmp_path: Path) -> None:
    files = write_graph(found, tmp_path / "g.x", "csv")
    assert [file.name for file in files] == ["g.x.nodes.csv", "g.x.edges.csv"]
    content = plain_graph(found)
    rows = [table(file) for file in files]
    assert [len(each) for each in rows] == [found.number_of_nodes(), found.number_of_edges()]
    assert [row["Id"].removeprefix("'") for row in rows[0]] == [node.id for node in content.nodes]
    ids = {row["Id"] for row in rows[0]}
    assert {row[end] for row in rows[1] for end in ("Source", "Target")} <= ids
    assert {row["Type"] for row in rows[1]} == {"Directed"}
    for row, edge in zip(rows[1], content.edges, strict=True):
        assert row["Kind"] == edge.values["type"]
        assert row["Weight"] == str(edge.values.get("weight", ""))
    frames = [pl.read_csv(file, infer_schema_length=None) for file in files]
    assert [frame.height for frame in frames] == [found.number_of_nodes(), found.number_of_edges()]
    assert frames[1]["Weight"].sum() == sum(d.get("weight", 0) for *_, d in found.edges(data=True))


def test_csv_gives_a_spreadsheet_no_formula(tmp_path: Path) -> None:
    rows = table(write(hostile(), tmp_path, "csv"))
    assert [row["mixed"] for row in rows] == ["", "", "true", "'=1+1"]


# ---- all of them --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_equal_graphs_are_equal_bytes(form: str, graphs: dict[str, nx.MultiDiGraph], tmp_path: Path) -> None:
    once = write(graphs["cell"], tmp_path, form).read_bytes()
    assert write(graphs["cell"], tmp_path, form).read_bytes() == once
    assert not [file for file in tmp_path.iterdir() if file.name.startswith(".")]


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_graph_is_a_whole_file(form: str, tmp_path: Path) -> None:
    assert all(file.read_text() for file in write_graph(nx.MultiDiGraph(), tmp_path / "none", form))


def test_an_unknown_format_and_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"unknown graph format 'gml' .*valid: graphml, gexf, node-link, dot, csv"):
        write_graph(nx.MultiDiGraph(), tmp_path / "x", "gml")
    with pytest.raises(InfrastructureError, match="cannot write"):
        write_graph(nx.MultiDiGraph(), tmp_path / "no" / "x", "gexf")
    assert LEVELS == ("run", "cell", "episode")


def test_text_keeps_all_but_what_xml_cannot_hold() -> None:
    assert clean("a\tb\nc\r \u202e é 日本\U0001f600") == "a\tb\nc\r \u202e é 日本\U0001f600"
    assert clean("\x00\x1b\x7f\ud800\ufffe") == "␀␛␡<U+D800><U+FFFE>"


def test_an_attribute_has_one_type() -> None:
    types, rows = typed([{"a": 1, "b": True, "c": 1, "d": None}, {"a": 2.5, "b": 1, "c": 2**63, "e": float("inf")}])
    assert types == {"a": "double", "b": "string", "c": "string"}
    assert rows == [{"a": 1.0, "b": "true", "c": "1"}, {"a": 2.5, "b": "1", "c": "9223372036854775808"}]


def test_names_that_a_format_has_for_itself_give_way() -> None:
    types, rows = typed([{"id": 1, "Source": 2, "source": 3, "": 4}], {"id", "source"})
    assert list(types) == ["id_", "Source_", "source_", "_"]
    assert rows == [{"id_": 1, "Source_": 2, "source_": 3, "_": 4}]


def test_tokens_stay_apart() -> None:
    assert tokens(["a b", "a:b", "a_b_2", "", "é"]) == ["a_b", "a_b_3", "a_b_2", "_", "é"]


def test_a_drawing_is_laid_out_by_deeds_where_there_are_any(graphs: dict[str, nx.MultiDiGraph], tmp_path: Path) -> None:
    lines = write(graphs["cell"], tmp_path, "dot").read_text(encoding="utf-8").splitlines()
    edges = [line for line in lines if " -> " in line]
    free = [line for line in edges if 'constraint="false"' in line]
    assert free == [line for line in edges if 'type="told"' in line]
    assert 0 < len(free) < len(edges)
    talk = nx.MultiDiGraph()
    talk.add_edge("a", "b", key="e1", type="told", weight=1.0)
    assert "constraint" not in write(talk, tmp_path, "dot").read_text(encoding="utf-8")


def test_a_drawing_says_of_how_many_episodes_it_is_and_what_its_numbers_are(
    graphs: dict[str, nx.MultiDiGraph], tmp_path: Path
) -> None:
    cell = write(graphs["cell"], tmp_path, "dot").read_text(encoding="utf-8")
    assert "2 valid episodes" in cell
    assert "per episode" in cell
    assert "line of the log" in write(graphs["episode"], tmp_path, "dot").read_text(encoding="utf-8")
