"""Paired differences: Newcombe's own table, McNemar, the paired t."""

import math

import pytest
from scipy.stats import ttest_rel

from analysis.stats.differences import hybrid
from analysis.stats.paired import mean_difference, paired_difference
from arena.errors import UserError

TABLE = {  # Newcombe (1998), Stat Med 17:2635, table III, method 10: both, only a, only b, neither
    (36, 12, 2, 0): (0.0569, 0.3404),
    (20, 12, 2, 16): (0.0562, 0.3292),
    (18, 12, 2, 18): (0.0562, 0.3290),
    (36, 14, 0, 0): (0.1528, 0.4167),
    (35, 14, 0, 1): (0.1461, 0.4175),
    (18, 14, 0, 18): (0.1441, 0.3963),
    (2, 97, 1, 0): (0.8721, 0.9854),
    (1, 97, 1, 1): (0.8736, 0.9850),
    (0, 29, 1, 0): (0.6666, 0.9882),
    (2, 98, 0, 0): (0.9178, 0.9945),
    (1, 98, 0, 1): (0.9171, 0.9916),
    (0, 30, 0, 0): (0.8395, 1.0),
    (54, 0, 0, 0): (-0.0664, 0.0664),
    (53, 0, 0, 1): (-0.0729, 0.0729),
    (30, 0, 0, 24): (-0.0358, 0.0358),
    (29, 0, 0, 25): (-0.0354, 0.0354),
    (28, 0, 0, 26): (-0.0352, 0.0352),
    (27, 0, 0, 27): (-0.0351, 0.0351),
}


@pytest.mark.parametrize(("cells", "ends"), TABLE.items())
def test_newcombe_gives_his_own_table(cells: tuple[int, int, int, int], ends: tuple[float, float]) -> None:
    found = paired_difference(*cells)
    assert found.value == pytest.approx((cells[1] - cells[2]) / sum(cells))
    assert (found.low, found.high) == pytest.approx(ends, abs=0.0001)
    assert found.n == sum(cells)


def test_where_nobody_disagrees_the_interval_still_has_a_width_and_no_test_rejects() -> None:
    for cells in ((20, 0, 0, 20), (20, 0, 0, 0), (0, 0, 0, 1)):
        found = paired_difference(*cells)
        assert found.low is not None
        assert found.high is not None
        assert found.low < 0 < found.high
        assert (found.value, found.p) == (0.0, 1.0)


def test_without_a_correlation_it_is_the_unpaired_interval() -> None:
    """An empty margin leaves none to tell."""
    found = paired_difference(12, 8, 0, 0)
    assert (found.low, found.high) == pytest.approx(hybrid(20, 20, 12, 20))


def test_mcnemar_is_the_sign_test_on_the_pairs_that_disagree() -> None:
    """Of 8 that disagree 1 went the one way: 2 (1 + 8) / 2^8, the exact conditional p of the airway data of Bentur et
    al. (2009)."""
    assert paired_difference(1, 1, 7, 12).p == pytest.approx(2 * (1 + 8) / 2**8)
    assert paired_difference(1, 5, 5, 12).p == 1.0


def test_no_pair_is_no_difference_and_a_negative_count_is_refused() -> None:
    assert paired_difference(0, 0, 0, 0).reason == "nothing to count"
    with pytest.raises(UserError, match="negative"):
        paired_difference(3, -1, 0, 2)


def test_a_mean_difference_is_the_paired_t() -> None:
    """The sleep data of Student (1908), Biometrika 6:1: hours gained by ten patients with either drug; p 0.00283, and
    an interval of the difference from 0.70 to 2.46."""
    one = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    two = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    found = mean_difference(two, one)
    assert found.value == pytest.approx(1.58)
    assert (found.low, found.high) == pytest.approx((0.70, 2.46), abs=0.005)
    assert found.p == pytest.approx(0.00283, abs=0.00001)
    assert found.p == pytest.approx(ttest_rel(two, one).pvalue)


def test_pairs_of_which_one_value_is_unknown_are_left_out() -> None:
    known = mean_difference([0.5, 0.2, 0.9], [0.1, 0.1, 0.4])
    assert mean_difference([0.5, None, 0.2, 0.9, math.nan], [0.1, 0.3, 0.1, 0.4, 0.2]) == known
    assert mean_difference([None], [0.3]).reason == "nothing to count"
    assert mean_difference([], []).n == 0


def test_a_mean_without_a_spread_has_no_interval() -> None:
    for a, b, why in (([0.4], [0.1], "a single pair"), ([0.4, 0.5], [0.2, 0.3], "all pairs differ by the same")):
        found = mean_difference(a, b)
        assert found.value == pytest.approx(a[0] - b[0])
        assert (found.low, found.high, found.p) == (None, None, None)
        assert found.method == f"no interval: {why}"
    with pytest.raises(UserError, match="as many values"):
        mean_difference([1.0], [])
