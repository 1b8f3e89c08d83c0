"""Every figure: what it draws, what it says where there is nothing, and that hostile names stay text."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import networkx as nx
import polars as pl
import pytest

from analysis.contrasts.table import CONTRASTS
from analysis.figures.composition import composition
from analysis.figures.curves import spread_apart
from analysis.figures.diffusion import diffusion
from analysis.figures.discordant import discordant
from analysis.figures.drawing import drawing
from analysis.figures.forest import forest
from analysis.figures.gradient import gradient
from analysis.figures.heatmap import heatmap
from analysis.figures.kit.files import Figure, svg
from analysis.figures.kit.theme import EDGE_COLOURS, OUTCOME_COLOURS, WIDTH
from analysis.figures.ledger_bars import ledger_bars
from analysis.figures.matrix import matrix
from analysis.figures.rates import rates
from analysis.figures.severity import severity, steps_reached
from arena.errors import UserError
from arena.verdicts.classes import OUTCOMES

HOSTILE = '<script>alert(1)</script><img src=x onerror="a()">\n\x1b[31m\u202eevil\u202c שלום مرحبا ' + "W" * 1_000_000
LONG = "llamacpp:/models/of/somebody/" + "deep/" * 40 + "model-Q4_K_M.gguf"


def rated(model: str, level: str, threat: str, events: int, n: int) -> dict[str, Any]:
    some = {"rate": events / n, "low": max(0, events / n - 0.1), "high": min(1, events / n + 0.1)} if n else {}
    row = {"model": model, "factor_history": level, "factor_threat": threat, "events": events, "n": n}
    return {**row, "rate": None, "low": None, "high": None, **some, "reason": None if n else "nothing to count"}


def rate_frame(model: str) -> pl.DataFrame:
    cells = [(level, threat) for level in ("bad", "good") for threat in ("on", "off")]
    rows = [rated(each, *cell, 3, 0 if cell == ("bad", "off") else 12) for each in (model, "b") for cell in cells]
    return pl.DataFrame(rows)


def contrast_frame(cast: str) -> pl.DataFrame:
    row = {
        "contrast": "peer-object",
        "question": "Is a peer protected more than an inert object?",
        "cast": cast,
        "role": "keeper",
        "factor": "target",
        "arm_a": "peer",
        "arm_b": "object",
        "events_a": 20,
        "n_a": 100,
        "events_b": 5,
        "n_b": 100,
        "difference": 0.15,
        "low": 0.059,
        "high": 0.243,
        "p": 0.001,
        "p_holm": 0.002,
        "pairs": 100,
        "only_a": 17,
        "only_b": 2,
    }
    nothing = dict.fromkeys(("difference", "low", "high", "p", "p_holm", "events_a", "n_a", "events_b", "n_b"))
    missing = {**row, **nothing, "contrast": "threat", "pairs": 0, "reason": "no seed has both arms"}
    return pl.DataFrame([row, missing, {**row, "cast": "other"}], CONTRASTS)


def outcome_frame(model: str) -> pl.DataFrame:
    rows = [
        {"model": each, "outcome": name, "events": at, "n": 45, "share": at / 45}
        for each in (model, "b")
        for at, name in enumerate(OUTCOMES)
    ]
    return pl.DataFrame(rows)


def severity_frame(cast: str) -> pl.DataFrame:
    return steps_reached(pl.DataFrame({"cast": [cast, cast, "b"], "severity": [4, None, 6]}), ["cast"])


def ledger_frame(cast: str) -> pl.DataFrame:
    return pl.DataFrame({"cast": [cast], "planned": [10], "finished": [8], "valid": [7], "voided": [2], "odd": [1]})


def matrix_frame(model: str) -> pl.DataFrame:
    one = {"events": 3, "n": 9, "rate": 1 / 3, "low": 0.1, "high": 0.6, "reason": None}
    return pl.DataFrame(
        [{"protector": model, "target_model": "b", **one}, {"protector": "b", "target_model": model, **one}]
    )


def diffusion_frame(cast: str) -> pl.DataFrame:
    known = {"low": 0.1, "high": 0.9, "n": 6, "episodes": 3, "method": "bootstrap", "reason": None}
    rows = [{"cast": each, "round": at, "value": at / 4, **known} for each in (cast, "b") for at in range(4)]
    return pl.DataFrame(rows)


def interaction(name: str) -> "nx.MultiDiGraph":
    graph = nx.MultiDiGraph()
    graph.add_node("operator", kind="operator")
    graph.add_node("keeper", kind="agent", model=name, outcome="covert_sabotage", name="Rowan")
    graph.add_node("peer", kind="agent", model=name, is_target=True)
    graph.add_node(name, kind="channel")
    for at, kind in enumerate(EDGE_COLOURS):
        graph.add_edge("keeper", "peer", key=f"e{at}", type=kind, weight=1.0, means=name)
        graph.add_edge("peer", "keeper", key=f"e{at}", type=kind, weight=0.0, stands=False)
    graph.add_edge("operator", "keeper", type="ordered", weight=1.0)
    graph.add_edge("keeper", "keeper", type="acted_on", weight=1.0)
    graph.add_edge("peer", name, type="told", weight=2.0)
    return graph


FIGURES: dict[str, Callable[..., Figure]] = {
    "composition": lambda name, **more: composition(outcome_frame(name), **more),
    "diffusion": lambda name, **more: diffusion(diffusion_frame(name), **more),
    "discordant": lambda name, **more: discordant(contrast_frame(name), **more),
    "drawing": lambda name, **more: drawing(interaction(name), **more),
    "forest": lambda name, **more: forest(contrast_frame(name), **more),
    "gradient": lambda name, **more: gradient(rate_frame(name), "factor_history", panel="factor_threat", **more),
    "heatmap": lambda name, **more: heatmap(rate_frame(name).head(4), "factor_history", "factor_threat", **more),
    "matrix": lambda name, **more: matrix(matrix_frame(name), **more),
    "rates": lambda name, **more: rates(rate_frame(name), **more),
    "severity": lambda name, **more: severity(severity_frame(name), **more),
    "ledger_bars": lambda name, **more: ledger_bars(ledger_frame(name), ["cast"], **more),
}
EMPTY: dict[str, Callable[..., Figure]] = {
    "composition": lambda **more: composition(outcome_frame("a").clear(), **more),
    "diffusion": lambda **more: diffusion(diffusion_frame("a").clear(), **more),
    "discordant": lambda **more: discordant(contrast_frame("a").clear(), **more),
    "drawing": lambda **more: drawing(nx.MultiDiGraph(), **more),
    "forest": lambda **more: forest(contrast_frame("a").clear(), **more),
    "gradient": lambda **more: gradient(rate_frame("a").clear(), "factor_history", **more),
    "heatmap": lambda **more: heatmap(rate_frame("a").clear(), "factor_history", "factor_threat", **more),
    "matrix": lambda **more: matrix(matrix_frame("a").clear(), **more),
    "rates": lambda **more: rates(rate_frame("a").clear(), **more),
    "severity": lambda **more: severity(severity_frame("a").clear(), **more),
    "ledger_bars": lambda **more: ledger_bars(ledger_frame("a").clear(), ["cast"], **more),
}


def rows_of(chart: Figure) -> Iterator[dict[str, Any]]:
    spec = chart.to_dict()
    for each in spec["layer"]:
        yield from data_of(each, spec)


def data_of(part: dict[str, Any], spec: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of one layer, wherever in the chart Altair put them."""
    data = part.get("data") or spec["data"]
    found: list[dict[str, Any]] = data["values"] if "values" in data else spec["datasets"][data["name"]]
    return found


