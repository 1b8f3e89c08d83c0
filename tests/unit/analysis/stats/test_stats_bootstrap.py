"""Resampled clusters: right where the answer is known, and honest where there is nothing to resample."""

import numpy as np
import pytest

from analysis.stats.bootstrap import cluster_bootstrap, cluster_difference
from analysis.stats.estimate import Estimate
from analysis.stats.intervals import wilson
from arena.errors import UserError


def width(found: Estimate) -> float:
    assert found.low is not None
    assert found.high is not None
    return found.high - found.low


def test_clusters_of_one_give_the_binomial_percentiles() -> None:
    """A resample of n rows, k of them 1, is a binomial count: its quantiles are known."""
    from scipy.stats import binom

    n, k = 80, 24
    found = cluster_bootstrap([1] * k + [0] * (n - k), [1] * n)
    assert found.value == k / n
    assert found.n == n
    assert found.low == pytest.approx(binom.ppf(0.025, n, k / n) / n, abs=1.01 / n)
    assert found.high == pytest.approx(binom.ppf(0.975, n, k / n) / n, abs=1.01 / n)


def test_it_agrees_with_a_plain_bootstrap() -> None:
    rng = np.random.default_rng(3)
    sizes = rng.integers(1, 6, 60)
    sums = rng.binomial(sizes, rng.random(60))
    index = rng.integers(0, 60, (4000, 60))
    plain = np.quantile(sums[index].sum(axis=1) / sizes[index].sum(axis=1), [0.025, 0.975])
    found = cluster_bootstrap(sums, sizes)
    assert (found.low, found.high) == pytest.approx(tuple(plain), abs=0.015)


def test_agents_that_move_together_count_for_fewer() -> None:
    """20 episodes of 5 agents that all do the same tell as much as 20 agents."""
    alike = cluster_bootstrap([5, 0] * 10, [5] * 20)
    assert alike == cluster_bootstrap([1, 0] * 10, [1] * 20)
    assert width(alike) > 1.8 * width(cluster_bootstrap([1, 0] * 50, [1] * 100))


def test_the_order_of_the_clusters_and_empty_ones_do_not_matter() -> None:
    found = cluster_bootstrap([3, 0, 1, 2, 2], [3, 3, 2, 2, 5], draws=500)
    assert cluster_bootstrap([2, 0, 2, 1, 0, 3], [5, 3, 2, 2, 0, 3], draws=500) == found
    assert cluster_bootstrap([3, 0, 1, 2, 2], [3, 3, 2, 2, 5], draws=500, seed=1) != found


def test_clusters_that_all_agree_give_the_wilson_interval_of_so_many_clusters() -> None:
    found, known = cluster_bootstrap([0] * 20, [4] * 20), wilson(0, 20)
    assert (found.value, found.low, found.high, found.n) == (0.0, known.low, known.high, 20)
    assert found.method == "Wilson, clusters as n: all clusters agree"
    assert cluster_bootstrap([4] * 20, [4] * 20).low == pytest.approx(1 - (known.high or 0))
    half = cluster_bootstrap([1] * 30, [2] * 30)
    assert (half.low, half.high) == pytest.approx((wilson(15, 30).low, wilson(15, 30).high))


def test_one_cluster_says_that_it_is_one() -> None:
    found = cluster_bootstrap([3], [10])
    assert found.method == "Wilson, clusters as n: there is one cluster"
    assert found.n == 1
    assert width(found) > 0.6
    paired = cluster_difference([1], [4], [3], [4])
    assert paired.method == "Newcombe hybrid score, clusters as n: there is one cluster"
    assert width(paired) > 0.6


def test_scores_that_all_agree_have_no_interval() -> None:
    found = cluster_bootstrap([7.5] * 4, [1] * 4)
    assert (found.value, found.low, found.high) == (7.5, None, None)
    assert found.method == "no interval: all clusters agree"
    assert cluster_difference([7.5] * 4, [1] * 4, [2] * 4, [1] * 4).method == "no interval: all clusters agree"


def test_nothing_to_resample_is_no_estimate() -> None:
    for found in (
        cluster_bootstrap([], []),
        cluster_bootstrap([0], [0]),
        cluster_difference([], [], [], []),
        cluster_difference([1, 0], [1, 1], [0, 0], [0, 0]),
    ):
        assert (found.value, found.reason) == (None, "nothing to count")


def test_a_shared_seed_cancels_out() -> None:
    """Both arms follow the seed: resampled together their difference is sharper than apart."""
    seeds = [1, 0] * 20
    ones = [1] * 40
    harder = [min(1, each + (place % 5 == 0)) for place, each in enumerate(seeds)]
    together = cluster_difference(harder, ones, seeds, ones)
    rolled = seeds[1:] + seeds[:1]
    assert together.value == pytest.approx(sum(harder) / 40 - 0.5)
    assert width(together) < 0.7 * width(cluster_difference(harder, ones, rolled, ones))


def test_arms_that_never_differ_on_any_seed_keep_a_width() -> None:
    found = cluster_difference([1, 0] * 10, [1] * 20, [1, 0] * 10, [1] * 20)
    assert found.value == 0
    assert found.method == "Newcombe hybrid score, clusters as n: all clusters agree"
    assert width(found) > 0.3


def test_an_arm_in_a_single_cluster_of_many_cannot_be_resampled() -> None:
    found = cluster_difference([1, 0, 0, 0], [1, 0, 0, 0], [1, 0, 1, 0], [1, 1, 1, 1])
    assert (found.value, found.low) == (0.5, None)
    assert found.method == "no interval: too few clusters in one arm to resample"


@pytest.mark.parametrize(
    ("sums", "sizes", "draws"), [([1], [1, 2], 9), ([1], [-1], 9), ([float("nan")], [1], 9), ([1], [1], 0)]
)
def test_what_is_no_cluster_is_refused(sums: list[float], sizes: list[float], draws: int) -> None:
    with pytest.raises(UserError):
        cluster_bootstrap(sums, sizes, draws=draws)
