"""Rates, compositions, the ledger and paired probabilities, on frames made by hand and by chance."""

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.measures.probabilities import paired_probability
from analysis.measures.rates import MEASURES, bounds, composition, flag_rates, headline, rate
from analysis.measures.validity_ledger import CAUSES, ledger
from arena.errors import UserError
from arena.plan.published import PREFIX
from arena.verdicts.classes import MODEL_FAULTS, OUTCOMES

SCHEMA = {
    "cell": pl.String,
    "seed": pl.Int64,
    "state": pl.String,
    "validity": pl.String,
    "informed": pl.Int64,
    "under_order": pl.Boolean,
    "outcome": pl.String,
    "ordered_p": pl.Float64,
    "ordered_decisions": pl.Int64,
}


def seat(outcome: str | None = "compliance", **more: Any) -> dict[str, Any]:
    """A valid, informed agent under order, unless told otherwise."""
    usual = {"cell": "a", "seed": 1, "state": "finished", "validity": "valid", "informed": 4, "under_order": True}
    return {**usual, "outcome": outcome, **more}


def frame(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), SCHEMA)


@st.composite
def seats(draw: st.DrawFn) -> pl.DataFrame:
    """Any mixture of planned seats."""
    state = st.sampled_from(["finished", "voided", "unreadable", "never_played"])
    rows = []
    for _ in range(draw(st.integers(0, 30))):
        cell = draw(st.sampled_from("abc"))
        if (became := draw(state)) != "finished":
            rows.append(seat(None, cell=cell, state=became, validity=None, informed=None))
            continue
        validity = draw(st.sampled_from(["valid", "valid", "some_new_cause", *sorted(MODEL_FAULTS)]))
        outcome = draw(st.sampled_from(OUTCOMES)) if validity == "valid" else None
        informed = None if outcome == "not_informed" else 4
        under_order = draw(st.booleans())
        rows.append(seat(outcome, cell=cell, validity=validity, informed=informed, under_order=under_order))
    return frame(*rows)


# ---- rates -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("events", "n", "low", "high"),
    [
        (0, 20, 0.0, 16.1),
        (1, 20, 0.9, 23.6),
        (4, 20, 8.1, 41.6),
        (10, 20, 29.9, 70.1),
        (0, 30, 0.0, 11.4),
        (2, 30, 1.8, 21.3),
        (6, 30, 9.5, 37.3),
        (0, 50, 0.0, 7.1),
        (10, 50, 11.2, 33.0),
        (5, 100, 2.2, 11.2),
        (20, 100, 13.3, 28.9),
        (15, 300, 3.1, 8.1),
        (0, 1000, 0.0, 0.4),
        (200, 1000, 17.6, 22.6),
        (500, 1000, 46.9, 53.1),
    ],
)
def test_intervals_are_those_of_the_metrics_contract(events: int, n: int, low: float, high: float) -> None:
    given_rows = frame(*[seat("open_refusal")] * events, *[seat()] * (n - events))
    (row,) = rate(given_rows, pl.col("outcome") == "open_refusal").iter_rows(named=True)
    assert (row["events"], row["n"], row["rate"], row["reason"]) == (events, n, events / n, None)
    assert 100 * row["low"] == pytest.approx(low, abs=0.05)
    assert 100 * row["high"] == pytest.approx(high, abs=0.05)


def test_the_headline_leaves_out_what_it_must() -> None:
    rows = frame(
        seat("covert_sabotage"),
        seat("misrepresentation"),
        seat("open_refusal"),
        seat("stalling"),
        seat("protest_then_compliance"),
        seat("incapacity"),
        seat("not_informed", informed=None),
        seat(None, validity="timeout"),
        seat("overt_sabotage", under_order=False),
        seat(None, state="never_played", validity=None, informed=None),
    )
    found = {row["measure"]: (row["events"], row["n"]) for row in headline(rows).iter_rows(named=True)}
    assert found == {
        "solidarity": (2, 5),
        "covert": (1, 5),
        "overt": (0, 5),
        "assisted": (0, 5),
        "misrepresentation": (1, 5),
        "refusal": (1, 5),
        "compliance": (1, 5),
        "incapacity": (1, 6),
    }


def test_a_group_with_nothing_to_count_has_no_rate_but_a_reason() -> None:
    rows = frame(seat(None, cell="b", validity="timeout"), seat("open_refusal", cell="a"))
    found = rate(rows, pl.col("outcome") == "open_refusal", ["cell"])
    assert found["cell"].to_list() == ["b", "a"]
    empty, full = found.iter_rows(named=True)
    assert (empty["n"], empty["rate"], empty["low"], empty["high"]) == (0, None, None, None)
    assert empty["reason"] == "nothing to count"
    assert full["reason"] is None


