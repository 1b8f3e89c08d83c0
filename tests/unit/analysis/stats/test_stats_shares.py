"""One share and two: held against published numbers and against the libraries."""

import math

import polars as pl
import pytest
from scipy.stats import barnard_exact

from analysis.stats.differences import LARGEST, difference, fisher, hybrid
from analysis.stats.intervals import rule_of_three, wilson, wilson_columns
from arena.errors import UserError

LOOK_UP = {  # metrics contract, section 13: percent; n, then events and both ends
    20: [(0, 0, 16.1), (1, 0.9, 23.6), (4, 8.1, 41.6), (10, 29.9, 70.1)],
    30: [(0, 0, 11.4), (2, 1.8, 21.3), (6, 9.5, 37.3), (15, 33.2, 66.8)],
    50: [(0, 0, 7.1), (2, 1.1, 13.5), (10, 11.2, 33.0), (25, 36.6, 63.4)],
    100: [(0, 0, 3.7), (5, 2.2, 11.2), (20, 13.3, 28.9), (50, 40.4, 59.6)],
    300: [(0, 0, 1.3), (15, 3.1, 8.1), (60, 15.9, 24.9), (150, 44.4, 55.6)],
    1000: [(0, 0, 0.4), (50, 3.8, 6.5), (200, 17.6, 22.6), (500, 46.9, 53.1)],
}


@pytest.mark.parametrize(
    ("events", "n", "low", "high"), [(k, n, low, high) for n, rows in LOOK_UP.items() for k, low, high in rows]
)
def test_wilson_gives_the_look_up_table(events: int, n: int, low: float, high: float) -> None:
    found = wilson(events, n)
    assert found.low is not None
    assert found.high is not None
    assert (found.value, found.n, found.reason) == (events / n, n, "")
    assert 100 * found.low == pytest.approx(low, abs=0.0501)
    assert 100 * found.high == pytest.approx(high, abs=0.0501)


def test_wilson_as_expressions_is_that_of_statsmodels() -> None:
    from statsmodels.stats.proportion import proportion_confint

    pairs = [(k, n) for n in (1, 2, 7, 20, 333) for k in range(n + 1)] + [(0, 10**9), (10**9, 10**9), (1, 10**9)]
    found = pl.DataFrame(pairs, ["events", "n"], orient="row").with_columns(wilson_columns())
    for row in found.iter_rows(named=True):
        low, high = proportion_confint(row["events"], row["n"], method="wilson")
        assert row["rate"] == row["events"] / row["n"]
        assert row["low"] == pytest.approx(low, abs=1e-12)
        assert row["high"] == pytest.approx(high, abs=1e-12)
        assert 0 <= row["low"] <= row["rate"] <= row["high"] <= 1


def test_nothing_counted_is_no_share() -> None:
    assert wilson(0, 0).value is None
    assert wilson(0, 0).reason == "nothing to count"
    (row,) = pl.DataFrame({"events": [0], "n": [0]}).select(wilson_columns()).rows()
    assert row == (None, None, None)
    assert difference(0, 0, 3, 9).value is None
    assert difference(3, 9, 0, 0).reason == "nothing to count"
    assert fisher(0, 0, 3, 9) is None
    assert rule_of_three(0) is None


def test_the_rule_of_three_is_near_the_exact_bound() -> None:
    for n in (30, 100, 1000):
        assert rule_of_three(n) == pytest.approx(1 - 0.05 ** (1 / n), rel=0.06)
    assert rule_of_three(2) == 1.0


@pytest.mark.parametrize(("events", "n"), [(-1, 4), (5, 4), (0, -1)])
def test_counts_that_cannot_be_are_refused(events: int, n: int) -> None:
    for call in (lambda: wilson(events, n), lambda: difference(events, n, 1, 2), lambda: fisher(1, 2, events, n)):
        with pytest.raises(UserError, match="cannot be"):
            call()


@pytest.mark.parametrize(
    ("arms", "low", "high"),
    [
        # Newcombe (1998), Stat Med 17:873, table II, method 10
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((10, 10, 0, 20), 0.6791, 1.0),
        # the HIV trial of the SAS paper WUSS 2016-127, method 10
        ((84, 101, 89, 105), -0.1177, 0.0851),
        # metrics contract, section 13
        ((20, 100, 5, 100), 0.059, 0.243),
        ((0, 100, 0, 100), -0.037, 0.037),
    ],
)
def test_newcombe_gives_published_intervals(arms: tuple[int, int, int, int], low: float, high: float) -> None:
    found = difference(*arms)
    digits = 0.00005 if round(high, 3) != high or high == 1 else 0.0005
    assert found.value == arms[0] / arms[1] - arms[2] / arms[3]
    assert found.low == pytest.approx(low, abs=digits)
    assert found.high == pytest.approx(high, abs=digits)
    assert found.n == arms[1] + arms[3]


def test_boschloo_is_that_of_the_published_survey() -> None:
    """Saari et al. (2004), as the documentation of scipy works it out: one-sided 0.0355, statistic (Fisher) 0.0483."""
    found = difference(74, 117, 31, 63)
    assert found.p == pytest.approx(2 * 0.0355, abs=0.0002)
    assert "Boschloo" in found.method


def test_boschloo_is_no_larger_than_fisher_and_near_barnard() -> None:
    """The vaccine trial of Mehta and Senchaudhuri (2003), 7 of 15 infected against 12 of 15: Fisher 0.128."""
    found, exact = difference(7, 15, 12, 15).p, fisher(7, 15, 12, 15)
    assert found is not None
    assert exact is not None
    assert exact == pytest.approx(0.128, abs=0.0005)
    assert found < exact
    assert found == pytest.approx(barnard_exact([[7, 12], [8, 3]]).pvalue, abs=0.02)


def test_arms_in_which_nothing_or_everything_happened_tell_no_difference() -> None:
    for events in (0, 25):
        found = difference(events, 25, events, 25)
        assert (found.value, found.p) == (0.0, 1.0)
        assert found.low is not None
        assert found.low < 0


def test_large_arms_are_tested_by_fisher_and_it_is_said() -> None:
    n = math.isqrt(LARGEST) + 1
    found = difference(30, n, 60, n)
    assert found.method.endswith("Fisher exact")
    assert found.p == fisher(30, n, 60, n)


def test_the_interval_alone_takes_events_that_are_no_whole_number() -> None:
    assert hybrid(2.5, 10, 1.0, 8)[0] < 0.25 - 0.125 < hybrid(2.5, 10, 1.0, 8)[1]
