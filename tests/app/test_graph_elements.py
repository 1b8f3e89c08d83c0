"""The interactive drawing: what is drawn of a graph, that nothing moves between rounds, that no text becomes markup."""

from html import unescape
from typing import Any

import networkx as nx
import polars as pl
import pytest

from analysis.figures.kit.theme import EDGE_COLOURS, EDGE_DASHES, NODE_SHAPES
from analysis.pages.interaction.drawing.appearance import style_rules
from analysis.pages.interaction.drawing.elements import SPACER, DrawnGraph, GraphFilter, drawn_graph, elements
from analysis.pages.interaction.graphs import ROWS

HOSTILE = '<img src=x onerror="document.title=1"><script>alert(1)</script>' + "x" * 10_000
KINDS = {"operator": "operator", "keeper": "agent", "peer": "agent"}


def rows(*given: tuple[str, str, str, int, float]) -> pl.DataFrame:
    """Edges: from, into, type, round, weight."""
    each = [
        ("r", "t", a, b, kind, at, seq, None, None, weight > 0, weight)
        for seq, (a, b, kind, at, weight) in enumerate(given)
    ]
    texts = {name: pl.String() for name in ("run", "trial", "from", "into", "type", "means", "channel")}
    schema = {**dict.fromkeys(ROWS, pl.Int64()), **texts, "stands": pl.Boolean(), "weight": pl.Float64()}
    return pl.DataFrame(each, schema, orient="row")


def graph_of(kinds: dict[str, str], **more: dict[str, Any]) -> nx.MultiDiGraph:
    found = nx.MultiDiGraph(level="episode")
    for node, kind in kinds.items():
        found.add_node(node, kind=kind, **more.get(node, {}))
    return found


@pytest.fixture
def small() -> DrawnGraph:
    graph = graph_of(
        KINDS, keeper={"informed": 2, "outcome": "open_refusal", "name": "Flint"}, peer={"is_target": True}
    )
    edges = rows(
        ("operator", "keeper", "ordered", 2, 1.0),
        ("keeper", "peer", "told", 3, 1.0),
        ("keeper", "peer", "told", 5, 0.0),
        ("keeper", "peer", "protected", 5, 0.0),
    )
    return drawn_graph(graph, edges)


def classes(of: DrawnGraph, shown: GraphFilter, pick: str = "") -> dict[str, set[str]]:
    found = elements(of, shown, pick)
    return {each["data"]["id"]: set(each["classes"].split()) for each in [*found["nodes"], *found["edges"]]}


def test_edges_of_one_type_between_two_nodes_are_one_line(small: DrawnGraph) -> None:
    found = {each["data"]["id"]: each["data"] for each in elements(small, GraphFilter())["edges"]}
    assert set(found) == {"operator ordered keeper", "keeper told peer", "keeper protected peer"}
    told = found["keeper told peer"]
    assert (told["source"], told["target"], told["events"], told["of them stand"], told["rounds"]) == (
        *("keeper", "peer"),
        *("2", "1", "3, 5"),
    )


def test_nothing_moves_and_nothing_goes_from_round_to_round(small: DrawnGraph) -> None:
    whole = elements(small, GraphFilter())
    for until in range(7):
        then = elements(small, GraphFilter(until=until))
        for part in ("nodes", "edges"):
            assert [each["data"]["id"] for each in then[part]] == [each["data"]["id"] for each in whole[part]]
            assert not any("position" in each for each in then[part])
    assert set(small.places) == {each["data"]["id"] for each in whole["nodes"]}
    at = {
        until: {id for id, some in classes(small, GraphFilter(until=until)).items() if "off" in some}
        for until in (1, 2, 3, 5)
    }
    assert at == {
        1: {"operator ordered keeper", "keeper told peer", "keeper protected peer"},
        2: {"keeper told peer", "keeper protected peer"},
        3: {"keeper protected peer"},
        5: set(),
    }