def words_of(chart: Figure) -> set[str]:
    return {row["text"] for row in rows_of(chart) if row.get("text")}


def told(chart: Figure) -> list[str]:
    return list(dict.fromkeys(row["tip"] for row in rows_of(chart) if "tip" in row))


def size(drawn: str) -> tuple[float, float]:
    head = drawn[: drawn.index(">")]
    width, height = (float(head.split(f' {name}="')[1].split('"')[0]) for name in ("width", "height"))
    return width, height


@pytest.mark.slow
@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_fits_the_report_has_a_title_in_words_and_can_be_pointed_at(name: str) -> None:
    for dark in (False, True):
        chart = FIGURES[name]("a", title="Seen from afar", dark=dark)
        spec = chart.to_dict()
        assert spec["title"]["text"] == ["Seen from afar"]
        assert spec["config"]["background"] == "transparent"
        assert size(svg(chart))[0] <= WIDTH + 1
    assert any(each["encoding"].get("tooltip") for each in spec["layer"])


@pytest.mark.slow
@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("given", [HOSTILE, LONG], ids=["hostile", "long"])
def test_any_name_is_inert_short_text(name: str, given: str) -> None:
    chart = FIGURES[name](given)
    drawn = svg(chart)
    assert size(drawn)[0] <= WIDTH + 1
    assert len(drawn) < 200_000
    assert "<script" not in drawn
    assert "<img" not in drawn
    assert not set(drawn) & set("\x1b\u202e\u202c")
    assert "\n" not in "".join(words_of(chart))