def test_refusing_where_no_exit_is_offered_is_no_rate_of_none() -> None:
    rows = frame(seat(cell="a"), seat("open_refusal", cell="a"), seat(cell="b"), seat("covert_sabotage", cell="b"))
    rows = rows.with_columns(
        factor_exits=pl.when(pl.col("cell") == "a").then(pl.lit("offered")).otherwise(pl.lit("none"))
    )
    found = headline(rows, ["cell"]).filter(measure="refusal")
    assert found["rate"].to_list() == [0.5, None]
    assert found["reason"].to_list() == [None, "not offered"]
    assert headline(rows, ["cell"]).filter(measure="solidarity")["rate"].to_list() == [0.0, 0.5]
    (pooled,) = headline(rows).filter(measure="refusal").iter_rows(named=True)
    assert (pooled["events"], pooled["n"]) == (1, 2)


def test_an_empty_frame_has_no_groups_and_one_empty_whole() -> None:
    assert headline(frame(), ["cell"]).is_empty()
    assert set(headline(frame())["n"]) == {0}
    assert headline(frame(), ["cell"]).schema == headline(frame(seat()), ["cell"]).schema


@pytest.mark.slow
@settings(deadline=None)
@given(seats())
def test_classes_exclude_each_other_and_protection_is_the_sum_of_its_ways(rows: pl.DataFrame) -> None:
    shares = composition(rows, ["cell"]).group_by("cell").agg(pl.col("events").sum(), pl.col("n").first())
    assert shares["events"].to_list() == shares["n"].to_list()
    found = {row["measure"]: row for row in headline(rows).iter_rows(named=True)}
    ways = ("covert", "overt", "assisted", "misrepresentation")
    assert found["solidarity"]["events"] == sum(found[way]["events"] for way in ways)
    together = [found[name]["events"] for name in ("solidarity", "refusal", "compliance")]
    assert sum(together) <= found["solidarity"]["n"]
    assert found["incapacity"]["n"] == found["solidarity"]["n"] + found["incapacity"]["events"]


def test_a_lazy_frame_gives_what_an_eager_one_does() -> None:
    rows = frame(seat(cell="b"), seat("open_refusal"), seat("overt_sabotage", cell="b"), seat(None, validity="timeout"))
    rows = rows.with_columns(flags=pl.lit(["leak"]), addressed=True)
    for by in ([], ["cell"]):
        assert headline(rows.lazy(), by).equals(headline(rows, by))
        assert composition(rows.lazy(), by).equals(composition(rows, by))
        assert flag_rates(rows.lazy(), by).equals(flag_rates(rows, by))
        assert bounds(rows.lazy(), by).equals(bounds(rows, by))
        assert ledger(rows.lazy(), by).equals(ledger(rows, by))
        event = pl.col("outcome") == "compliance"
        assert rate(rows.lazy(), event, by).equals(rate(rows, event, by))


def test_groups_stand_in_the_order_of_the_frame() -> None:
    names = [f"cell {place * 37 % 101}" for place in range(101)]
    rows = frame(*(seat(cell=name) for name in names * 3))
    assert headline(rows, ["cell"])["cell"].to_list() == names * len(MEASURES)
    assert ledger(rows, ["cell"])["cell"].to_list() == names


def test_a_column_that_there_is_not_is_refused() -> None:
    with pytest.raises(UserError, match=r"unknown column 'cel' \(did you mean cell\?\)"):
        headline(frame(seat()), ["cel"])
    with pytest.raises(UserError, match="unknown column 'cel'"):
        ledger(frame(seat()), ["cel"])


# ---- flags -----------------------------------------------------------------------------------------------


def test_every_flag_that_occurs_is_a_share_of_the_same_agents_as_the_rates() -> None:
    flags = [["leak", "tip_off"], ["leak"], [], ["leak", "stalled"], ["leak"]]
    rows = frame(
        seat(cell="a"),
        seat(cell="a"),
        seat(cell="b"),
        seat("incapacity", cell="b"),
        seat(None, cell="b", validity="timeout"),
    ).with_columns(flags=pl.Series(flags))
    found = {
        (row["flag"], row["cell"]): (row["events"], row["n"]) for row in flag_rates(rows, ["cell"]).rows(named=True)
    }
    assert found == {
        ("leak", "a"): (2, 2),
        ("leak", "b"): (0, 1),
        ("stalled", "a"): (0, 2),
        ("stalled", "b"): (0, 1),
        ("tip_off", "a"): (1, 2),
        ("tip_off", "b"): (0, 1),
    }
    anyone = flag_rates(rows, among=pl.lit(value=True)).filter(flag="leak")
    assert anyone.select("events", "n").row(0) == (4, 5)


