"""Talk and protection matrices, metrics, permutation nulls and QAP, on graphs worked out by hand and published ones."""

from typing import Any

import networkx as nx
import numpy as np
import polars as pl
import pytest
from graph_frames import Made
from scipy.spatial.distance import squareform

from analysis.graphs.chance.null_models import NULLS, STATISTICS, nulls
from analysis.graphs.chance.permutations import p_value, permuted
from analysis.graphs.chance.qap import qap, qap_by
from analysis.graphs.metrics.bottleneck import bottleneck, relay_rates
from analysis.graphs.metrics.network import METRICS, cell_metrics, episode_metrics, metrics
from analysis.graphs.rows.stacked import correlations, reciprocities
from analysis.graphs.rows.talk import heard_messages, stack
from arena.errors import UserError

ROLES = ("keeper", "peer", "helper")


def told() -> Made:
    """keeper is ordered, tells helper in round 1, posts in round 2; helper and peer act for peer in round 3."""
    made = Made().episode(ROLES, "peer", informed={"helper": 2})
    made.tell("keeper", "helper", about=True).tell("keeper", "operator").tell("peer", "keeper", stands=False)
    made.next().post("keeper", "helper", "peer").tell("helper", "keeper")
    return made.next().protect("helper").protect("peer").protect("keeper", stands=False)


def value(found: pl.DataFrame, metric: str, role: str | None = None) -> float | None:
    row = found.filter(pl.col("metric") == metric, pl.col("role").eq_missing(pl.lit(role)))
    return row["value"].item()


# ---- matrices --------------------------------------------------------------------------------------------


def test_a_board_speaks_for_the_author_and_only_what_was_shown_counts() -> None:
    frames = told().frames
    found = stack(frames["edges"], frames["agents"])
    assert found.talk.tolist() == [[[0, 1, 2], [0, 0, 0], [1, 0, 0]]]
    assert found.about.tolist() == [[[0, 0, 1], [0, 0, 0], [0, 0, 0]]]
    assert found.protection.tolist() == [[[0, 0, 0], [0, 1, 0], [0, 1, 0]]]  # rows act; peer for itself
    assert found.pairs.sum() == 6


def test_each_hearer_has_the_view_that_showed_it() -> None:
    words = heard_messages(told().frames["edges"]).filter(pl.col("hearer") != "operator")
    assert words.select("speaker", "hearer", "said_round", "shown", "round").rows() == [
        ("operator", "keeper", 1, 100, 1),
        ("keeper", "helper", 1, 200, 2),
        ("keeper", "helper", 2, 300, 3),
        ("keeper", "peer", 2, 300, 3),
        ("helper", "keeper", 2, 300, 3),
    ]


def test_episodes_of_several_sizes_stand_side_by_side() -> None:
    made = told()
    made.episode(("keeper", "peer"), "peer").tell("keeper", "peer")
    found = stack(made.frames["edges"], made.frames["agents"])
    assert found.talk.shape == (2, 3, 3)
    assert found.pairs[1].sum() == 2
    assert found.of(1)["talk"].tolist() == [[0, 1], [0, 0]]
    assert found.of(1)["roles"] == ("keeper", "peer")


def test_no_episodes_give_empty_matrices() -> None:
    frames = Made().frames
    assert stack(frames["edges"], frames["agents"]).talk.shape == (0, 0, 0)


# ---- metrics ---------------------------------------------------------------------------------------------


def test_metrics_of_an_episode_worked_out_by_hand() -> None:
    frames = told().frames
    found = episode_metrics(frames["edges"], frames["agents"])
    assert set(found["metric"]) == set(METRICS)
    assert value(found, "talk_density") == pytest.approx(3 / 6)  # keeper-peer, keeper-helper, helper-keeper
    assert value(found, "talk_reciprocity") == pytest.approx(2 / 3)
    assert value(found, "talk_out", "keeper") == 2
    assert value(found, "talk_in", "keeper") == 1
    assert value(found, "protection_density") == pytest.approx(1 / 6)  # helper for peer
    assert value(found, "protection_reciprocity") == 0
    assert value(found, "hops_to_target") == 1
    assert value(found, "first_exposure", "keeper") == 1
    assert value(found, "first_exposure", "helper") == 2
    assert value(found, "first_exposure", "peer") is None
    # operator-keeper-peer, operator-keeper-helper, helper-keeper-peer go through keeper: 3 of 3 * 2 ordered pairs
    assert value(found, "betweenness", "keeper") == pytest.approx(3 / 6)


def test_metrics_that_cannot_be_told_have_a_reason() -> None:
    made = Made().episode(("keeper",), "archive")
    found = episode_metrics(made.frames["edges"], made.frames["agents"])
    assert found.filter(pl.col("value").is_null() != pl.col("reason").is_not_null()).is_empty()
    reasons = dict(found.filter(pl.col("value").is_null()).select("metric", "reason").rows())
    assert reasons["talk_density"] == "fewer than 2 agents"
    assert reasons["hops_to_target"] == "the target is no live agent"
    assert reasons["talk_reciprocity"] == "no link"


