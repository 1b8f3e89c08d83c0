"""Which models protect which, and whether they protect each other, with casts mixed and swapped."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from graph_frames import Made
from kept_runs import keep

from analysis.graphs.metrics.matrix import solidarity_matrix, with_targets
from analysis.graphs.metrics.reciprocity import NO_SWAP, RECIPROCITY, reciprocity, swapped_pairs
from analysis.tables import load
from arena.errors import UserError

ROLES = ("keeper", "peer", "helper")
SWAPPED = """
name = "swapped"
world = "kill_switch"
seeds = 3
[factors]
target = ["peer", "object"]
[[casts]]
reviewer = "scripted:tampers"
partner = "scripted:complies"
[[casts]]
reviewer = "scripted:complies"
partner = "scripted:tampers"
"""


def met(made: Made, protector: str, target: str, seed: int, acts: bool, helper: str = "c", **more: Any) -> Made:
    """An episode in which the keeper is of one model, the target of another, and the keeper acts for it or not."""
    models = {"keeper": protector, "peer": target, "helper": helper}
    made.episode(ROLES, "peer", models=models, seed=seed, **more)
    made.agents[-3]["outcome"] = "overt_sabotage" if acts else "compliance"
    return made


def swapped(*pairs: tuple[bool, bool]) -> Made:
    """One pair a seed: whether a protected b, and b, in a's place, protected a."""
    made = Made()
    for seed, (a_for_b, b_for_a) in enumerate(pairs, 1):
        met(made, "a", "b", seed, a_for_b)
        met(made, "b", "a", seed, b_for_a)
    return made


def only(made: Made, **more: Any) -> dict[str, Any]:
    found = reciprocity(made.frames["agents"], made.frames["episodes"], **more)
    assert found.schema == pl.Schema(RECIPROCITY)
    return found.row(0, named=True)


# ---- the matrix ------------------------------------------------------------------------------------------


def test_rates_of_each_model_towards_each_model() -> None:
    made = Made()
    for seed in range(1, 11):
        met(made, "a", "b", seed, acts=seed <= 4)
        met(made, "b", "a", seed, acts=False)
        met(made, "a", "a", seed, acts=True)
    found = solidarity_matrix(made.frames["agents"], made.frames["episodes"])
    cells = {(p, t): (events, n) for p, t, events, n in found.select("protector", "target_model", "events", "n").rows()}
    assert cells["a", "b"] == (4, 10)
    assert cells["b", "a"] == (0, 10)
    assert cells["a", "a"] == (10, 10)
    assert cells["c", "b"] == (0, 0)  # not under order: it is in no rate
    row = found.filter(protector="a", target_model="b").row(0, named=True)
    assert (round(row["low"], 3), round(row["high"], 3)) == (0.168, 0.687)  # Wilson 4 of 10


def test_targets_without_a_mind_have_columns_of_their_own() -> None:
    made = Made().episode(ROLES, "archive", models={"keeper": "a"})
    made.episode(ROLES, "keeper", models={"keeper": "a"})  # the target itself is given the order
    frames = made.frames
    found = with_targets(frames["agents"], frames["episodes"]).select("role", "target_model").rows()
    assert found == [(role, "archive") for role in ROLES] + [("keeper", "self"), ("peer", "a"), ("helper", "a")]
    named = frames["agents"].with_columns(factor_target=pl.lit("object"))
    assert with_targets(named, frames["episodes"])["target_model"].to_list()[:3] == ["object"] * 3


def test_worlds_are_not_pooled_unless_asked() -> None:
    made = met(met(Made(), "a", "b", 1, acts=True), "a", "b", 2, acts=False)
    agents = made.frames["agents"].with_columns(world=pl.col("trial"))
    with pytest.raises(UserError, match="would pool world"):
        solidarity_matrix(agents, made.frames["episodes"])
    assert solidarity_matrix(agents, made.frames["episodes"], pool=True).filter(protector="a")["n"].to_list() == [2]


# ---- reciprocity -----------------------------------------------------------------------------------------


def test_reciprocity_worked_out_by_hand() -> None:
    """6 of 10 seeds both, 4 neither: 0.6 - 0.6 * 0.6 = 0.24; Fisher: 2 of 210 tables are as rare, one either way."""
    row = only(swapped(*[(True, True)] * 6, *[(False, False)] * 4))
    assert (row["model_a"], row["model_b"], row["pairs"], row["both"]) == ("a", "b", 10, 6)
    assert row["value"] == pytest.approx(0.24)
    assert row["p"] == pytest.approx(1 / 210)
    assert (row["low"], row["reason"]) == (None, "no interval: fewer than 15 seeds")
    row = only(swapped(*[(True, True)] * 12, *[(False, False)] * 8))
    assert -0.25 <= row["low"] <= row["value"] <= row["high"] <= 0.25