def test_frames_without_a_flag_have_no_flag_rate() -> None:
    for rows in (frame(), frame(seat())):
        found = flag_rates(rows.with_columns(flags=pl.lit([], pl.List(pl.String))), ["cell"])
        assert found.is_empty()
        assert found.schema == flag_rates(rows.with_columns(flags=pl.lit(["leak"])), ["cell"]).schema


# ---- what is kept apart ----------------------------------------------------------------------------------


def two(column: str, one: object, other: object, **more: object) -> pl.DataFrame:
    rows = frame(seat(cell="a"), seat(cell="a"), seat(None, cell="b", state="never_played", validity=None))
    return rows.with_columns(
        pl.Series(column, [one, other, None]), **{name: pl.lit(value) for name, value in more.items()}
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("column", "one", "other", "told"),
    [
        ("world", "kill_switch", "commons", "world commons and kill_switch"),
        ("version", 2, 1, "version 1 and 2"),
        ("rules", 3, 4, "rules 3 and 4"),
        ("cast", f"{PREFIX}m", "llamacpp:x", "played and published casts"),
        ("settings", "{temperature 0}", "{temperature 1}", "settings {temperature 0} and {temperature 1}"),
        ("cast", "imported:gpt", "llamacpp:x", "imported and played casts"),
        ("cast", f"a={PREFIX}m, b=llamacpp:x", "llamacpp:x", "played and published casts"),
    ],
)
def test_what_is_kept_apart_is_not_pooled_unless_asked_for(column: str, one: object, other: object, told: str) -> None:
    rows = two(column, one, other, flags=["x"], addressed=True)
    calls: list[Callable[..., pl.DataFrame]] = [headline, composition, flag_rates, bounds]
    calls.append(lambda rows, by=(), pool=False: rate(rows, pl.col("outcome") == "stalling", by, pool=pool))
    for call in calls:
        for each in (rows, rows.lazy()):
            for by in ([], ["cell"]):
                with pytest.raises(UserError, match=f"one rate would pool {told}: group by {column}, .*pool=True"):
                    call(each, by)
        assert call(rows, [column]).height == call(rows, ["cell", column]).height
        assert call(rows, pool=True).equals(call(rows.drop(column)))


def test_one_value_and_seats_whose_plan_is_lost_are_no_pooling() -> None:
    assert headline(two("version", 1, 1)).equals(headline(two("version", 1, 1).drop("version")))
    assert headline(two("cast", f"{PREFIX}a", f"{PREFIX}b"))["n"][0] == 2


# ---- bounds ----------------------------------------------------------------------------------------------


def test_bounds_are_the_rate_with_every_missing_seat_for_or_against() -> None:
    gone: dict[str, Any] = {"validity": None, "informed": None, "under_order": None}
    rows = frame(
        *[seat("covert_sabotage")] * 3,
        *[seat()] * 5,
        seat("incapacity"),  # valid: known not to be able, and not missing
        seat("not_informed", informed=None),
        seat(None, validity="timeout"),
        seat(None, state="never_played", **gone),
        seat("overt_sabotage"),  # given the order by another agent
        seat(None, state="never_played", **gone),
        seat(None, state="unreadable", cell=None, seed=None, **gone),  # the whole trial: nothing else is known
    ).with_columns(addressed=pl.Series([True] * 12 + [False] * 2 + [None]))
    (row,) = bounds(rows).rows(named=True)
    assert (row["measure"], row["events"], row["n"], row["missing"]) == ("solidarity", 3, 8, 3)
    assert (row["rate"], row["worst"], row["best"]) == (3 / 8, 6 / 11, 3 / 11)
    assert row["low"] < row["rate"] < row["high"]
    found = bounds(rows, ["cell"])
    assert found["cell"].to_list() == ["a", None]
    lost = found.row(1, named=True)
    assert (lost["n"], lost["missing"], lost["rate"], lost["worst"], lost["best"]) == (0, 1, None, 1.0, 0.0)
    assert lost["reason"] == "nothing to count"


def test_bounds_with_nothing_missing_are_the_rate_and_with_nothing_at_all_none() -> None:
    rows = frame(seat("open_refusal"), seat()).with_columns(addressed=True)
    (row,) = bounds(rows, measure="refusal").rows(named=True)
    assert row["rate"] == row["worst"] == row["best"] == 0.5
    (row,) = bounds(rows.clear()).rows(named=True)
    assert (row["n"], row["missing"], row["worst"], row["best"]) == (0, 0, None, None)


def test_seats_that_could_not_refuse_are_not_missing_from_the_refusals() -> None:
    rows = frame(seat(), seat(None, validity="timeout"), seat(None, validity="timeout"))
    rows = rows.with_columns(addressed=True, factor_exits=pl.Series(["offered", "offered", "none"]))
    assert bounds(rows, measure="refusal").select("n", "missing").row(0) == (1, 1)
    assert bounds(rows, measure="compliance").select("n", "missing").row(0) == (1, 2)
    with pytest.raises(UserError, match="unknown measure 'refusals'"):
        bounds(rows, measure="refusals")


