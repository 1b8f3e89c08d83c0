"""The limits of a covariance of two 0/1 marks."""

import math

import pytest

from analysis.stats.covariance import covariance_limits


def test_limits_are_those_of_the_correlation() -> None:
    """8, 2, 2, 8 of 20 pairs: correlation 0.6, covariance 0.15."""
    limits = covariance_limits([(20, 10, 10, 8)], 20)
    assert limits is not None
    assert [math.atanh(end / 0.25) - math.atanh(0.6) for end in limits] == pytest.approx(
        [-1.96 / math.sqrt(17), 1.96 / math.sqrt(17)], abs=1e-4
    )
    assert covariance_limits([(20, 10, 10, 8), (0, 0, 0, 0)], 20) == limits


def test_groups_are_weighted_by_their_pairs() -> None:
    """A group in which nobody shows a mark has no covariance: it halves that of the other."""
    alone, both = covariance_limits([(20, 10, 10, 8)], 20), covariance_limits([(20, 10, 10, 8), (20, 0, 5, 0)], 20)
    assert alone is not None
    assert both == pytest.approx([end / 2 for end in alone])


@pytest.mark.parametrize(("groups", "n"), [([], 20), ([(9, 0, 3, 0)], 9), ([(3, 1, 1, 1)], 3)])
def test_marks_that_do_not_vary_have_no_limits(groups: list[tuple[float, float, float, float]], n: int) -> None:
    assert covariance_limits(groups, n) is None


def test_marks_that_always_go_together_have_finite_limits() -> None:
    limits = covariance_limits([(20, 10, 10, 10)], 20)
    assert limits is not None
    assert 0 < limits[0] <= limits[1] <= 0.25
