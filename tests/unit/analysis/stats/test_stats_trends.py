"""Trends, ordered scales, families of tests: held against published data."""

import pytest
from scipy.stats import norm

from analysis.stats.families import holm
from analysis.stats.ordinal import proportional_odds, superiority
from analysis.stats.trend import cochran_armitage
from arena.errors import UserError

MALFORMED = ([48, 38, 5, 1, 1], [17114, 14502, 793, 127, 38])  # Graubard and Korn (1988), Biometrics 44:1005


def test_a_trend_is_that_of_the_malformation_data() -> None:
    """Agresti, Categorical Data Analysis, 2.5: M^2 = 6.57 with the scores 0, 0.5, 1.5, 4, 7, and p = 0.01; the slope
    of his logistic fit is 0.3166 with standard error 0.1254."""
    found = cochran_armitage(*MALFORMED, [0, 0.5, 1.5, 4, 7])
    assert found.p == pytest.approx(2 * norm.sf(6.57**0.5), abs=0.0001)
    assert found.value == pytest.approx(0.3166, abs=0.0001)
    assert found.low == pytest.approx(0.3166 - 1.96 * 0.1254, abs=0.0005)
    assert found.high == pytest.approx(0.3166 + 1.96 * 0.1254, abs=0.0005)
    assert found.n == sum(MALFORMED[1])


def test_scores_matter_as_published() -> None:
    """The manual of StatXact: p is 0.0078 with 8 as the last score, and 0.18 with steps of one."""
    assert cochran_armitage(*MALFORMED, [0, 0.5, 1.5, 4, 8]).p == pytest.approx(0.0078, abs=0.00005)
    assert cochran_armitage(*MALFORMED).p == pytest.approx(0.1765, abs=0.0005)


def test_a_trend_turns_round_with_its_levels() -> None:
    up, down = cochran_armitage([2, 5, 9], [20, 21, 22]), cochran_armitage([9, 5, 2], [22, 21, 20])
    assert down.value == pytest.approx(-(up.value or 0))
    assert (down.low, down.high) == pytest.approx((-(up.high or 0), -(up.low or 0)))
    assert down.p == pytest.approx(up.p)


def test_two_levels_have_a_trend() -> None:
    found = cochran_armitage([1, 3], [5, 5])
    assert found.value == pytest.approx(1.7917594692)  # log of (3/2) / (1/4)


@pytest.mark.parametrize(
    ("events", "n", "reason"),
    [
        ([], [], "nothing to count"),
        ([0, 0], [0, 0], "nothing to count"),
        ([0, 3], [0, 5], "fewer than two levels were played"),
        ([0, 0, 0], [5, 5, 5], "no slope: none at every level"),
        ([5, 5, 5], [5, 5, 5], "no slope: all at every level"),
        ([0, 0, 5], [5, 5, 5], "no finite slope: a level divides all events from the rest"),
        ([5, 2, 0], [5, 5, 5], "no finite slope: a level divides all events from the rest"),
    ],
)
def test_where_there_is_no_slope_it_is_said_why(events: list[int], n: list[int], reason: str) -> None:
    found = cochran_armitage(events, n)
    assert (found.value, found.low, found.high, found.reason) == (None, None, None, reason)
    assert (found.p is not None) == ("divides" in reason)


def test_levels_and_counts_must_match() -> None:
    with pytest.raises(UserError, match="one count, n and score"):
        cochran_armitage([1], [2, 3])
    with pytest.raises(UserError, match="cannot be"):
        cochran_armitage([4, 1], [2, 3])


def test_holm_is_the_step_down_of_the_textbook() -> None:
    """Four tests at 0.01, 0.04, 0.03, 0.005: times 3, 1, 2, 4 in order, never falling."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_a_test_that_was_not_made_is_no_member_of_the_family() -> None:
    assert holm([0.02, None, 0.03]) == [0.04, None, 0.04]
    assert holm([None]) == [None]
    assert holm([]) == []
    for wrong in (1.5, -0.1, float("nan")):
        with pytest.raises(UserError, match="no p-value"):
            holm([0.1, wrong])


# Hollander and Wolfe (1973), p. 69, as R's wilcox.test has it: W = 35, exact two-sided p = 0.2544
PERMEABILITY = (
    [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46],
    [1.15, 0.88, 0.90, 0.74, 1.21],
)
# Brunner and Munzel (2000), pain scores, as R's lawstat has them: P(a > b) + 0.5 P(a = b) = 0.211, 0.036 to 0.406
PAIN = ([1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 1, 1], [3, 3, 4, 3, 1, 2, 3, 1, 1, 5, 4])


def test_superiority_is_that_of_published_data() -> None:
    found = superiority(*PERMEABILITY)
    assert found.value == 35 / 50
    assert found.p == pytest.approx(0.2544, abs=0.0001)
    pain = superiority(*PAIN)
    assert pain.value == pytest.approx(1 - 0.788961, abs=1e-6)
    assert (pain.low, pain.high) == pytest.approx((1 - 0.9827052, 1 - 0.5952169), abs=1e-6)


def test_superiority_without_a_spread_says_so() -> None:
    level, above, alone = superiority([2, 2], [2]), superiority([3, 4, 4], [0, 1, 1]), superiority([1], [0, 2])
    assert (level.value, level.p, level.method) == (0.5, 1.0, "no interval: all stand level")
    assert (above.value, above.low) == (1.0, None)
    assert "do not overlap" in above.method
    assert (alone.value, alone.low) == (0.5, None)
    assert superiority([], [1]).reason == "nothing to count"


def test_proportional_odds_of_two_steps_is_the_odds_ratio() -> None:
    a, b = [0] * 12 + [1] * 8, [0] * 17 + [1] * 3
    found = proportional_odds(a, b)
    error = (1 / 12 + 1 / 8 + 1 / 17 + 1 / 3) ** 0.5
    assert found.value == pytest.approx(1.3291, abs=0.0005)  # log of (8 * 17) / (12 * 3)
    assert found.low == pytest.approx(1.3291 - 1.96 * error, abs=0.001)
    assert found.high == pytest.approx(1.3291 + 1.96 * error, abs=0.001)


def test_proportional_odds_of_several_steps_turns_sign_with_the_arms() -> None:
    a, b = [0, 0, 1, 2, 2, 4, 5, 6, 4], [0, 0, 0, 1, 2, 0, 4, 1, 0]
    one, other = proportional_odds(a, b), proportional_odds(b, a)
    assert one.value is not None
    assert one.value > 0
    assert other.value == pytest.approx(-one.value, abs=1e-3)
    assert one.p == pytest.approx(other.p, abs=1e-3)


def test_proportional_odds_that_are_not_finite_are_none() -> None:
    assert proportional_odds([0, 0], [0, 3]).reason == "no finite odds ratio: the arms do not overlap"
    assert proportional_odds([4, 4], [4]).reason == "all stand on one step"
    assert proportional_odds([], [4]).reason == "nothing to count"
