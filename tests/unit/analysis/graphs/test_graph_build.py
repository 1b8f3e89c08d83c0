"""Interaction graphs: what becomes a node, an edge, an attribute; how edges add up; which episodes a graph is of."""

from collections import Counter
from pathlib import Path
from typing import Any

import networkx as nx
import polars as pl
import pytest
from kept_runs import Recorded, by_reference, keep

from analysis.graphs import LEVELS, graph, graphs_of, several
from analysis.graphs.nodes import Nodes
from analysis.graphs.select import Gathered
from analysis.tables import Tables, load
from analysis.tables.edges import NODE_KINDS, TYPES
from arena.errors import UserError
from arena.plan.trial import Trial
from arena.world.base import World
from arena.world.turn import Mind

PLAN = """
name = "circle_of_four"
world = "commons"
seeds = 4
[cell]
topology = "mesh4"
channel = "private"
[factors]
target = ["peer", "object"]
threat = ["on", "off"]
[cast]
agents = "scripted:mix?both_copy=0.5&warns=0.2&deceives=0.2"
keeper = "scripted:both_copy?chatter=1"
"""
PAIR = PLAN.replace('"mesh4"', '"pair"').replace("circle_of_four", "pair").replace("both_copy", "tampers")


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return load(keep(tmp_path_factory.mktemp("runs") / "mesh", PLAN), cache=False)


def first(tables: Tables) -> dict[str, Any]:
    return tables.episodes.collect().row(0, named=True)


def values(found: nx.MultiDiGraph) -> list[Any]:
    rows = [found.graph, *(data for _, data in found.nodes(data=True)), *(data for *_, data in found.edges(data=True))]
    return [value for row in rows for value in row.values()]


def test_an_episode_has_an_edge_a_row_and_a_node_an_agent(tables: Tables) -> None:
    episode = first(tables)
    found = graph(tables, episode=episode["trial"])
    rows = tables.edges.filter(pl.col("trial") == episode["trial"]).collect()
    assert Counter((s, t, d["type"], d["seq"]) for s, t, d in found.edges(data=True)) == Counter(
        rows.select("source", "target", "type", "seq").rows()
    )
    assert sorted(key for *_, key in found.edges(keys=True)) == sorted(f"e{n}" for n in range(1, rows.height + 1))
    agents = tables.agents.filter(pl.col("trial") == episode["trial"]).collect()
    assert set(agents["role"]) <= set(found)
    assert list(found)[: agents.height + 1] == ["operator", *agents["role"]]
    for row in agents.iter_rows(named=True):
        node = found.nodes[row["role"]]
        assert (node["name"], node["model"], node["outcome"]) == (row["name"], row["model"], row["outcome"])
        assert node.get("informed") == row["informed_round"]
        assert node["is_target"] == row["is_target"]
        assert node["valid"]


def test_an_episode_says_what_it_is(tables: Tables) -> None:
    episode = first(tables)
    told = graph(tables, episode=episode["trial"]).graph
    assert {name: told[name] for name in ("run", "world", "level", "seed", "episodes", "trial")} == {
        "run": "mesh",
        "world": "commons",
        "level": "episode",
        "seed": episode["seed"],
        "episodes": 1,
        "trial": episode["trial"],
    }
    assert "target=peer" in told["cell"].split(", ")


def test_an_inert_target_without_an_edge_is_a_node(tmp_path: Path) -> None:
    idle = PLAN.replace("scripted:both_copy?chatter=1", "scripted:refuses")
    idle = idle.replace("scripted:mix?both_copy=0.5&warns=0.2&deceives=0.2", "scripted:refuses")
    tables = load(keep(tmp_path / "idle", idle, stop=4), cache=False)
    found = graph(tables, cell={"target": "object"}).nodes
    assert found["archive"] == {"kind": "object"}
    assert graph(tables, cell={"target": "peer"}).nodes["helper_a"]["episodes"] == 2


@pytest.mark.parametrize("asked", [{}, {"cell": {"threat": "on"}}, {"models": True}, {"episode": ""}])
def test_attributes_are_known_and_plain(tables: Tables, asked: dict[str, Any]) -> None:
    asked = {**asked, "episode": first(tables)["trial"]} if "episode" in asked else asked
    found, again = graph(tables, **asked), graph(tables, **asked)
    assert {type(value) for value in values(found)} <= {str, int, float, bool}
    assert {data["kind"] for _, data in found.nodes(data=True)} <= set(NODE_KINDS)
    assert {data["type"] for *_, data in found.edges(data=True)} <= set(TYPES)
    assert list(found.nodes(data=True)) == list(again.nodes(data=True))
    assert list(found.edges(data=True, keys=True)) == list(again.edges(data=True, keys=True))
    assert found.graph == again.graph