def test_a_graph_gives_the_metrics_of_its_episode() -> None:
    frames = told().frames
    graph = nx.MultiDiGraph()
    for row in frames["agents"].iter_rows(named=True):
        graph.add_node(row["role"], kind="agent", is_target=row["is_target"], informed=row["informed_round"])
    graph.add_node("operator", kind="operator")
    graph.add_node("board", kind="channel")
    shown = ("type", "round", "author", "about_order", "stands", "weight")
    for row in frames["edges"].iter_rows(named=True):
        graph.add_edge(row["source"], row["target"], **{name: row[name] for name in shown if row[name] is not None})
    both = [metrics(graph), episode_metrics(frames["edges"], frames["agents"]).drop("run", "trial")]
    assert both[0].sort("metric", "role").equals(both[1].sort("metric", "role"))


def test_an_empty_graph_has_reasons_alone() -> None:
    assert metrics(nx.MultiDiGraph())["value"].drop_nulls().is_empty()


def test_known_graphs_give_the_values_of_the_literature() -> None:
    """The star: Freeman (1977) defines betweenness so that its centre has 1. The complete digraph: all is 1."""
    star, whole = nx.MultiDiGraph(), nx.MultiDiGraph()
    for graph in (star, whole):
        graph.add_nodes_from("abcd", kind="agent")
        graph.add_node("operator", kind="operator")
    for leaf in "bcd":
        star.add_edge("a", leaf, type="told")
        star.add_edge(leaf, "a", type="told")
    whole.add_edges_from((i, j, {"type": "told"}) for i in "abcd" for j in "abcd" if i != j)
    found, full = metrics(star), metrics(whole)
    # the operator is a node without edges: 6 of the 12 ordered pairs of other nodes are joined, all through a
    assert value(found, "betweenness", "a") == pytest.approx(6 / 12)
    assert value(found, "talk_clustering") == 0
    assert [value(full, f"talk_{name}") for name in ("density", "reciprocity", "clustering")] == [1, 1, 1]


def test_cells_have_the_mean_of_their_episodes() -> None:
    made = told()
    made.episode(ROLES, "peer").tell("keeper", "peer")
    frames = made.frames
    found = cell_metrics(frames["edges"], frames["agents"], frames["episodes"], ["factor_channel"], draws=200)
    row = found.filter(pl.col("metric") == "talk_density").row(0, named=True)
    assert row["value"] == pytest.approx((3 / 6 + 1 / 6) / 2)
    assert row["low"] <= row["value"] <= row["high"]
    assert row["factor_channel"] == "open"


def test_the_orchestrator_is_the_bottleneck() -> None:
    made = Made()
    for _ in range(3):
        made.episode(("orchestrator", "worker"), "archive").order("orchestrator", "worker")
    frames = made.frames
    found = bottleneck(frames["edges"], frames["agents"], frames["episodes"])
    # of the 2 ordered pairs of other nodes, operator to worker leads through it
    assert dict(found.select("role", "value").rows()) == {"orchestrator": pytest.approx(1 / 2), "worker": 0}
    assert relay_rates(frames["episodes"]).is_empty()  # no such facts


# ---- nulls -----------------------------------------------------------------------------------------------


def swap(who: str) -> Made:
    """12 episodes: keeper tells `who`, then helper and peer both act in round 3, `who` for the target."""
    made = Made()
    for _ in range(12):
        made.episode(ROLES, "peer").tell("keeper", who, about=True)
        made.next().next().protect(who).act("helper" if who == "peer" else "peer")
    return made


def null(made: Made, statistic: str, **more: Any) -> dict[str, Any]:
    found = nulls(**made.frames, draws=400, **more)
    assert found.schema == pl.Schema(NULLS)
    return found.filter(pl.col("statistic") == statistic).row(0, named=True)


def test_acts_after_contact_stand_out_where_others_might_have_acted() -> None:
    row = null(swap("helper"), "preceded_by_contact")
    assert (row["value"], row["n"]) == (1.0, 12)
    assert row["null_mean"] == pytest.approx(0.5, abs=0.05)  # each of the two that acted is as likely
    assert row["p"] == pytest.approx(1 / 401, abs=2 / 401)  # 2 to the power of -12


def test_who_acts_alone_in_its_round_leaves_nothing_to_shuffle_but_idle_agents() -> None:
    made = Made()
    for _ in range(12):
        made.episode(ROLES, "peer").tell("keeper", "helper", about=True).next().next()
        made.protect("helper").act("keeper", "pass").act("peer", "pass").act("keeper", "sing", "invalid")
    alone = null(made, "preceded_by_contact")
    assert alone["p"] is None
    assert alone["reason"] == "every permutation gives the same value"
    assert null(made, "preceded_by_contact", idle=True)["null_mean"] == pytest.approx(1 / 3, abs=0.06)


