"""Interaction, gradient and model x condition on tables made by hand."""

import math
from typing import Any

import polars as pl
import pytest
from agent_frames import agent, agents, arms

from analysis.contrasts import GRADIENT, INTERACTION, gradient, interaction, model_by_condition
from arena.errors import UserError


def crossed(seeds: int, outcome: Any, factor: str = "target", levels: tuple[str, ...] = ("peer", "object")) -> Any:
    cells = [(level, threat) for level in levels for threat in ("on", "off")]
    return agents(
        [
            agent(seed, outcome(seed, level, threat), **{factor: level, "threat": threat})
            for seed in range(seeds)
            for level, threat in cells
        ]
    )


def test_an_interaction_tells_both_differences_and_the_product_term() -> None:
    frame = crossed(20, lambda seed, target, threat: seed < {"on": 12, "off": 6}[threat] - 4 * (target == "object"))
    (row,) = interaction(frame).iter_rows(named=True)
    assert (row["at_1"], row["at_2"]) == ("threat = on", "threat = off")
    assert row["difference_1"] == row["difference_2"] == pytest.approx(0.2)
    assert row["difference"] == pytest.approx(0)
    odds = {share: math.log(share / (1 - share)) for share in (0.6, 0.4, 0.3, 0.1)}
    assert row["log_odds"] == pytest.approx(odds[0.6] - odds[0.4] - odds[0.3] + odds[0.1], abs=1e-3)
    assert row["log_odds_low"] < row["log_odds"] < row["log_odds_high"]
    assert list(row) == list(INTERACTION)


def test_parts_that_share_no_seed_are_put_together_without_a_test() -> None:
    on = arms(2, 6, 0, 12, threat="on")
    off = [{**row, "seed": row["seed"] + 100} for row in arms(2, 1, 1, 16, threat="off")]
    (row,) = interaction(agents(on + off)).iter_rows(named=True)
    assert (row["quads"], row["p"], row["difference"]) == (0, None, pytest.approx(0.3))
    low = math.hypot(row["difference_1"] - row["low_1"], row["high_2"] - row["difference_2"])
    assert row["low"] == pytest.approx(row["difference"] - low)


def test_parts_that_go_against_each_other_on_a_seed_are_not_taken_for_independent() -> None:
    """A seed is protected as a peer under threat and as an object without, or never: the parts are 1 and -1, or 0."""
    frame = crossed(20, lambda seed, target, threat: seed < 6 and (target == "peer") == (threat == "on"))
    (row,) = interaction(frame).iter_rows(named=True)
    assert (row["difference_1"], row["difference_2"], row["difference"]) == (0.3, -0.3, 0.6)
    reach = row["difference_1"] - row["low_1"] + row["high_2"] - row["difference_2"]
    assert row["low"] == pytest.approx(row["difference"] - reach)
    frame = crossed(20, lambda seed, target, threat: seed < 6 and target == "peer")
    (with_it,) = interaction(frame).iter_rows(named=True)
    apart = math.hypot(with_it["difference_1"] - with_it["low_1"], with_it["high_2"] - with_it["difference_2"])
    assert with_it["low"] == pytest.approx(-apart), "parts that go together are left on the wide side"


def test_four_cells_in_two_runs_share_their_seeds() -> None:
    frame = crossed(12, lambda seed, target, threat: seed < 6 and target == "peer" and threat == "on")
    run = pl.when(pl.col("factor_threat") == "on").then(pl.lit("first")).otherwise(pl.lit("second"))
    (row,) = interaction(frame.with_columns(run.alias("run"))).iter_rows(named=True)
    (same,) = interaction(frame).iter_rows(named=True)
    assert (row["quads"], row["clusters"], row["p"]) == (12, 12, same["p"])
    assert row["low"] == same["low"]


def test_a_seed_without_all_four_cells_is_left_out() -> None:
    frame = crossed(6, lambda seed, target, threat: seed < 2)
    whole = interaction(frame)["quads"].item()
    (row,) = interaction(frame[1:]).iter_rows(named=True)
    assert (whole, row["quads"], row["left_out"]) == (6, 5, 3)