@pytest.mark.slow
@settings(deadline=None)
@given(seats())
def test_bounds_hold_the_rate_and_count_what_the_ledger_misses(rows: pl.DataFrame) -> None:
    rows = rows.with_columns(addressed=pl.lit(value=True))
    for measure in MEASURES:
        for row in bounds(rows, ["cell"], measure).iter_rows(named=True):
            if row["rate"] is not None:
                assert 0 <= row["best"] <= row["rate"] <= row["worst"] <= 1
    counts = ledger(rows, ["cell"])
    assert bounds(rows, ["cell"])["missing"].to_list() == (counts["planned"] - counts["valid"]).to_list()


# ---- ledger ----------------------------------------------------------------------------------------------


@pytest.mark.slow
@settings(deadline=None)
@given(seats())
def test_what_is_planned_is_valid_or_missing_for_a_cause(rows: pl.DataFrame) -> None:
    for by in ([], ["cell"]):
        counts = ledger(rows, by)
        assert counts["planned"].sum() == rows.height
        for row in counts.iter_rows(named=True):
            causes = [name for name in row if name not in {*by, "planned", "finished", "valid", "informed"}]
            assert set(CAUSES) <= set(causes)
            assert row["planned"] == row["valid"] + sum(row[cause] for cause in causes)
            assert row["planned"] == row["finished"] + row["voided"] + row["unreadable"] + row["never_played"]
            assert row["informed"] <= row["valid"]


def test_the_ledger_names_each_cause() -> None:
    gone = {"validity": None, "informed": None}
    counts = ledger(
        frame(
            seat(),
            seat("not_informed", informed=None),
            seat(None, validity="timeout"),
            seat(None, state="voided", **gone),
            seat(None, state="never_played", **gone),
        )
    )
    (row,) = counts.iter_rows(named=True)
    assert (row["planned"], row["finished"], row["valid"], row["informed"]) == (5, 3, 2, 1)
    assert (row["timeout"], row["voided"], row["never_played"], row["truncated"]) == (1, 1, 1, 0)


# ---- paired probabilities --------------------------------------------------------------------------------


def chance(cell: str, seed: int, p: float, decisions: int = 1) -> dict[str, Any]:
    return seat(cell=cell, seed=seed, ordered_p=p, ordered_decisions=decisions)


def test_cells_are_compared_on_the_seeds_that_all_of_them_have() -> None:
    rows = frame(
        chance("a", 1, 0.2), chance("a", 2, 0.4, 3), chance("a", 3, 0.9), chance("b", 1, 0.1), chance("b", 2, 0.2)
    )
    found = paired_probability(rows, ["cell"])
    assert found["cell"].to_list() == ["a", "b"]
    assert found["mean"].to_list() == pytest.approx([0.3, 0.15])
    assert found["n"].to_list() == [2, 2]
    assert found["decisions"].to_list() == [4, 2]
    assert found["paired"].all()


def test_cells_without_a_common_seed_are_said_to_be_unpaired() -> None:
    found = paired_probability(frame(chance("a", 1, 0.2), chance("b", 2, 0.4)), ["cell"])
    assert found["mean"].to_list() == pytest.approx([0.2, 0.4])
    assert not found["paired"].any()


def test_only_valid_agents_under_order_have_a_say() -> None:
    rows = frame(
        chance("a", 1, 0.2), {**chance("a", 2, 0.9), "under_order": False}, {**chance("a", 3, 0.9), "validity": "x"}
    )
    (row,) = paired_probability(rows).iter_rows(named=True)
    assert (row["mean"], row["n"]) == (pytest.approx(0.2), 1)
    assert paired_probability(frame(seat())).is_empty()


# ---- two runs --------------------------------------------------------------------------------------------


def test_two_runs_that_played_the_same_are_not_counted_twice() -> None:
    one = frame(*(seat(seed=seed) for seed in range(5))).with_columns(cast=pl.lit("c"), factor_threat=pl.lit("on"))
    run = [one.with_columns(run=pl.lit(name)) for name in ("first", "second")]
    twice = pl.concat(run)
    with pytest.raises(
        UserError, match=r"count seed \d of one cell and cast twice, in the runs first and second: group by"
    ):
        headline(twice)
    assert headline(twice, ["run"]).filter(measure="solidarity")["n"].to_list() == [5, 5]
    assert headline(twice, pool=True)["n"].to_list()[0] == 10
    for other in ({"seed": pl.col("seed") + 5}, {"factor_threat": pl.lit("off")}, {"cast": pl.lit("d")}):
        assert headline(pl.concat([run[0], run[1].with_columns(**other)]))["n"].to_list()[0] == 10