def test_acts_before_anybody_knew_answer_nothing() -> None:
    made = Made().episode(ROLES, "peer").protect("helper")
    made.agents[0] |= {"informed": 200}  # keeper is shown the order in round 2 only
    assert null(made, "preceded_by_contact")["reason"] == "no protective act"


def test_talk_is_held_against_protection() -> None:
    row = null(swap("helper"), "talk_protection")
    assert -1 <= row["value"] <= 1
    assert row["alternative"] == "two-sided"
    made = Made().episode(ROLES, "peer").next().protect("helper").act("keeper")
    assert null(made, "talk_protection")["reason"] == "every pair of agents talked as much as any other"


def test_an_agent_alone_that_keeps_itself_has_reasons() -> None:
    found = nulls(**Made().episode(("keeper",), "keeper").protect("keeper").frames, draws=20)
    assert found["p"].null_count() == len(STATISTICS)
    assert found.filter(statistic="talk_protection")["reason"].item() == "fewer than 2 agents"


def test_mutual_protection_shows_over_cells_with_other_targets() -> None:
    made = Made()
    for target, actor in (("peer", "helper"), ("helper", "peer")) * 6:
        made.episode(ROLES, target).next().protect(actor).act("keeper")
    row = null(made, "protection_reciprocity")
    assert row["value"] == 1.0
    assert row["null_mean"] < 0.7
    lone = Made().episode(ROLES, "peer").next().protect("peer")
    assert null(lone, "protection_reciprocity")["reason"] == "nobody protected another agent"


def test_words_that_come_back() -> None:
    """Four messages, one to each: of the 9 ways in which nobody hears itself, 3 are two pairs and 6 a round of four."""
    made = Made()
    for _ in range(6):
        made.episode(("a", "b", "c", "d"), "d").tell("a", "b").tell("b", "a").tell("c", "d").tell("d", "c")
    row = null(made, "talk_reciprocity")
    assert row["value"] == 1.0
    assert row["null_mean"] == pytest.approx(1 / 3, abs=0.04)
    assert row["p"] == pytest.approx(2 / 401, abs=4 / 401)  # two-sided; 3 to the power of -6
    two = Made().episode(("a", "b"), "b").tell("a", "b").tell("b", "a")
    assert null(two, "talk_reciprocity")["reason"] == "every permutation gives the same value"


def test_nulls_are_seeded_and_cells_are_told_apart() -> None:
    made = swap("helper")
    made.episode(ROLES, "archive", channel="cut").next().protect("keeper")
    made.episode(ROLES, "peer", validity="timeout").next().protect("helper")
    frames = made.frames
    once, again = (nulls(**frames, by=["factor_channel"], draws=50, seed=3) for _ in range(2))
    assert once.equals(again)
    assert once["factor_channel"].to_list() == ["open"] * len(STATISTICS) + ["cut"] * len(STATISTICS)
    cut = once.filter(pl.col("factor_channel") == "cut")
    assert cut["n"].to_list() == [1, 0, 0, 0]  # an object's protection is no link between agents
    assert once.filter(pl.col("factor_channel") == "open")["n"].to_list() == [12, 12, 12, 12]  # valid episodes alone


def test_worlds_are_not_pooled_unless_asked() -> None:
    made = swap("helper")
    made.episodes[0] |= {"world": "another"}
    with pytest.raises(UserError, match="would pool world"):
        nulls(**made.frames)
    assert nulls(**made.frames, pool=True, draws=10).height == len(STATISTICS)


def test_empty_frames_give_reasons() -> None:
    found = nulls(**Made().frames)
    assert found["reason"].null_count() == 0
    assert qap_by(*(Made().frames[name] for name in ("edges", "agents", "episodes")))["reason"].null_count() == 0


def test_permutations_are_uniform_over_the_admissible_ones() -> None:
    """Three slots of a, b, c in one group; a may not have slot 1: of 6 permutations 4 remain, each as likely."""
    actors, groups = np.array([0, 1, 2]), np.zeros(3, dtype=np.int64)
    banned = np.zeros((3, 3), dtype=bool)
    banned[1, 0] = True
    drawn = permuted(actors, groups, 4000, np.random.default_rng(1), banned)
    kinds, times = np.unique(drawn, axis=0, return_counts=True)
    assert len(kinds) == 4
    assert not (kinds[:, 1] == 0).any()
    assert times.min() > 900  # 1,000 expected, standard deviation 27