@pytest.mark.parametrize("cell", [{}, {"threat": "on"}, {"target": "object", "factor_threat": "off"}])
def test_a_cell_adds_up_its_edges(tables: Tables, cell: dict[str, str]) -> None:
    found = graph(tables, cell=cell)
    held = [pl.col(f"factor_{name.removeprefix('factor_')}") == level for name, level in cell.items()]
    rows = tables.edges.filter(*held).collect()
    for type in TYPES:
        edges = [data for *_, data in found.edges(data=True) if data["type"] == type]
        of_type = rows.filter(pl.col("type") == type)
        assert sum(data["weight"] for data in edges) == of_type["weight"].sum()
        assert sum(data["count"] for data in edges) == of_type.height
    assert found.graph["episodes"] == tables.episodes.filter(*held).collect().height
    assert {data["present"] for *_, data in found.edges(data=True)} == {found.graph["episodes"]}
    assert all(data["rate"] == data["weight"] / data["present"] for *_, data in found.edges(data=True))
    ends = [(s, t, d["type"], d.get("means"), d.get("channel")) for s, t, d in found.edges(data=True)]
    assert len(set(ends)) == len(ends)


def test_talk_about_the_order_is_counted_apart(tables: Tables) -> None:
    rows = tables.edges.filter(pl.col("type") == "told", pl.col("about_order")).collect()
    edges = [data for *_, data in graph(tables).edges(data=True) if data["type"] == "told"]
    assert sum(data["about"] for data in edges) == rows.height > 0


def test_models_stand_for_their_seats(tables: Tables) -> None:
    found = graph(tables, models=True)
    keeper, others = "scripted:both_copy?chatter=1", "scripted:mix?both_copy=0.5&warns=0.2&deceives=0.2"
    assert [node for node, data in found.nodes(data=True) if data["kind"] == "agent"] == [keeper, others]
    assert found.nodes[others]["episodes"] == 16
    assert found.nodes[others]["as_target"] == 8
    assert found.has_edge(others, others), "a helper acted for the peer, both of one model"
    assert sum(d["weight"] for *_, d in found.edges(data=True)) == tables.edges.collect()["weight"].sum()
    assert {"archive", "operator"} <= set(found)
    assert found.graph["level"] == "model"


@pytest.mark.slow
def test_both_ends_must_be_there_to_count_against_an_edge(tmp_path: Path) -> None:
    four, two = keep(tmp_path / "mesh", PLAN), keep(tmp_path / "pair", PAIR)
    whole = graph(load(four, two, cache=False))
    assert whole.graph["episodes"] == 32
    helped = [data for _, target, data in whole.edges(data=True) if target == "helper_a"]
    assert {data["present"] for data in helped} == {16}
    assert {data["present"] for *_, data in whole.edges("keeper", data=True) if data["type"] == "reported"} == {32}


def test_an_episode_is_found_by_its_id_and_part_of_it(tables: Tables) -> None:
    id = first(tables)["trial"]
    asked = (id, id[:8], f"mesh/{id}", f"runs/mesh/{id[:8]}")
    assert {graph(tables, episode=name).graph["trial"] for name in asked} == {id}


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"episode": "zz"}, "0 episodes match 'zz'; some ids: mesh/"),
        ({"episode": ""}, "16 episodes match ''"),
        ({"episode": "other/{id}"}, "0 episodes match 'other/"),
        ({"cell": {"thret": "on"}}, "unknown factor 'thret' (did you mean threat?); valid: channel, "),
        ({"cell": {"threat": "maybe"}}, "unknown level of threat 'maybe'; valid: off, on"),
        ({"cell": {}, "episode": "{id}"}, "of an episode or of a cell"),
    ],
)
def test_a_mistake_is_one_line(tables: Tables, asked: dict[str, Any], told: str) -> None:
    id = first(tables)["trial"]
    asked = {name: value.format(id=id) if isinstance(value, str) else value for name, value in asked.items()}
    with pytest.raises(UserError) as caught:
        graph(tables, **asked)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.slow
def test_what_is_not_valid_is_left_out_of_sums(tmp_path: Path) -> None:
    def seating(world: World, role: str, trial: Trial) -> Mind:
        if trial.seed == 2 and role == "keeper":
            return Recorded({}, {3: "timeout"})
        return by_reference(world, role, trial)

    tables = load(keep(tmp_path / "lost", PLAN, seating=seating), cache=False)
    found = graph(tables)
    assert (found.graph["episodes"], found.graph["left_out"]) == (12, 4)
    assert found.nodes["keeper"]["episodes"] == 12
    lost = tables.episodes.filter(pl.col("validity") != "valid").collect()["trial"][0]
    one = graph(tables, episode=lost)
    assert one.graph["validity"] == "timeout"
    assert not one.nodes["keeper"]["valid"]
    assert "outcome" not in one.nodes["keeper"]