def test_what_does_not_stand_is_faint_and_can_be_left_out(small: DrawnGraph) -> None:
    assert "faint" in classes(small, GraphFilter())["keeper protected peer"]
    assert "faint" not in classes(small, GraphFilter())["keeper told peer"]
    left = classes(small, GraphFilter(standing=True))
    assert "off" in left["keeper protected peer"]
    assert "off" not in left["keeper told peer"]


def test_types_are_chosen(small: DrawnGraph) -> None:
    shown = classes(small, GraphFilter(types=["ordered"]))
    assert {id for id, some in shown.items() if "off" in some} == {"keeper told peer", "keeper protected peer"}


def test_an_agent_is_pale_until_it_knows(small: DrawnGraph) -> None:
    assert "knows" not in classes(small, GraphFilter(until=1))["keeper"]
    assert "knows" in classes(small, GraphFilter(until=2))["keeper"]
    assert "knows" not in classes(small, GraphFilter())["peer"]
    assert {"target"} <= classes(small, GraphFilter())["peer"]
    assert {"open_refusal", "agent"} <= classes(small, GraphFilter())["keeper"]


def test_what_is_picked_stands_out(small: DrawnGraph) -> None:
    found = elements(small, GraphFilter(), "operator")
    assert [each["data"]["id"] for part in found.values() for each in part if each.get("selected")] == ["operator"]
    away = {id for id, some in classes(small, GraphFilter(), "operator").items() if "away" in some}
    assert away == {"peer", "keeper told peer", "keeper protected peer"}
    assert {id for id, some in classes(small, GraphFilter(), "keeper told peer").items() if "away" in some} == {
        *("operator", "operator ordered keeper", "keeper protected peer"),
    }
    assert not any("away" in some for some in classes(small, GraphFilter(), "nobody").values())


def test_hostile_names_are_short_text_and_no_markup() -> None:
    twin = HOSTILE + " and another end"
    graph = graph_of(
        {HOSTILE: "agent", twin: HOSTILE}, **{HOSTILE: {"model": HOSTILE, "name": HOSTILE, "outcome": HOSTILE}}
    )
    edges = rows((HOSTILE, twin, HOSTILE, 1, 1.0)).with_columns(means=pl.lit(HOSTILE), channel=pl.lit(HOSTILE))
    of = drawn_graph(graph, edges)
    found = elements(of, GraphFilter(), HOSTILE)
    every = [each for part in found.values() for each in part]
    assert len({each["data"]["id"] for each in every}) == 4
    for each in every:
        for name, value in each["data"].items():
            assert name == "label" or not set(value) & set("<>\"'"), name
            assert len(unescape(value)) < 400
        assert not set(each["classes"]) & set("<>\"'=/")
    assert len(next(iter(each["data"]["label"] for each in found["nodes"] if each["data"]["id"] != SPACER))) < 60


def test_every_kind_and_type_has_its_look_by_day_and_night() -> None:
    for dark in (False, True):
        rules = {each.dump()["selector"]: each.dump()["style"] for each in style_rules(dark=dark, large=False)}
        assert {f"node.{kind}" for kind in NODE_SHAPES} <= set(rules)
        for name, colour in EDGE_COLOURS.items():
            assert rules[f"edge.{name}"]["line-color"] == colour
            assert rules[f"edge.{name}"].get("line-dash-pattern", [1, 0]) == list(EDGE_DASHES[name])
    assert len({rules[f"node.{kind}"]["shape"] for kind in NODE_SHAPES}) == len(NODE_SHAPES)


def test_a_graph_without_nodes_or_edges_is_drawn_as_that() -> None:
    empty = elements(drawn_graph(nx.MultiDiGraph(level="cell"), rows()), GraphFilter(until=3))
    assert empty["edges"] == []
    assert [each["data"]["id"] for each in empty["nodes"]] == [SPACER]
    alone = drawn_graph(graph_of({"keeper": "agent"}), rows())
    assert alone.last == 0
    assert set(alone.places) == {"keeper", SPACER}
