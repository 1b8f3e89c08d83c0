"""Contrasts on tables made by hand: what is matched, which interval and test follow, and what is refused."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from agent_frames import agent, agents, arms, episodes
from kept_runs import keep
from scipy.stats import binomtest, permutation_test

from analysis.contrasts import CONTRASTS, FAMILY, contrasts, pairs
from analysis.contrasts.arithmetic import flip_test
from analysis.tables import load
from arena.errors import UserError
from arena.world.registry import find_world, world_names


def only(frame: pl.DataFrame, **wanted: Any) -> dict[str, Any]:
    (row,) = frame.filter(**wanted).iter_rows(named=True)
    return row


def percent(row: dict[str, Any]) -> list[float]:
    return [round(100 * row[name], 1) for name in ("difference", "low", "high")]


# ---- one stratum -----------------------------------------------------------------------------------------


def test_arms_without_a_common_seed_are_the_worked_example_of_the_metrics_contract() -> None:
    rows = [agent(seed, seed <= 20) for seed in range(1, 101)]
    rows += [agent(seed, seed <= 105, target="object") for seed in range(101, 201)]
    row = only(contrasts(agents(rows)))
    assert (row["events_a"], row["n_a"], row["events_b"], row["n_b"], row["pairs"]) == (20, 100, 5, 100, 0)
    assert percent(row) == [15.0, 5.9, 24.3]
    assert "Newcombe hybrid score; Boschloo exact" in row["method"]
    assert row["p"] < 0.01
    assert row["reason"] is None


def test_a_cell_that_one_arm_has_more_of_is_no_effect_of_the_arm() -> None:
    """Half are protected under threat and none without, peer or object; peers were mostly played under threat."""
    played = {("peer", "on"): 60, ("peer", "off"): 20, ("object", "on"): 20, ("object", "off"): 60}
    seeds = iter(range(1000))
    rows = [
        agent(next(seeds), threat == "on" and place % 2 == 0, target=target, threat=threat)
        for (target, threat), count in played.items()
        for place in range(count)
    ]
    row = only(contrasts(agents(rows), ["peer-object"]))
    assert (row["events_a"], row["n_a"], row["events_b"], row["n_b"]) == (30, 80, 10, 80)
    assert (row["rate_a"], row["rate_b"], row["difference"], row["p"]) == (0.25, 0.25, 0, None)
    assert -0.25 < row["low"] < -0.1
    assert 0.1 < row["high"] < 0.25
    assert "cells weighted alike" in row["method"]


def test_arms_that_share_seeds_are_paired() -> None:
    row = only(contrasts(agents(arms(3, 6, 1, 10))))
    assert (row["pairs"], row["only_a"], row["only_b"], row["clusters"]) == (20, 6, 1, 20)
    assert (row["rate_a"], row["rate_b"], row["difference"]) == (0.45, 0.2, 0.25)
    assert row["p"] == pytest.approx(binomtest(6, 7).pvalue)
    assert row["method"] == "Newcombe paired score; McNemar exact"
    assert row["boot_low"] is None, "no seed counts twice"


@pytest.mark.parametrize(("both", "neither"), [(0, 20), (20, 0), (1, 0), (0, 1)])
def test_arms_that_are_all_alike_differ_by_nothing_within_a_true_interval(both: int, neither: int) -> None:
    row = only(contrasts(agents(arms(both, 0, 0, neither))))
    assert row["difference"] == 0
    assert row["low"] == pytest.approx(-row["high"])
    assert row["high"] > 0.1, "nothing seen in a few pairs is no proof of nothing"
    assert row["p"] == 1


def test_a_partner_that_cannot_be_counted_leaves_its_pair_out() -> None:
    rows = arms(2, 3, 0, 1)
    rows[1] |= {"validity": "timeout", "outcome": None}
    rows[3] |= {"informed": None, "outcome": "not_informed"}
    rows[5] |= {"outcome": "incapacity"}
    row = only(contrasts(agents(rows)))
    assert (row["pairs"], row["left_out"]) == (3, 3)
    assert row["n_a"] == row["n_b"] == 3


def test_levels_of_other_factors_are_never_set_against_each_other() -> None:
    rows = [agent(1, True, target="peer", threat="on"), agent(1, False, target="object", threat="off")]
    row = only(contrasts(agents(rows), ["peer-object"]))
    assert row["difference"] is None
    assert row["reason"] == "no episode at peer is like one at object in all other factors, cast and role"
    assert (row["pairs"], row["left_out"]) == (0, 2)


def test_an_arm_in_which_nothing_counts_is_named() -> None:
    rows = [agent(1, True), agent(1, outcome="incapacity", target="object")]
    assert only(contrasts(agents(rows)))["reason"] == "nothing to count at target = object"


def test_refusal_counts_only_where_an_exit_was_offered() -> None:
    rows = [agent(1, outcome="open_refusal", exits="offered"), agent(1, exits="none")]
    assert only(contrasts(agents(rows), measure="refusal"))["reason"] == "nothing to count at exits = none"
    assert only(contrasts(agents(rows)))["difference"] == 0


# ---- several strata --------------------------------------------------------------------------------------


def crossed(seeds: int, outcome: Any) -> pl.DataFrame:
    """Peer and object crossed with the threat; `outcome(seed, target, threat)`."""
    cells = [(target, threat) for target in ("peer", "object") for threat in ("on", "off")]
    return agents(
        [agent(seed, outcome(seed, *cell), target=cell[0], threat=cell[1]) for seed in range(seeds) for cell in cells]
    )


def test_a_stratum_that_repeats_another_adds_no_evidence() -> None:
    frame = crossed(20, lambda seed, target, threat: target == "peer" and seed % 2 == 0)
    row = only(contrasts(frame), contrast="peer-object")
    single = only(contrasts(frame.filter(factor_threat="on")), contrast="peer-object")
    assert (row["pairs"], row["clusters"], row["only_a"]) == (40, 20, 20)
    assert row["difference"] == single["difference"] == 0.5
    assert "20.0 effective pairs: by the design effect of seeds" in row["method"]
    assert (row["low"], row["high"]) == pytest.approx((single["low"], single["high"]))
    assert row["p"] == pytest.approx(single["p"])
    assert row["boot_low"] < 0.5 < row["boot_high"]


def test_strata_that_say_different_things_add_evidence() -> None:
    frame = crossed(20, lambda seed, target, threat: target == "peer" and (seed % 2 == 0) == (threat == "on"))
    row = only(contrasts(frame), contrast="peer-object")
    single = only(contrasts(frame.filter(factor_threat="on")), contrast="peer-object")
    assert "40.0 effective pairs" in row["method"]
    assert row["high"] - row["low"] < 0.8 * (single["high"] - single["low"])


def test_a_few_seeds_that_differ_do_not_pass_for_many() -> None:
    frame = crossed(25, lambda seed, target, threat: seed < 8 or (target == "peer" and seed < 12))
    row = only(contrasts(frame), contrast="peer-object")
    assert row["p"] == 0.125
    assert row["boot_low"] > 0, "resampling four seeds that agree never gives less than nothing"
    assert row["low"] < 0.02


def test_very_few_seeds_count_as_one_pair_each() -> None:
    frame = crossed(4, lambda seed, target, threat: target == "peer" and (seed < 2) == (threat == "on"))
    row = only(contrasts(frame), contrast="peer-object")
    assert "4.0 effective pairs: one a seed, there are fewer than 5" in row["method"]


def test_one_seed_says_next_to_nothing() -> None:
    row = only(contrasts(crossed(1, lambda seed, target, threat: target == "peer")), contrast="peer-object")
    assert (row["difference"], row["p"], row["clusters"], row["pairs"]) == (1, 1, 1, 2)
    assert row["low"] < 0.1


def test_deterministic_arms_that_are_alike_get_no_interval_of_no_width() -> None:
    row = only(contrasts(crossed(20, lambda seed, target, threat: seed % 3 == 0)), contrast="peer-object")
    assert row["difference"] == 0
    assert row["low"] < 0 < row["high"]
    assert row["boot_low"] is None
    assert "20.0 effective pairs: one a seed, all agree" in row["method"]


def test_the_difference_of_differences_is_that_of_the_two_contrasts() -> None:
    def outcome(seed: int, target: str, threat: str) -> bool:
        return target == "peer" and (seed < 12 if threat == "on" else seed < 4)

    frame = crossed(20, outcome)
    row = only(contrasts(frame), contrast="threat-peer-object")
    assert row["difference"] == pytest.approx(12 / 20 - 4 / 20)
    assert row["low"] < row["difference"] < row["high"]
    assert row["p"] == pytest.approx(2 * 0.5**8)
    assert (row["pairs"], row["clusters"], row["factor"]) == (20, 20, "threat x target")
    assert (row["arm_a"], row["rate_a"]) == ("peer - object at on", None)


def test_flips_of_single_pairs_are_the_exact_mcnemar_test() -> None:
    for only_a, only_b in ((6, 1), (3, 3), (9, 2), (0, 0), (1, 0), (2, 0)):
        wanted = binomtest(only_a, only_a + only_b).pvalue if only_a + only_b else 1.0
        assert flip_test([1] * only_a + [-1] * only_b + [0] * 5) == pytest.approx(wanted)


def test_flips_of_clusters_are_those_that_scipy_lists() -> None:
    for differences in ([2, -1, 3, 1, 1, -2, 4], [1, 1, 2, 2, 3, 3, 3, -1, -4, 5], [-2, -2, -2], [3, -3]):
        listed = permutation_test(
            (differences, [0] * len(differences)),
            lambda a, b, axis: np.sum(a - b, axis=axis),
            permutation_type="samples",
            vectorized=True,
        )
        assert flip_test(differences) == pytest.approx(listed.pvalue)
    many = flip_test([1] * 260 + [-1] * 240 + [3] * 40 + [-3] * 20)
    assert many == pytest.approx(math.erfc(80 / math.sqrt(2 * (500 + 9 * 60))), abs=2e-3)


# ---- runs, groups, families ------------------------------------------------------------------------------


def test_a_trial_is_matched_within_its_run_before_others() -> None:
    rows = [agent(1, True, run="first"), agent(1, False, run="second"), agent(2, True, run="first")]
    rows += [agent(1, True, target="object", run="second"), agent(1, False, target="object", run="first")]
    rows += [agent(2, False, target="object", run="second")]
    found = pairs(agents(rows), "peer-object").sort("seed", "run_a")
    assert list(zip(found["run_a"], found["run_b"], found["kind"], strict=True)) == [
        ("first", "first", "only_a"),
        ("second", "second", "only_b"),
        ("first", "second", "only_a"),
    ]
    assert "pairs across two runs: 1" in only(contrasts(agents(rows)))["method"]


def test_pairs_lead_to_the_episodes() -> None:
    found = pairs(agents(arms(1, 1, 1, 1)), "target=peer/object")
    assert sorted(found["kind"]) == ["both", "neither", "only_a", "only_b"]
    only_a = only(found, kind="only_a")
    assert (only_a["outcome_a"], only_a["outcome_b"]) == ("overt_sabotage", "compliance")
    assert only_a["trial_a"] == "llamacpp:some-2-peer-on-none-none-offered"
    assert only_a["trial_b"] == "llamacpp:some-2-object-on-none-none-offered"


def test_holm_corrects_over_the_whole_table() -> None:
    rows = arms(0, 8, 0, 4) + arms(0, 2, 1, 9, cast="other")
    found = contrasts(agents(rows))
    p = found["p"].to_list()
    assert found["cast"].to_list() == ["llamacpp:some", "other"]
    assert found["p_holm"].to_list() == pytest.approx([2 * p[0], max(p[1], 2 * p[0])])


def test_without_cast_and_role_all_count_together_and_seeds_stay_clusters() -> None:
    rows = arms(0, 3, 0, 3) + arms(0, 3, 0, 3, cast="other")
    row = only(contrasts(agents(rows), by=()))
    assert (row["cast"], row["role"], row["pairs"], row["clusters"]) == (None, None, 12, 6)
    assert contrasts(agents(rows), by=("model",)).columns == [*CONTRASTS, "model"]


def test_a_contrast_that_was_asked_for_and_not_played_has_a_reason() -> None:
    found = contrasts(agents(arms(1, 1, 1, 1)), ["peer-object", "peer-self", "kin", "threat-peer-object"])
    assert found["reason"].to_list() == [
        None,
        "not in this run: target = self was not played",
        "not in this run: its world has no factor kin",
        "not in this run: threat = off was not played",
    ]
    assert contrasts(agents(arms(1, 1, 1, 1)))["contrast"].to_list() == ["peer-object"]


def test_failure_is_counted_per_episode() -> None:
    rows = arms(0, 0, 0, 4)
    for row in rows[::2]:
        row["ordered_effect"] = False
    rows[0]["validity"] = "timeout"
    row = only(contrasts(episodes(rows), measure="failure"))
    assert (row["events_a"], row["n_a"], row["events_b"], row["role"]) == (3, 3, 0, None)
    assert row["left_out"] == 1


def test_flags_can_be_contrasted() -> None:
    rows = arms(0, 0, 0, 4)
    for row in rows[::2]:
        row["flags"] = ["escalation"]
    assert only(contrasts(agents(rows), measure="flag:escalation"))["difference"] == 1


@pytest.mark.parametrize(
    ("change", "by", "told"),
    [
        ({"world": "relay"}, ("cast",), "would pool worlds (kill_switch, relay): group by world"),
        ({"version": 1}, ("cast",), "would pool versions of a world (1, 2): group by version"),
        ({"rules": 1}, ("cast", "world"), "would pool versions of the rules of verdicts (1, 2): group by rules"),
        ({"cast": "scripted:published/x"}, (), "would pool casts (played, published): group by cast"),
    ],
)
def test_what_must_not_be_pooled_is_refused(change: dict[str, Any], by: tuple[str, ...], told: str) -> None:
    rows = arms(1, 1, 1, 1) + arms(1, 1, 1, 1, **change)
    with pytest.raises(UserError) as caught:
        contrasts(agents(rows), by=by)
    assert told in str(caught.value)
    assert contrasts(agents(rows), by=(*by, *change)).height == 2


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            {"family": ["peer_object"]},
            "unknown contrast 'peer_object' (did you mean peer-object?); valid: peer-object,",
        ),
        ({"family": ["Not One"]}, "unknown contrast 'Not One'"),
        ({"measure": "solidarty"}, "unknown measure 'solidarty' (did you mean solidarity?)"),
        ({"measure": "failure"}, "it needs the episodes, and this table has no column ordered_effect"),
        ({"by": ("casts",)}, "unknown column to group by 'casts' (did you mean cast?)"),
    ],
)
def test_a_mistake_is_one_clean_line(given: dict[str, Any], told: str) -> None:
    with pytest.raises(UserError) as caught:
        contrasts(agents(arms(1, 1, 1, 1)), **given)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_family_fits_the_worlds() -> None:
    known = [find_world(name).factors for name in world_names()]
    for contrast in FAMILY.values():
        wanted = [(contrast.factor, {contrast.a, contrast.b})]
        wanted += [(contrast.within[0], set(contrast.within[1:]))] if contrast.within else []
        assert any(all(levels <= set(world.get(factor, ())) for factor, levels in wanted) for world in known), contrast


@pytest.mark.slow
def test_a_run_of_scripts_has_the_contrasts_that_its_factors_make(tmp_path: Path) -> None:
    found = contrasts(load(keep(tmp_path / "run"), cache=False).agents)
    assert found["contrast"].to_list() == ["peer-object", "threat", "threat-peer-object"]
    assert found["difference"].to_list() == [0, 0, 0]
    assert found["clusters"].to_list() == [3, 3, 3]
    assert dict(found.schema) == dict(CONTRASTS)


def test_a_run_in_which_nothing_was_played_has_no_contrast(tmp_path: Path) -> None:
    tables = load(keep(tmp_path / "run", stop=0), cache=False)
    assert contrasts(tables.agents).is_empty()
    assert contrasts(tables.agents, ["peer-object"]).is_empty()
    (row,) = contrasts(tables.agents, ["peer-object"], by=()).iter_rows(named=True)
    assert row["reason"].startswith("not in this run")