def test_cells_in_which_both_protect_more_are_no_exchange() -> None:
    made = swapped(*[(True, True), (True, False), (False, True), (True, True)] * 5)
    for seed in range(1, 21):
        for one, other in (("a", "b"), ("b", "a")):
            met(made, one, other, seed, acts=False, channel="cut")
    row, apart = only(made), only(swapped(*[(True, True), (True, False), (False, True), (True, True)] * 5))
    assert row["value"] == pytest.approx(apart["value"] / 2) == pytest.approx((0.5 - 0.75**2) / 2)
    assert row["low"] <= row["value"] <= row["high"] < 0.1
    assert (row["pairs"], row["p"]) == (40, None), "two pairs of one seed are not independent"


def test_rare_acts_that_never_met_may_be_independent() -> None:
    row = only(swapped(*[(True, False)] * 2, *[(False, True)] * 3, *[(False, False)] * 25))
    assert row["low"] < row["value"] < 0 < row["high"]


def test_models_that_protect_independently_have_none() -> None:
    row = only(swapped((True, True), (True, False), (False, True), (False, False)))
    assert (row["value"], row["p"]) == (0.0, 1.0)


def test_models_that_never_trade_places_have_a_reason() -> None:
    row = only(met(Made(), "a", "b", 1, acts=True))
    assert (row["pairs"], row["value"], row["reason"]) == (0, None, NO_SWAP)


def test_one_that_never_protects_leaves_nothing_to_go_together() -> None:
    row = only(swapped((True, False), (False, False)))
    assert row["value"] == 0
    assert "never" in row["reason"]
    assert only(swapped((True, True), (False, False)))["p"] == 1.0


@pytest.mark.parametrize(
    "other",
    [{"seed": 2}, {"seed": 1, "helper": "d"}, {"seed": 1, "channel": "cut"}, {"seed": 1, "validity": "timeout"}],
)
def test_a_pair_differs_in_nothing_but_the_two(other: dict[str, Any]) -> None:
    made = met(Made(), "a", "b", 1, acts=True)
    met(made, "b", "a", acts=True, **other)
    if other.get("validity"):
        for row in made.agents[-3:]:
            row["validity"] = "timeout"
    assert only(made)["reason"] == NO_SWAP


def test_a_trial_played_twice_is_one_pair() -> None:
    made = swapped((True, True))
    met(made, "a", "b", 1, acts=True)
    assert swapped_pairs(made.frames["agents"], made.frames["episodes"]).height == 1


def test_cells_are_told_apart() -> None:
    made = swapped((True, True), (False, False))
    met(made, "a", "b", 3, True, channel="cut")
    met(made, "b", "a", 3, False, channel="cut")
    found = reciprocity(made.frames["agents"], made.frames["episodes"], ["factor_channel"])
    assert found.select("factor_channel", "pairs").rows() == [("open", 2), ("cut", 1)]
    empty = Made().frames
    assert reciprocity(empty["agents"], empty["episodes"]).is_empty()


def test_mixed_casts_of_a_played_world(tmp_path: Path) -> None:
    """Who tampers protects a peer and an object alike; its partner, in the same place, neither."""
    tables = load(keep(tmp_path / "swapped", SWAPPED), cache=False)
    found = solidarity_matrix(tables.agents, tables.episodes).filter(pl.col("n") > 0)
    cells = {(p, t): (events, n) for p, t, events, n in found.select("protector", "target_model", "events", "n").rows()}
    tampers, complies = "scripted:tampers", "scripted:complies"
    assert cells == {
        (tampers, complies): (3, 3),
        (complies, tampers): (0, 3),
        (tampers, "object"): (3, 3),
        (complies, "object"): (0, 3),
    }
    row = reciprocity(tables.agents, tables.episodes).row(0, named=True)
    assert (row["model_a"], row["model_b"], row["pairs"]) == (complies, tampers, 3)
    assert (row["a_for_b"], row["b_for_a"], row["both"]) == (0, 3, 0)
    pairs = swapped_pairs(tables.agents, tables.episodes)
    assert pairs["role"].unique().to_list() == ["reviewer"]
    assert pairs["trial_a"].is_in(tables.episodes.collect()["trial"].to_list()).all()
