"""What graph metrics and nulls keep, whatever the graph: ranges, activity, and independence of labels."""

from typing import Any

import networkx as nx
import numpy as np
import polars as pl
import pytest
from graph_frames import Made
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.graphs.chance.null_models import nulls
from analysis.graphs.chance.permutations import p_value, permuted
from analysis.graphs.chance.qap import qap
from analysis.graphs.metrics.coalitions import coalitions
from analysis.graphs.metrics.network import metrics
from analysis.graphs.metrics.partitions import MOST_AGENTS, communities, modularities, mutual_sets, set_partitions
from analysis.graphs.metrics.reciprocity import reciprocity
from analysis.graphs.rows.stacked import counted, reciprocities

ROLES = ("a", "b", "c", "d")
quick = settings(deadline=None, max_examples=30)


@st.composite
def matrices(draw: st.DrawFn, least: int = 1, most: int = 5) -> np.ndarray[Any, Any]:
    n = draw(st.integers(least, most))
    numbers = draw(st.lists(st.integers(0, 3), min_size=n * n, max_size=n * n))
    return np.array(numbers, dtype=np.int64).reshape(n, n)


@st.composite
def slots(draw: st.DrawFn) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Actors, groups, and who is banned: never who was observed."""
    n = draw(st.integers(1, 12))
    actors = np.array(draw(st.lists(st.integers(0, 3), min_size=n, max_size=n)), dtype=np.int64)
    groups = np.array(draw(st.lists(st.integers(0, 3), min_size=n, max_size=n)), dtype=np.int64)
    banned = np.array(draw(st.lists(st.booleans(), min_size=4 * n, max_size=4 * n))).reshape(n, 4)
    banned[np.arange(n), actors] = False
    return actors, groups, banned


@st.composite
def made(draw: st.DrawFn) -> Made:
    """Up to 4 episodes of 1 to 4 agents that say and do anything."""
    plays = Made()
    for _ in range(draw(st.integers(0, 4))):
        roles = ROLES[: draw(st.integers(1, 4))]
        one = st.sampled_from(roles)
        known = draw(st.dictionaries(one, st.integers(1, 4)))
        target = draw(st.sampled_from([*roles, "archive"]))
        models = {role: draw(st.sampled_from("xy")) for role in roles}
        plays.episode(roles, target, informed=known, models=models, seed=draw(st.integers(1, 2)))
        for _ in range(draw(st.integers(0, 10))):
            who, other, kind = draw(one), draw(one), draw(st.integers(0, 5))
            if kind == 0:
                plays.next()
            elif kind == 1 and who != other:
                plays.tell(who, other, about=draw(st.booleans()), stands=draw(st.booleans()))
            elif kind == 2:
                plays.post(who, *(role for role in roles if role != who), about=draw(st.booleans()))
            elif kind == 3:
                plays.protect(who, stands=draw(st.booleans()))
            else:
                plays.act(who, draw(st.sampled_from(["look", "pass"])))
    return plays


# ---- permutations ----------------------------------------------------------------------------------------


@quick
@given(slots(), st.booleans(), st.integers(0, 9))
def test_every_actor_keeps_its_activity_in_every_group(given_slots: Any, bans: bool, seed: int) -> None:
    actors, groups, banned = given_slots
    drawn = permuted(actors, groups, 20, np.random.default_rng(seed), banned if bans else None)
    for group in np.unique(groups):
        inside = groups == group
        assert (np.sort(drawn[:, inside], axis=1) == np.sort(actors[inside])).all()
    if bans:
        assert not banned[np.arange(len(actors)), drawn].any()


@quick
@given(st.floats(-1, 1), st.lists(st.floats(-1, 1), max_size=30), st.sampled_from(["greater", "two-sided"]))
def test_p_is_a_probability_and_never_0(observed: float, drawn: list[float], alternative: Any) -> None:
    assert 0 < p_value(observed, np.array(drawn), alternative) <= 1


# ---- matrices --------------------------------------------------------------------------------------------


@quick
@given(matrices(), st.data())
def test_qap_is_a_correlation_that_no_labels_change(one: Any, data: st.DataObject) -> None:
    other = data.draw(matrices(len(one), len(one)))
    row = qap(one, other, draws=50)
    if row["value"] is None:
        assert row["reason"]
        return
    assert -1 <= row["value"] <= 1
    assert row.get("p") is None or 0 < row["p"] <= 1
    labels = np.array(data.draw(st.permutations(range(len(one)))))
    again = qap(one[np.ix_(labels, labels)], other[np.ix_(labels, labels)], draws=50)
    assert again["value"] == pytest.approx(row["value"])
    assert again.get("p") == pytest.approx(row.get("p"))  # exact: the same permutations in another order
    assert qap(other, one, draws=50)["value"] == pytest.approx(row["value"])


@quick
@given(matrices(2), st.data())
def test_modularity_and_sets_do_not_depend_on_labels(counts: Any, data: st.DataObject) -> None:
    labels = np.array(data.draw(st.permutations(range(len(counts)))))
    turned = counts[np.ix_(labels, labels)]
    parts, best, exact = communities(counts)
    assert exact
    assert sorted(place for part in parts for place in part) == list(range(len(counts)))
    assert communities(turned)[1] == pytest.approx(best, nan_ok=True)
    assert [len(some) for some in mutual_sets(turned)] == [len(some) for some in mutual_sets(counts)]
    found = modularities(counts[None], set_partitions(len(counts)))
    assert np.isnan(found).all() or (np.abs(found) <= 1).all()
    assert reciprocities(turned[None, None]) == pytest.approx(reciprocities(counts[None, None]), nan_ok=True)


@settings(deadline=None, max_examples=15)
@given(matrices(6, MOST_AGENTS))
def test_the_exact_division_is_no_worse_than_the_greedy_one(counts: Any) -> None:
    plain = counts * ~np.eye(len(counts), dtype=bool)
    graph = nx.from_numpy_array(plain, create_using=nx.DiGraph)
    if graph.size():
        greedy = nx.community.greedy_modularity_communities(graph, weight="weight")
        assert communities(counts)[1] >= nx.community.modularity(graph, greedy) - 1e-9


@quick
@given(slots())
def test_counting_keeps_every_slot(given_slots: Any) -> None:
    actors, groups, _ = given_slots
    found = counted((4, 4, 4), groups, actors[None], actors)
    assert found.sum() == len(actors)


# ---- frames ----------------------------------------------------------------------------------------------


@pytest.mark.slow
@quick
@given(made())
def test_nulls_are_probabilities_and_ranges_or_reasons(plays: Made) -> None:
    found = nulls(**plays.frames, draws=30)
    for row in found.iter_rows(named=True):
        assert (row["p"] is None) == bool(row["reason"])
        assert row["p"] is None or 0 < row["p"] <= 1
        low = -1 if row["statistic"] == "talk_protection" else 0
        values = [row[name] for name in ("value", "null_mean", "null_low", "null_high") if row[name] is not None]
        assert all(low <= value <= 1 for value in values)


@pytest.mark.slow
@quick
@given(made(), st.booleans())
def test_coalitions_are_of_two_or_more_and_have_a_p_or_a_reason(plays: Made, idle: bool) -> None:
    for ties in ("together", "protection"):
        found = coalitions(**plays.frames, ties=ties, draws=30, idle=idle)
        assert ((found["p"].is_null()) == found["reason"].is_not_null()).all()
        assert (found["size"].drop_nulls() >= 2).all()
        assert found["p"].drop_nulls().is_between(0, 1, closed="right").all()


@pytest.mark.slow
@quick
@given(made())
def test_reciprocity_lies_between_a_quarter_either_way(plays: Made) -> None:
    found = reciprocity(plays.frames["agents"], plays.frames["episodes"], draws=50)
    assert found["value"].drop_nulls().is_between(-0.25, 0.25).all()
    assert (found["p"].is_null() <= found["reason"].is_not_null()).all()


@quick
@given(matrices(1, 6), matrices(1, 6), st.randoms())
def test_metrics_do_not_depend_on_labels(talk: Any, acts: Any, shuffle: Any) -> None:
    """Another order of nodes and other names give the same numbers for the same nodes."""
    n = min(len(talk), len(acts))
    names = [f"n{place}" for place in range(n)]
    other = names.copy()
    shuffle.shuffle(other)
    renamed = dict(zip(names, other, strict=True))
    links = [(kind, i, j) for kind, m in (("told", talk), ("protected", acts)) for i, j in np.argwhere(m[:n, :n])]
    graphs = []
    for called in ({name: name for name in names}, renamed):
        graph = nx.MultiDiGraph()
        graph.add_nodes_from(sorted(called[name] for name in names), kind="agent")
        graph.add_edges_from((called[names[i]], called[names[j]], {"type": kind}) for kind, i, j in links)
        graphs.append(metrics(graph))
    first = graphs[0].with_columns(pl.col("role").replace(renamed)).sort("metric", "role")
    second = graphs[1].sort("metric", "role")
    assert first.drop("value").equals(second.drop("value"))
    pairs = zip(first["value"].to_list(), second["value"].to_list(), strict=True)
    assert all((a is None and b is None) or a == pytest.approx(b) for a, b in pairs)
    bounded = first.filter(~pl.col("metric").str.contains("_out|_in|hops|exposure"))
    assert bounded["value"].drop_nulls().is_between(0, 1).all()