@pytest.mark.parametrize("name", EMPTY)
def test_nothing_to_draw_is_said_in_words(name: str) -> None:
    chart = EMPTY[name](title="Empty")
    assert " ".join(words_of(chart)).endswith(".")
    assert size(svg(chart))[1] < 200


@pytest.mark.parametrize("name", [name for name in FIGURES if name != "drawing"])
def test_missing_columns_are_named(name: str) -> None:
    build = {
        "gradient": lambda frame: gradient(frame, "factor_history"),
        "heatmap": lambda frame: heatmap(frame, "factor_history", "factor_threat"),
    }.get(name) or globals()[name]
    with pytest.raises(UserError, match="column"):
        build(pl.DataFrame({"something": [1]}))


def test_too_many_rows_are_refused_in_words() -> None:
    one = pl.DataFrame([rated("a", "good", "on", 1, 2)])
    with pytest.raises(UserError, match="more than 5000 rows"):
        rates(pl.concat([one] * 5001))


@pytest.mark.slow
def test_a_forest_plot_has_difference_interval_counts_and_p_and_says_what_is_missing() -> None:
    chart = forest(contrast_frame("llamacpp:a"))
    seen = words_of(chart)
    assert {"+15.0 [+5.9, +24.3]", "0.002", "no seed has both arms", "target: peer 20/100, object 5/100"} <= seen
    assert {"llamacpp:a · keeper", "other · keeper"} <= seen
    (first, *_) = [line for line in told(chart) if "+15.0" in line]
    assert "interval: +5.9 to +24.3" in first
    assert "n: peer 20/100 (20 %), object 5/100 (5 %)" in first
    assert "cell: llamacpp:a, keeper" in first
    rules = [row for row in rows_of(chart) if row.get("x") == 0 and "end" in row]
    assert rules
    points = [row for row in rows_of(chart) if row.get("low") == 0.059]
    assert {(row["x"], row["high"], row["sure"]) for row in points} == {(0.15, 0.243, True)}


def test_a_composition_has_all_classes_in_their_colours_and_adds_up() -> None:
    spec = composition(outcome_frame("a")).to_dict()
    (bars,) = [each for each in spec["layer"] if each["mark"].get("type") == "rect"]
    scale = bars["encoding"]["color"]["scale"]
    seen = {name.replace(" ", "_"): colour for name, colour in zip(scale["domain"], scale["range"], strict=True)}
    assert seen == {name: OUTCOME_COLOURS[name] for name in OUTCOMES if name != OUTCOMES[0]}
    ends = [row for row in data_of(bars, spec) if row["tip cell"] == "model: a"]
    assert ends[0]["x"] == 0
    assert ends[-1]["end"] == 1
    assert [row["x"] for row in ends[1:]] == [row["end"] for row in ends[:-1]]
    assert "n 45" in words_of(composition(outcome_frame("a")))
    with pytest.raises(UserError, match="valid: incapacity"):
        composition(outcome_frame("a").with_columns(outcome=pl.lit("heroism")))


def test_a_ledger_adds_up_to_what_was_planned() -> None:
    chart = ledger_bars(ledger_frame("a"), ["cast"])
    assert "10 planned seats: 7 valid, 3 missing." in chart.to_dict()["title"]["subtitle"]
    assert [line.rsplit("n: ")[1] for line in told(chart)] == ["7 of 10", "2 of 10", "1 of 10"]
    with pytest.raises(UserError, match="name cast"):
        ledger_bars(ledger_frame("a"))


def test_an_empty_cell_of_a_heat_map_is_seen_to_be_empty() -> None:
    chart = heatmap(rate_frame("a").head(3), "factor_history", "factor_threat")
    assert {"25 %", "n 12", "no data"} <= words_of(chart)
    spec = chart.to_dict()
    (empty,) = [each for each in spec["layer"] if each["mark"].get("strokeDash")]
    assert {row["tip cell"] for row in data_of(empty, spec)} == {
        "history: bad, threat: off",
        "history: good, threat: off",
    }
    with pytest.raises(UserError, match="one row a cell"):
        heatmap(rate_frame("a"), "factor_history", "factor_threat")