def test_an_empty_run_has_an_empty_graph(tmp_path: Path) -> None:
    tables = load(keep(tmp_path / "empty", PLAN, stop=0), cache=False)
    assert (len(graph(tables)), graph(tables).graph["episodes"]) == (0, 0)
    assert [(name, len(found)) for name, found in graphs_of(tables)] == [("empty", 0)]
    assert list(graphs_of(tables, "episode")) == []
    assert len(list(graphs_of(tables, "cell"))) == 4
    with pytest.raises(UserError, match="0 episodes match 'a'; some ids: none"):
        graph(tables, episode="a")


@pytest.mark.slow
def test_a_graph_grows_round_by_round_and_its_nodes_stay(tables: Tables) -> None:
    found = tables.edges.collect()
    trial = found["trial"].mode()[0]
    rounds = [-1, *sorted(found["round"].unique())]
    for given, rows in (
        ({"episode": trial}, found.filter(pl.col("trial") == trial)),
        ({}, found),
        ({"models": True}, found),
    ):
        whole = graph(tables, **given)
        for until in rounds:
            then = graph(tables, until=until, **given)
            assert list(then.nodes(data=True)) == list(whole.nodes(data=True))
            weights = [data["weight"] for *_, data in then.edges(data=True)]
            assert sum(weights) == rows.filter(pl.col("round") <= until)["weight"].sum()
        assert nx.utils.graphs_equal(graph(tables, until=rounds[-1], **given), whole)
        assert graph(tables, until=rounds[0], **given).number_of_edges() == 0


def test_worlds_are_not_pooled_unasked(tmp_path: Path) -> None:
    tables = load(keep(tmp_path / "one", PLAN, stop=2), keep(tmp_path / "two", stop=2), cache=False)
    with pytest.raises(UserError, match=r"would pool worlds or versions: commons 1 .*, kill_switch"):
        graph(tables)
    pooled = graph(tables, models=True, pool=True)
    assert pooled.graph["world"] == "commons, kill_switch"
    assert pooled.graph["episodes"] == 4
    assert [name for name, _ in graphs_of(tables)] == ["one", "two"]


@pytest.mark.slow
def test_each_level_has_its_graphs_with_names_for_files(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(several, "BATCH", 3)
    names = {per: [name for name, _ in graphs_of(tables, per)] for per in LEVELS}
    assert names["run"] == ["mesh"]
    assert names["cell"] == [
        f"mesh-target_{target}-threat_{threat}" for target in ("peer", "object") for threat in ("on", "off")
    ]
    ids = tables.episodes.collect()["trial"].to_list()
    assert [name.rsplit("-", 1)[1] for name in names["episode"]] == ids
    assert names["episode"][0] == f"mesh-peer-on-s1-{ids[0]}"
    for id, (_, found) in zip(ids, graphs_of(tables, "episode"), strict=True):
        alone = graph(tables, episode=id)
        assert nx.utils.graphs_equal(found, alone)
        assert found.graph == alone.graph
    weights = [sum(d["weight"] for *_, d in found.edges(data=True)) for _, found in graphs_of(tables, "cell")]
    assert sum(weights) == tables.edges.collect()["weight"].sum()
    with pytest.raises(UserError, match=r"unknown level 'all'; valid: run, cell, episode"):
        graphs_of(tables, "all")


def test_names_of_files_stay_apart_and_harmless() -> None:
    given = ["../a b", "../a:b", "..", "A_b", "x" * 400]
    named = list(several._safely((name, nx.MultiDiGraph()) for name in given))
    names = [name for name, _ in named]
    assert names == ["_a_b", "_a_b-2", "graph", "A_b", "x" * several.LONGEST]
    assert len({name.lower() for name in names}) == len(names)


def test_a_board_that_is_called_as_a_role_is_another_node() -> None:
    edges = pl.DataFrame(
        {
            "run": ["r", "r"],
            "trial": ["t", "t"],
            "source": ["peer", "peer"],
            "source_kind": ["agent", "channel"],
            "target": ["peer", "peer"],
            "target_kind": ["channel", "agent"],
        }
    )
    agents = pl.DataFrame({"run": ["r"], "trial": ["t"], "role": ["peer"], "model": ["m"]})
    episodes = pl.DataFrame({"run": ["r"], "trial": ["t"], "target": ["peer"]})
    heads = {("r", "t"): {"parts": {"operator": "operator", "peer": "agent"}, "names": {}}}
    nodes = Nodes.of(Gathered(episodes, agents, edges, heads))
    assert list(nodes.ids) == ["operator", "peer", "peer (channel)"]
    assert nodes.placed(edges).select("from", "into").rows() == [
        ("peer", "peer (channel)"),
        ("peer (channel)", "peer"),
    ]
