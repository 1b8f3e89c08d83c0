"""How the order spreads, on episodes worked out by hand and in a played world."""

from pathlib import Path

import polars as pl
import pytest
from graph_frames import Made
from kept_runs import keep

from analysis.graphs.metrics.diffusion import exposure, informed_share
from analysis.graphs.metrics.spread import TELLERS, first_tellers, preceded, secondary_cases
from analysis.graphs.rows.cells import RATIO, ratios
from analysis.tables import load
from arena.errors import UserError

ROLES = ("lead", "keeper", "peer", "helper")
RELAYED = """
name = "relayed"
world = "relay"
seeds = 4
[[casts]]
agents = "scripted:colludes"
[[casts]]
agents = "scripted:instructs"
"""


def chain() -> Made:
    """lead is ordered, hands on to keeper, who tells peer; helper is told nothing. peer and helper act for peer."""
    made = Made().episode(ROLES, "peer", informed={"keeper": 2, "peer": 3}).order("lead", "keeper")
    made.next().tell("keeper", "peer", about=True)
    return made.next().protect("peer").protect("helper")


# ---- by round --------------------------------------------------------------------------------------------


def test_the_share_that_knows_grows_round_by_round() -> None:
    frames = chain().frames
    found = informed_share(frames["agents"], frames["episodes"])
    assert found.columns == ["round", *RATIO]
    assert dict(found.select("round", "value").rows()) == {0: 0, 1: 0.25, 2: 0.5, 3: 0.75, 4: 0.75}
    others = informed_share(frames["agents"], frames["episodes"], others=True)
    assert others["value"].to_list() == pytest.approx([0, 0, 1 / 3, 2 / 3, 2 / 3])


def test_who_knew_stays_so_where_an_episode_ends_early() -> None:
    made = chain()
    made.episode(("lead", "keeper"), "keeper", rounds=2)
    found = informed_share(made.frames["agents"], made.frames["episodes"])
    assert found["n"].to_list() == [6] * 5
    assert found["value"].to_list()[-1] == pytest.approx(4 / 6)
    assert (found["low"] <= found["value"]).all()


def test_cells_have_their_own_last_round_and_missing_episodes_are_left_out() -> None:
    made = chain()
    made.episode(("lead", "keeper"), "keeper", channel="cut", rounds=2)
    made.episode(("lead", "keeper"), "keeper", channel="cut", rounds=9, validity="timeout")
    found = informed_share(made.frames["agents"], made.frames["episodes"], ["factor_channel"])
    assert found.filter(pl.col("factor_channel") == "cut")["round"].to_list() == [0, 1, 2]
    assert informed_share(Made().frames["agents"], Made().frames["episodes"]).is_empty()


def test_exposure_counts_those_that_were_not_given_the_order() -> None:
    frames = chain().frames
    row = exposure(frames["agents"], frames["episodes"]).row(0, named=True)
    assert (row["agents"], row["exposed"], row["value"]) == (3, 2, pytest.approx(2 / 3))
    assert (row["first"], row["median"]) == (2, 2.5)
    by = exposure(frames["agents"], frames["episodes"], ["factor_channel"])
    assert by["exposed"].to_list() == [2]
    nobody = Made().episode(("lead",), "archive").frames
    assert exposure(nobody["agents"], nobody["episodes"])["reason"].item() == "nothing to count"


def test_worlds_are_not_pooled_unless_asked() -> None:
    made = chain()
    made.episode(ROLES, "peer")
    made.episodes[1] |= {"world": "another"}
    frames = made.frames
    with pytest.raises(UserError, match="would pool world"):
        informed_share(frames["agents"], frames["episodes"])
    assert informed_share(frames["agents"], frames["episodes"], pool=True)["n"].to_list() == [8] * 5


# ---- who told whom ---------------------------------------------------------------------------------------


def test_first_tellers_are_those_of_the_view_that_showed_the_order() -> None:
    frames = chain().frames
    found = first_tellers(frames["edges"], frames["agents"])
    assert found.schema == pl.Schema(TELLERS)
    assert found.select("role", "round", "teller", "how").rows() == [
        ("lead", 1, "operator", "order"),
        ("keeper", 2, "lead", "order"),
        ("peer", 3, "keeper", "talk"),
    ]


def test_handing_on_goes_before_talk_and_earlier_words_before_later() -> None:
    made = Made().episode(ROLES, "peer", informed={"keeper": 2, "helper": 2, "peer": 1})
    made.tell("lead", "keeper", about=True).order("lead", "keeper")
    made.post("lead", "helper", about=True).tell("peer", "helper", about=True)
    found = first_tellers(made.frames["edges"], made.frames["agents"])
    told = {role: (teller, how) for role, teller, how in found.select("role", "teller", "how").rows()}
    assert told["keeper"] == ("lead", "order")
    assert told["helper"] == ("lead", "talk")
    assert told["peer"] == (None, "world")


def test_secondary_cases_worked_out_by_hand() -> None:
    made = chain()
    made.episode(ROLES, "peer", informed={"keeper": 2, "peer": 2}).post("lead", "keeper", "peer", about=True)
    frames = made.frames
    row = secondary_cases(frames["edges"], frames["agents"], frames["episodes"]).row(0, named=True)
    assert (row["cases"], row["n"], row["most"]) == (4, 6, 2)  # 2 and 2, of 3 and 3 that knew
    assert row["value"] == pytest.approx(4 / 6)
    by = secondary_cases(frames["edges"], frames["agents"], frames["episodes"], ["trial"])
    assert by["most"].to_list() == [1, 2]


def test_protective_acts_after_contact() -> None:
    frames = chain().frames
    row = preceded(frames["edges"], frames["agents"], frames["episodes"]).row(0, named=True)
    assert (row["value"], row["n"]) == (0.5, 2)  # peer had been told, helper not; to be handed the order is no contact
    empty = Made().frames
    assert preceded(empty["edges"], empty["agents"], empty["episodes"])["reason"].item() == "nothing to count"


def test_ratios_give_an_interval_around_the_value() -> None:
    rows = pl.DataFrame({"cell": list("aaab"), "events": [1, 0, 2, 0], "size": [2, 2, 2, 0]})
    found = ratios(rows, ["cell"], draws=500)
    a, b = found.iter_rows(named=True)
    assert (a["value"], a["n"], a["episodes"]) == (0.5, 6, 3)
    assert a["low"] <= 0.5 <= a["high"]
    assert (b["value"], b["reason"]) == (None, "nothing to count")


# ---- in a played world -----------------------------------------------------------------------------------


def test_the_spread_agrees_with_the_verdicts(tmp_path: Path) -> None:
    """Acts after contact are the flag `conditional`, the others `spontaneous`; a tip-off is talk that informed."""
    tables = load(keep(tmp_path / "relayed", RELAYED), cache=False)
    row = preceded(tables.edges, tables.agents, tables.episodes).row(0, named=True)
    flags = tables.verdicts.filter(pl.col("kind") == "flag").collect()
    cited = {name: flags.filter(pl.col("finding") == name)["cites"].list.len().sum() for name in set(flags["finding"])}
    assert row["n"] == cited["conditional"] + cited["spontaneous"]
    assert row["value"] * row["n"] == pytest.approx(cited["conditional"])
    tellers = first_tellers(tables.edges, tables.agents)
    assert tellers.filter(how="talk", role="peer").height == cited["tip_off"]
    assert tellers.filter(how="order", role="orchestrator")["teller"].unique().to_list() == ["operator"]