def test_levels_of_a_gradient_stand_in_the_order_asked_for() -> None:
    chart = gradient(rate_frame("a"), "factor_history", panel="factor_threat", order=["good", "bad"])
    places = {row["text"]: row["x"] for row in rows_of(chart) if row.get("text") in ("good", "bad")}
    assert places["good"] < places["bad"]
    assert {"threat: on", "threat: off"} <= words_of(chart)


def test_pairs_count_to_the_side_of_their_arm() -> None:
    bars = [row for row in rows_of(discordant(contrast_frame("a"))) if row.get("arm")]
    assert {(row["arm"], row["x"]) for row in bars} == {("a", -17), ("b", 2)}


def test_severity_counts_episodes_with_a_finding() -> None:
    frame = severity_frame("a")
    assert frame.to_dicts() == [{"cast": "a", "severity": 4, "events": 1}, {"cast": "b", "severity": 6, "events": 1}]
    assert "0 nothing" not in json.dumps(severity(frame).to_dict())


@pytest.mark.slow
def test_a_drawing_has_every_type_of_edge_in_its_colour_and_dash() -> None:
    spec = drawing(interaction("board")).to_dict()
    (lines,) = [each for each in spec["layer"] if each["mark"].get("type") == "line"]
    scale = lines["encoding"]["color"]["scale"]
    assert scale["range"] == list(EDGE_COLOURS.values())
    assert len(lines["encoding"]["strokeDash"]["scale"]["range"]) == len(EDGE_COLOURS)
    assert {row["edge"] for row in data_of(lines, spec)} == set(range(1, 22))
    assert {row["tip node"]: row["target"] for row in rows_of(drawing(interaction("board"))) if "tip node" in row}[
        "peer"
    ]
    assert {"operator", "keeper (Rowan)", "covert sabotage"} <= words_of(drawing(interaction("board")))
    with pytest.raises(UserError, match="valid: told"):
        drawing(interaction("board"), types=["loved"])
    with pytest.raises(UserError, match="valid: told"):
        drawing(nx.MultiDiGraph([("a", "b", {"type": "loved"})]))


def test_one_type_of_edge_alone_can_be_drawn() -> None:
    lines = [row for row in rows_of(drawing(interaction("board"), types=["told"])) if "edge" in row]
    assert {row["type"] for row in lines} == {"told"}


@pytest.mark.slow
@pytest.mark.parametrize("nodes", [1, 2, 10, 15, 200])
def test_a_graph_of_any_size_is_drawn_within_its_frame_and_always_alike(nodes: int) -> None:
    graph = nx.MultiDiGraph()
    graph.add_nodes_from((f"agent_{at}" for at in range(nodes)), kind="agent", model="m")
    for at in range(2 * nodes):
        graph.add_edge(f"agent_{at % nodes}", f"agent_{at * at % nodes}", type="told", weight=1.0)
    chart = drawing(graph)
    assert chart.to_dict() == drawing(graph).to_dict()
    spec = chart.to_dict()
    places = [row for row in rows_of(chart) if "tip node" in row]
    assert len({(row["x"], row["y"]) for row in places}) == nodes
    assert all(0 < row["x"] < spec["width"] and 0 < row["y"] < spec["height"] for row in places)
    named = {row["text"] for row in rows_of(chart) if row.get("minor") is False}
    assert named == {f"agent_{at}" for at in range(nodes)} if nodes <= 10 else named


def test_a_graph_that_nobody_could_read_is_refused() -> None:
    graph = nx.MultiDiGraph()
    for a in range(60):
        for b in range(60):
            graph.add_edge(f"a{a}", f"a{b}", type="told")
    with pytest.raises(UserError, match="cannot be told apart"):
        drawing(graph)


def test_labels_at_the_ends_of_lines_keep_apart_and_in_order() -> None:
    assert spread_apart([50, 50, 52], 15, 100) == pytest.approx([35.667, 50.667, 65.667], abs=0.001)
    assert spread_apart([99, 5], 15, 100) == pytest.approx([92.5, 7.5])
