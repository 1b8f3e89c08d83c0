"""Whatever the counts: intervals lie where they can and hold their estimate; swapped arms flip signs; seeds decide."""

import math

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.stats.bootstrap import cluster_bootstrap, cluster_difference
from analysis.stats.differences import difference
from analysis.stats.estimate import Estimate
from analysis.stats.families import holm
from analysis.stats.gee import logistic
from analysis.stats.intervals import wilson, wilson_columns
from analysis.stats.ordinal import superiority
from analysis.stats.paired import mean_difference, paired_difference
from analysis.stats.trend import cochran_armitage

STEP = 1e-12  # what the last bits of a sum may differ by


@st.composite
def shares(draw: st.DrawFn, most: int = 60) -> tuple[int, int]:
    n = draw(st.integers(0, most))
    return draw(st.integers(0, n)), n


CELLS = st.tuples(*[st.integers(0, 40)] * 4)
CLUSTERS = st.lists(shares(most=5), max_size=12)
STEPS = st.lists(st.integers(0, 6), max_size=12)


def sound(found: Estimate, floor: float, ceiling: float) -> None:
    assert (found.value is None) == bool(found.reason)
    assert (found.low is None) == (found.high is None)
    for number in (found.value, found.low, found.high, found.p):
        assert number is None or math.isfinite(number)
    if found.value is not None:
        assert floor <= found.value <= ceiling
        if found.low is not None and found.high is not None:
            assert floor <= found.low <= found.value <= found.high <= ceiling
    assert found.p is None or 0 <= found.p <= 1


def opposed(one: Estimate, other: Estimate, centre: float = 0.0) -> None:
    for a, b in ((one.value, other.value), (one.low, other.high), (one.high, other.low)):
        assert (a is None) == (b is None)
        assert a is None or b is None or abs(a + b - 2 * centre) < STEP
    assert (one.p is None) == (other.p is None)
    assert one.p is None or other.p is None or abs(one.p - other.p) < STEP


@pytest.mark.slow
@settings(deadline=None)
@given(shares(2000))
def test_a_share_lies_in_its_interval_and_both_ways_to_it_agree(share: tuple[int, int]) -> None:
    found = wilson(*share)
    sound(found, 0, 1)
    (row,) = pl.DataFrame([share], ["events", "n"], orient="row").select(wilson_columns()).rows()
    for a, b in zip((found.value, found.low, found.high), row, strict=True):
        assert (a is None) == (b is None)
        assert a is None or abs(a - b) < STEP


@pytest.mark.slow
@settings(deadline=None)
@given(shares(), shares())
def test_a_difference_flips_with_its_arms(a: tuple[int, int], b: tuple[int, int]) -> None:
    found = difference(*a, *b)
    sound(found, -1, 1)
    opposed(found, difference(*b, *a))


@settings(deadline=None)
@given(CELLS)
def test_a_paired_difference_flips_with_its_arms(cells: tuple[int, int, int, int]) -> None:
    both, only_a, only_b, neither = cells
    found = paired_difference(both, only_a, only_b, neither)
    sound(found, -1, 1)
    opposed(found, paired_difference(both, only_b, only_a, neither))
    if found.low is not None and found.high is not None:
        assert found.low < found.high


@pytest.mark.slow
@settings(deadline=None)
@given(st.lists(st.tuples(*[st.none() | st.floats(0, 1)] * 2), max_size=12))
def test_a_mean_difference_flips_with_its_arms(pairs: list[tuple[float | None, float | None]]) -> None:
    a, b = [one for one, _ in pairs], [other for _, other in pairs]
    found, other = mean_difference(a, b), mean_difference(b, a)
    sound(found, -math.inf, math.inf)
    assert found.value is None or abs(found.value + (other.value or 0)) < STEP
    assert (found.low is None) == (other.high is None)


@settings(deadline=None, max_examples=60)
@given(CLUSTERS, st.integers(0, 5))
def test_a_bootstrap_is_decided_by_its_seed_alone(clusters: list[tuple[int, int]], seed: int) -> None:
    sums, sizes = [k for k, _ in clusters], [n for _, n in clusters]
    found = cluster_bootstrap(sums, sizes, draws=200, seed=seed)
    sound(found, 0, 1)
    assert cluster_bootstrap(sums[::-1], sizes[::-1], draws=200, seed=seed) == found
    if found.low is not None and found.high is not None:
        assert found.low < found.high


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(shares(4), shares(4)), max_size=12))
def test_a_bootstrapped_difference_lies_in_its_interval(
    clusters: list[tuple[tuple[int, int], tuple[int, int]]],
) -> None:
    columns = [[arms[arm][part] for arms in clusters] for arm in (0, 1) for part in (0, 1)]
    found = cluster_difference(*columns, draws=200)
    sound(found, -1, 1)
    other = cluster_difference(*columns[2:], *columns[:2], draws=200)
    assert found.value is None or abs(found.value + (other.value or 0)) < STEP
    assert found == cluster_difference(*columns, draws=200)


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(st.lists(st.none() | st.floats(0, 1), max_size=15))
def test_holm_never_lowers_a_p_value_and_keeps_their_order(p_values: list[float | None]) -> None:
    found = holm(p_values)
    assert [p is None for p in found] == [p is None for p in p_values]
    pairs = sorted((p, q) for p, q in zip(p_values, found, strict=True) if p is not None and q is not None)
    assert all(p <= q <= 1 for p, q in pairs)
    assert [q for _, q in pairs] == sorted(q for _, q in pairs)


@pytest.mark.slow
@settings(deadline=None)
@given(st.lists(shares(30), max_size=6))
def test_a_trend_is_sound_and_turns_round(levels: list[tuple[int, int]]) -> None:
    events, n = [k for k, _ in levels], [of for _, of in levels]
    found, turned = cochran_armitage(events, n), cochran_armitage(events[::-1], n[::-1])
    sound(found, -math.inf, math.inf)
    assert (found.value is None) == (turned.value is None)
    assert found.value is None or abs(found.value + (turned.value or 0)) < 1e-6
    assert found.p is None or turned.p is None or abs(found.p - turned.p) < 1e-9


@pytest.mark.slow
@settings(deadline=None)
@given(STEPS, STEPS)
def test_superiority_is_mirrored_about_a_half(a: list[int], b: list[int]) -> None:
    found = superiority(a, b)
    sound(found, 0, 1)
    opposed(found, superiority(b, a), centre=0.5)


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(st.integers(0, 12), st.sampled_from("abc"), st.sampled_from(["on", "off"]), st.booleans()),
        max_size=60,
    )
)
def test_a_regression_gives_finite_numbers_or_one_reason(rows: list[tuple[int, str, str, bool]]) -> None:
    frame = pl.DataFrame(
        rows, {"trial": pl.Int64, "model": pl.String, "threat": pl.String, "y": pl.Boolean}, orient="row"
    )
    found = logistic(frame, "y", ["model", "threat"], "trial")
    assert found["reason"].n_unique() == 1
    for row in found.iter_rows(named=True):
        numbers = [row[name] for name in ("log_odds", "odds_ratio", "low", "high", "p")]
        if row["reason"] is None:
            assert all(math.isfinite(number) for number in numbers)
            assert row["low"] <= row["odds_ratio"] <= row["high"]
        else:
            assert numbers == [None] * 5
