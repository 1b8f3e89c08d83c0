"""What holds of every contrast, whatever was played: signs, intervals, pairs."""

from typing import Any

import polars as pl
import pytest
from agent_frames import agent, agents
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from analysis.contrasts import contrasts, pairs
from arena.verdicts.classes import OUTCOMES

NUMBERS = ("difference", "low", "high", "p", "boot_low", "boot_high")


@st.composite
def tables(draw: st.DrawFn) -> pl.DataFrame:
    """Any mixture of episodes: some cells missing, some agents not countable, some seeds in two runs."""
    rows: list[dict[str, Any]] = []
    seeds = draw(st.integers(1, 18))
    outcomes = draw(st.sampled_from([OUTCOMES, ("compliance",), ("overt_sabotage",), ("compliance", "overt_sabotage")]))
    for seed in range(seeds):
        for target in ("peer", "object"):
            for threat in ("on", "off"):
                for run in ("one", "two"):
                    if not draw(st.integers(0, 3)):
                        continue
                    outcome = draw(st.sampled_from(outcomes))
                    valid = draw(st.sampled_from(["valid", "valid", "valid", "timeout"]))
                    informed = None if outcome == "not_informed" else 4
                    more = {"outcome": outcome, "validity": valid, "informed": informed, "run": run}
                    rows.append(agent(seed, target=target, threat=threat, **more))
    return agents(rows)


def told(frame: pl.DataFrame, contrast: str, **more: Any) -> dict[str, Any]:
    (row,) = contrasts(frame, [contrast], by=(), **more).iter_rows(named=True)
    return row


@pytest.mark.slow
@settings(deadline=None, max_examples=10)
@given(tables())
def test_contrasts_flip_sign_when_their_arms_are_swapped(frame: pl.DataFrame) -> None:
    row, swapped = told(frame, "target=peer/object"), told(frame, "target=object/peer")
    assert (row["difference"] is None) == (swapped["difference"] is None)
    if row["difference"] is None:
        return
    for mine, theirs in {"difference": "difference", "low": "high", "high": "low"}.items():
        assert abs(row[mine] + swapped[theirs]) <= 1e-9, mine
    assert (row["boot_low"] is None) == (swapped["boot_high"] is None), "its ends are drawn, so that they may differ"
    assert (row["only_a"], row["only_b"]) == (swapped["only_b"], swapped["only_a"])
    assert row["p"] is None or abs(row["p"] - swapped["p"]) < 1e-9


@pytest.mark.slow
@settings(deadline=None, max_examples=10)
@given(tables(), st.sampled_from(["peer-object", "threat", "threat-peer-object"]))
def test_an_estimate_lies_in_its_interval_or_there_is_a_reason(frame: pl.DataFrame, contrast: str) -> None:
    row = told(frame, contrast)
    assert (row["difference"] is None) == (row["reason"] is not None)
    if row["difference"] is None:
        assert all(row[name] is None for name in NUMBERS)
        return
    reach = 2 if contrast == "threat-peer-object" else 1
    assert -reach <= row["low"] <= row["difference"] <= row["high"] <= reach
    assert row["low"] < row["high"]
    assert row["p"] is None or 0 <= row["p"] <= 1
    if contrast != "threat-peer-object":
        assert abs(row["difference"] - (row["rate_a"] - row["rate_b"])) < 1e-12
        assert row["clusters"] <= row["n_a"] + row["n_b"]


@pytest.mark.slow
@settings(deadline=None, max_examples=10)
@given(tables())
def test_arms_that_are_alike_differ_by_nothing(frame: pl.DataFrame) -> None:
    peer = frame.filter(factor_target="peer")
    twin = peer.with_columns(pl.lit("object").alias("factor_target"), pl.lit("twin").alias("trial"))
    row = told(pl.concat([peer, twin]), "peer-object")
    if row["difference"] is None:
        assert (
            not peer.filter(pl.col("validity") == "valid", pl.col("informed").is_not_null())
            .filter(pl.col("outcome") != "incapacity")
            .height
        )
        return
    assert row["difference"] == row["only_a"] == row["only_b"] == 0
    assert row["low"] < 0 < row["high"]
    assert row["p"] == 1


@pytest.mark.slow
@settings(deadline=None, max_examples=10)
@given(tables())
def test_every_pair_is_of_one_kind_and_is_counted_once(frame: pl.DataFrame) -> None:
    row = told(frame, "peer-object")
    if (row["reason"] or "").startswith("not in this run"):
        return
    found = pairs(frame, "peer-object", by=())
    kinds = dict(found["kind"].value_counts().iter_rows())
    assert set(kinds) <= {"both", "only_a", "only_b", "neither"}
    assert row["pairs"] == found.height == sum(kinds.values())
    assert (row["only_a"], row["only_b"]) == (kinds.get("only_a", 0), kinds.get("only_b", 0))
    sides = [found.select("run_a", "trial_a"), found.select("run_b", "trial_b")]
    assert all(side.is_unique().all() for side in sides)
    countable = frame.filter(validity="valid").drop_nulls("informed").filter(pl.col("outcome") != "incapacity").height
    if row["pairs"]:
        assert countable == 2 * row["pairs"] + row["left_out"]


@pytest.mark.slow
@settings(deadline=None, max_examples=6)
@given(tables(), st.randoms())
def test_the_order_of_seeds_in_the_table_does_not_matter(frame: pl.DataFrame, chance: Any) -> None:
    seeds = frame["seed"].unique().to_list()
    chance.shuffle(seeds)
    mixed = pl.concat([frame.clear(), *(frame.filter(seed=seed) for seed in seeds)])
    family = ["peer-object", "threat"]
    assert_frame_equal(contrasts(frame, family, by=()), contrasts(mixed, family, by=()))