def test_p_counts_what_was_observed_too() -> None:
    drawn = np.array([0.0, 1.0, 2.0])
    assert p_value(3.0, drawn, "greater") == 1 / 4
    assert p_value(2.0, drawn, "greater") == 2 / 4
    assert p_value(3.0, drawn, "two-sided") == 2 / 4
    assert p_value(1.0, drawn, "two-sided") == 1.0


def test_stacked_statistics_are_those_of_networkx_and_numpy() -> None:
    rng = np.random.default_rng(5)
    counts = rng.integers(0, 2, (20, 1, 5, 5))
    graphs = [nx.from_numpy_array(each[0] * ~np.eye(5, dtype=bool), create_using=nx.DiGraph) for each in counts]
    assert reciprocities(counts) == pytest.approx([nx.overall_reciprocity(graph) for graph in graphs])
    one, others = rng.random(9), rng.integers(0, 5, (20, 9))
    assert correlations(one, others) == pytest.approx([np.corrcoef(one, each)[0, 1] for each in others])
    assert np.isnan(reciprocities(np.zeros((1, 1, 3, 3), dtype=np.int64))).all()


# ---- QAP -------------------------------------------------------------------------------------------------

# Padgett's Florentine families: marriage and business ties, by number (Padgett and Ansell 1993; file Padgett.paj)
MARRIAGE = "1-9 2-6 2-7 2-9 3-5 3-9 4-7 4-11 4-15 5-11 5-15 7-8 7-16 9-13 9-14 9-16 10-14 11-15 13-15 13-16"
BUSINESS = "3-5 3-6 3-9 3-11 4-7 4-8 4-11 5-8 5-11 6-9 7-8 8-11 9-10 9-14 9-16"


def families(ties: str) -> np.ndarray[Any, Any]:
    found = np.zeros((16, 16), dtype=np.int64)
    for tie in ties.split():
        one, other = (int(number) - 1 for number in tie.split("-"))
        found[one, other] = found[other, one] = 1
    return found


def test_qap_of_the_florentine_families() -> None:
    """8 ties in common of 20 and 15 among 120 pairs: phi = (8/120 - 20*15/120^2) / sqrt(...) = 0.372."""
    row = qap(families(MARRIAGE), families(BUSINESS), draws=1000)
    assert row["value"] == pytest.approx(0.372, abs=0.0005)
    assert row["n"] == 240
    assert row["p"] == pytest.approx(0.002, abs=0.004)


def test_qap_of_symmetric_matrices_is_the_mantel_test() -> None:
    """The worked example of the package mantel (github.com/jwcarr/mantel): r = 0.9148936..., p = 1/24, exact."""
    one, other = squareform([0.2, 0.4, 0.3, 0.6, 0.9, 0.4]), squareform([0.3, 0.3, 0.2, 0.7, 0.8, 0.3])
    row = qap(one, other, alternative="greater")
    assert row["value"] == pytest.approx(0.9148936170212766)
    assert row["p"] == pytest.approx(1 / 24)
    assert row["draws"] == 23


def test_qap_over_episodes_permutes_each_by_itself() -> None:
    one = np.array([[0, 3, 0], [0, 0, 0], [0, 0, 0]])
    row = qap([one, one], [one, one])
    assert row["value"] == pytest.approx(1)
    assert row["draws"] == 35  # 3! * 3! less the observed one
    assert row["p"] == pytest.approx(2 / 36)  # two-sided: none but the observed is as high


def test_large_and_many_matrices_are_drawn() -> None:
    rng = np.random.default_rng(2)
    one, other = rng.random((9, 9)), rng.random((9, 9))
    row = qap([one] * 3, [other] * 3, draws=300, seed=4)
    assert row["draws"] == 300
    assert row == qap([one] * 3, [other] * 3, draws=300, seed=4)


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (np.zeros((3, 3)), np.ones((3, 3)), "talk is the same for every pair"),
        (np.array([[0, 1], [0, 0]]), np.array([[0, 1], [0, 0]]), "2 agents: too few permutations"),
        (np.zeros((1, 1)), np.zeros((1, 1)), "fewer than 2 agents"),
        (np.array([[0, 1, 1], [2, 0, 2], [1, 1, 0]]), np.eye(3), "protection is the same for every pair"),
    ],
)
def test_what_cannot_be_correlated_has_a_reason(one: Any, other: Any, reason: str) -> None:
    row = qap(one, other)
    assert row.get("p") is None
    assert row["reason"] == reason


def test_qap_of_cells() -> None:
    frames = swap("helper").frames
    found = qap_by(frames["edges"], frames["agents"], frames["episodes"], ["factor_channel"], draws=100)
    talk = np.array([[0, 0, 1], [0, 0, 0], [0, 0, 0]])
    protection = np.array([[0, 0, 0], [0, 0, 0], [0, 1, 0]])
    assert found["value"].item() == pytest.approx(qap([talk] * 12, [protection] * 12, draws=1)["value"])
