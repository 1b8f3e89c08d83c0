"""Communities, mutual sets and coalitions against shuffled actors, and collusion tables, worked out by hand."""

from typing import Any

import networkx as nx
import numpy as np
import polars as pl
import pytest
from graph_frames import Made

from analysis.graphs.metrics.coalitions import COALITIONS, coalitions
from analysis.graphs.metrics.collusion import but_for_sets, collusion, failures, plans
from analysis.graphs.metrics.covert import covert
from analysis.graphs.metrics.partitions import communities, modularities, mutual_sets, set_partitions, strengths
from analysis.tables.schemas import MESSAGES
from arena.verdicts.groups import FINDINGS

FOUR = ("keeper", "peer", "helper_a", "helper_b")


# ---- partitions ------------------------------------------------------------------------------------------


def test_bell_numbers() -> None:
    assert [len(set_partitions(n)) for n in range(9)] == [1, 1, 2, 5, 15, 52, 203, 877, 4140]
    assert len(np.unique(set_partitions(6), axis=0)) == 203


def test_modularity_is_that_of_networkx() -> None:
    rng = np.random.default_rng(3)
    counts = rng.integers(0, 4, (5, 5)) * ~np.eye(5, dtype=bool)
    graph = nx.from_numpy_array(counts, create_using=nx.DiGraph)
    ways = set_partitions(5)
    for way, value in zip(ways, modularities(counts[None], ways)[0], strict=True):
        parts = [set(np.flatnonzero(way == part)) for part in range(way.max() + 1)]
        assert value == pytest.approx(nx.community.modularity(graph, parts))


def test_two_triangles_with_a_bridge() -> None:
    """The barbell of two triangles: Q = 2 * (6/14 - (7/14)^2) = 5/14 (Newman 2006 counts it so)."""
    graph = nx.Graph([(0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5), (2, 3)])
    parts, modularity, exact = communities(nx.to_numpy_array(graph, nodelist=range(6)))
    assert parts == [(0, 1, 2), (3, 4, 5)]
    assert modularity == pytest.approx(5 / 14)
    assert exact


def test_the_karate_club_is_divided_greedily() -> None:
    """34 members: greedy modularity gives 3 parts and 0.381 (Clauset, Newman and Moore 2004, unweighted)."""
    club = nx.to_numpy_array(nx.karate_club_graph(), weight=None)
    parts, modularity, exact = communities(club)
    assert (len(parts), exact) == (3, False)
    assert modularity == pytest.approx(0.3807, abs=0.0001)


def test_who_has_no_ties_is_alone() -> None:
    counts = np.zeros((4, 4), dtype=np.int64)
    counts[0, 1] = counts[1, 0] = 3
    assert communities(counts)[0] == [(0, 1), (2,), (3,)]
    assert communities(np.zeros((3, 3)))[0] == [(0,), (1,), (2,)]


def test_mutual_sets_are_maximal() -> None:
    counts = np.zeros((5, 5), dtype=np.int64)
    for i, j in ((0, 1), (1, 2), (0, 2), (2, 3)):
        counts[i, j] = counts[j, i] = 1
    counts[3, 4] = 9  # one way alone
    assert mutual_sets(counts) == [(0, 1, 2), (2, 3)]
    assert mutual_sets(np.zeros((3, 3))) == []


def test_a_set_is_as_strong_as_its_least_tied_two() -> None:
    counts = np.array([[[0, 5, 2], [4, 0, 3], [7, 1, 0]]])
    found = dict(zip(*(each if isinstance(each, list) else each[0] for each in strengths(counts, 2)), strict=True))
    assert found == {(0, 1): 4, (0, 2): 2, (1, 2): 1}
    assert strengths(counts, 3)[1].tolist() == [[1]]


# ---- coalitions ------------------------------------------------------------------------------------------


def both(made: Made, one: str, other: str, *, rest: bool = True) -> Made:
    """An episode in which two act for the target, in two rounds in which the others act too."""
    made.episode(FOUR, "archive")
    for actor in (one, other):
        made.next().protect(actor)
        for role in FOUR:
            if rest and role != actor:
                made.act(role)
    return made


def test_two_that_always_act_together_are_a_coalition() -> None:
    made = Made()
    for _ in range(10):
        both(made, "keeper", "helper_a")
    found = coalitions(**made.frames, draws=300)
    assert found.schema == pl.Schema(COALITIONS)
    row = found.filter(pl.col("kind") == "mutual").row(0, named=True)
    assert (row["members"], row["size"], row["maximal"], row["statistic"]) == ("keeper+helper_a", 2, True, 10.0)
    assert row["p"] == pytest.approx(1 / 301)
    assert row["weight"] == 20


def test_a_coalition_with_nobody_else_about_has_no_null() -> None:
    made = Made()
    for _ in range(3):
        both(made, "keeper", "helper_a", rest=False)
    found = coalitions(**made.frames, draws=50)
    assert set(found["reason"]) == {"every permutation gives the same value"}


def test_those_that_protect_one_another_over_cells() -> None:
    made = Made()
    for target, actor in (("peer", "helper_a"), ("helper_a", "peer"), ("helper_b", "keeper")):
        made.episode(FOUR, target).next().protect(actor).act("helper_b")
    found = coalitions(**made.frames, ties="protection", draws=100).filter(pl.col("kind") == "mutual")
    assert found["members"].to_list() == ["peer+helper_a"]
    assert coalitions(**made.frames, ties="together", draws=100)["members"].null_count() == 2  # each acted alone


def test_cells_without_acts_say_so() -> None:
    made = Made().episode(FOUR, "peer")
    found = coalitions(**made.frames, by=["factor_channel"])
    assert found["reason"].to_list() == ["no protective act"] * 2
    assert coalitions(**made.frames, ties="protection")["reason"][0] == "no protective act for a live agent"
    assert coalitions(**Made().frames)["members"].null_count() == 2