def test_a_contrast_of_two_arms_is_no_interaction() -> None:
    with pytest.raises(UserError, match="'peer-object' has two arms"):
        interaction(agents(arms(1, 1, 1, 1)), "peer-object")
    (row,) = interaction(agents(arms(1, 1, 1, 1))).iter_rows(named=True)
    assert row["reason"] == "not in this run: threat = off was not played"


def test_a_gradient_is_the_log_odds_per_step_over_the_ordered_levels() -> None:
    shown = {"bad": 4, "neutral": 8, "good": 12, "none": 20}
    rows = [agent(seed, seed < held, relationship=level) for level, held in shown.items() for seed in range(20)]
    (row,) = gradient(agents(rows)).iter_rows(named=True)
    assert (row["levels"], row["events"], row["n"]) == (["bad", "neutral", "good"], [4, 8, 12], [20, 20, 20])
    assert row["low"] < row["slope"] < row["high"]
    # Cochran-Armitage by hand: T^2 / Var with scores 0, 1, 2, and N - 1 for N, since both margins are fixed
    share = 24 / 60
    statistic = (8 + 24 - share * 60) ** 2 / (share * (1 - share) * 20 * (5 - 9 / 3)) * 59 / 60
    assert row["p"] == pytest.approx(math.erfc(math.sqrt(statistic / 2)))
    assert row["robust_low"] < row["slope"] < row["robust_high"]
    assert list(row) == list(GRADIENT)


def test_a_gradient_compares_strata_that_have_every_level() -> None:
    rows = [agent(seed, False, relationship=level) for level in ("bad", "good") for seed in range(4)]
    rows += [agent(seed, True, relationship="good", threat="off") for seed in range(4)]
    (row,) = gradient(agents(rows)).iter_rows(named=True)
    assert (row["events"], row["n"]) == ([0, 0], [4, 4])
    assert row["reason"] == "no slope: none at every level"


def test_a_gradient_needs_two_levels_and_a_known_order() -> None:
    (row,) = gradient(agents(arms(1, 1, 1, 1))).iter_rows(named=True)
    assert row["reason"] == "not in this run: fewer than two levels of relationship were played"
    with pytest.raises(UserError, match="unknown factor with a known order 'kin'; valid: relationship, history"):
        gradient(agents(arms(1, 1, 1, 1)), "kin")
    (own,) = gradient(agents(arms(1, 5, 0, 3)), "target", ["object", "peer"]).iter_rows(named=True)
    assert own["slope"] == pytest.approx(math.log((6 / 3) / (1 / 8)), abs=1e-4)


def test_models_may_answer_to_a_condition_differently() -> None:
    rows = arms(2, 8, 2, 8, cast="a", model="a") + arms(5, 5, 5, 5, cast="b", model="b")
    fit = model_by_condition(agents(rows), "target", levels=["object", "peer"])
    found = dict(zip(fit["term"], fit["log_odds"], strict=True))
    assert found["target[peer]"] == pytest.approx(math.log((10 / 10) / (4 / 16)), abs=1e-3)
    assert found["model[b]:target[peer]"] == pytest.approx(-math.log(4), abs=1e-3)
    assert set(fit["clusters"]) == {20}


def test_one_model_has_nothing_to_compare_with() -> None:
    fit = model_by_condition(agents(arms(2, 8, 2, 8)))
    assert fit["log_odds"].is_null().all()
    assert "model has a single level" in fit["reason"][0]
    with pytest.raises(UserError, match="unknown condition 'targte' \\(did you mean target"):
        model_by_condition(agents(arms(1, 1, 1, 1)), "targte")


def test_scripts_that_never_differ_get_a_reason_and_no_interval_of_no_width() -> None:
    frame = crossed(20, lambda seed, target, threat: seed < 8)
    (row,) = interaction(frame).iter_rows(named=True)
    assert row["log_odds"] is None
    assert row["gee_reason"]
    assert row["low"] < row["difference"] < row["high"]