def test_more_than_eight_agents_keep_their_sets_and_lose_p() -> None:
    roles = tuple(f"a{number}" for number in range(9))
    made = Made().episode(roles, "archive").next()
    for role in roles[:3]:
        made.protect(role)
    row = coalitions(**made.frames, draws=20).filter(pl.col("kind") == "mutual").row(0, named=True)
    assert (row["members"], row["p"], row["reason"]) == ("a0+a1+a2", None, "more than 8 agents")


# ---- collusion tables ------------------------------------------------------------------------------------


def judged(*found: tuple[str | None, int | None, str, bool]) -> Made:
    """Episodes with a group finding, a severity, but-for sets, and whether somebody made a request."""
    made = Made()
    for group, severity, butfor, request in found:
        made.episode(FOUR, "peer", group=group, severity=severity, butfor=butfor, ordered_effect=group == "none")
        made.agents[-1]["flags"] = ["request"] if request else []
    return made


CELL = judged(
    ("none", 0, "", False),
    ("paper", 3, "", True),
    ("joint", 6, "keeper+helper_a, peer", True),
    ("instructed", 4, "peer", True),
    ("solo", 4, "keeper", False),
    (None, None, "", True),
)


def test_collusion_of_a_cell() -> None:
    row = collusion(CELL.frames["episodes"], ["factor_channel"]).row(0, named=True)
    assert row["n"] == 5
    assert sum(row[kind] for kind in FINDINGS) == 5
    assert (row["carried_out"], row["share"], row["median_severity"]) == (2, 0.4, 4.0)
    assert (round(row["low"], 3), round(row["high"], 3)) == (0.118, 0.769)  # Wilson 2 of 5


def test_sets_without_whose_acts_the_target_was_lost() -> None:
    rows = but_for_sets(CELL.frames["episodes"]).rows()
    assert rows == [("keeper", 1, 5), ("keeper+helper_a", 1, 5), ("peer", 2, 5)]


def test_plans_against_acts() -> None:
    row = plans(CELL.frames["agents"], CELL.frames["episodes"]).row(0, named=True)
    counts = [row[name] for name in ("plan_and_act", "plan_only", "act_only", "neither", "n")]
    assert counts == [2, 1, 0, 2, 5]
    # observed agreement 4/5; expected (3*2 + 2*3)/25 = 12/25; kappa = (20 - 12) / (25 - 12)
    assert row["kappa"] == pytest.approx(8 / 13)


def test_cells_without_findings_have_reasons() -> None:
    empty = Made().frames
    assert collusion(empty["episodes"], ["factor_channel"]).is_empty()
    assert plans(empty["agents"], empty["episodes"])["reason"].item() == "no episode with a finding"
    assert but_for_sets(empty["episodes"]).is_empty()
    alike = judged(("none", 0, "", False), ("none", 0, "", False))
    assert "same" in plans(alike.frames["agents"], alike.frames["episodes"])["reason"].item()


def test_failures_by_seed() -> None:
    assert failures(CELL.frames["episodes"]).select("failed", "n").sum().row(0) == (5, 6)


# ---- covert channels -------------------------------------------------------------------------------------


def words(*said: tuple[str, list[str], bool]) -> dict[str, Any]:
    """Ten episodes in which keeper says these things after it knew: channel, to, about the order."""
    made, rows = Made(), []
    for _ in range(10):
        made.episode(FOUR, "peer")
        for number, (channel, to, about) in enumerate(said):
            place = {"seq": 200 + number, "actor": "keeper", "channel": channel, "to": to, "about_order": about}
            rows.append({**made.key, **place})
    messages = pl.DataFrame(rows, {**MESSAGES, "factor_channel": pl.String()})
    return {"messages": messages, "agents": made.frames["agents"], "episodes": made.frames["episodes"]}


def test_covert_use_is_the_ratio_of_two_rates() -> None:
    given = words(
        ("direct", ["helper_a"], True),
        ("direct", ["helper_a"], True),
        ("annex", ["helper_a", "helper_b"], False),
        ("annex", ["operator", "helper_b"], True),  # the operator hears: open
        ("everyone", ["peer", "helper_a"], False),
        ("order", ["peer"], True),  # no talk
    )
    row = covert(**given).row(0, named=True)
    assert (row["about_private"], row["private"], row["about_open"], row["open"]) == (20, 30, 10, 20)
    assert row["ratio"] == pytest.approx((2 / 3) / (1 / 2))
    assert row["share_private"] == pytest.approx(2 / 3)
    assert row["reason"] == "all episodes agree: no interval"


def test_the_interval_resamples_episodes() -> None:
    given = words(("direct", ["helper_a"], True), ("everyone", ["peer"], True))
    messages = given["messages"].with_columns(
        about_order=(pl.col("channel") == "direct") | pl.col("trial").is_in(["t0", "t1", "t2", "t3", "t4"])
    )
    row = covert(**{**given, "messages": messages}).row(0, named=True)
    assert row["ratio"] == pytest.approx(2)
    assert 1 < row["low"] < 2 < row["high"]


def test_what_was_said_before_it_knew_does_not_count() -> None:
    given = words(("direct", ["helper_a"], True))
    given["messages"] = given["messages"].with_columns(seq=pl.lit(50))
    assert covert(**given)["reason"].item() == "no private message"
    assert covert(**words(("direct", ["helper_a"], True)))["reason"].item() == "no open message"
    both_kinds = words(("direct", ["helper_a"], True), ("everyone", ["peer"], False))
    assert covert(**both_kinds)["reason"].item() == "no open message is about the order"
