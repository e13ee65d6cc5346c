"""Values with draws: paired differences, means, ranks with ties."""

from __future__ import annotations

import numpy as np
import pytest

from benchmark.comparing.sampled import Sampled, mean, ranks


def scores(values: list[float], noise: float, seed: int = 0) -> list[Sampled]:
    """Entrants with noise of their own on top of much noise that they share."""
    rng = np.random.default_rng(seed)
    shared = rng.normal(0, 1, 1000)
    return [Sampled(value, value + shared + rng.normal(0, noise, 1000)) for value in values]


def test_interval_of_a_difference_to_oneself_is_zero() -> None:
    [mine] = scores([0.3], noise=0.1)
    assert (mine - mine).interval == (0.0, 0.0)
    assert not (mine - mine).is_above_zero


def test_shared_noise_cancels_in_a_paired_difference() -> None:
    better, worse = scores([0.6, 0.5], noise=0.01)
    low, high = (better - worse).interval
    assert 0 < low < 0.1 < high
    assert better.interval[0] < worse.interval[1] - 3


def test_identical_entrants_share_rank_one_and_a_worse_one_follows_both() -> None:
    first, last = scores([0.6, 0.5], noise=0.01)
    assert ranks([last, first, first]) == [3, 1, 1]


def test_entrants_that_the_data_cannot_tell_apart_share_a_rank() -> None:
    assert ranks(scores([0.50, 0.49, 0.1], noise=0.05)) == [1, 1, 3]


def test_rounding_does_not_put_anyone_ahead() -> None:
    draws = np.linspace(0, 1, 1000)
    assert ranks([Sampled(0.5, draws), Sampled(0.5 + 1e-16, draws + 1e-16)]) == [1, 1]


@pytest.mark.parametrize("seed", range(5))
def test_ranks_equal_a_recomputation_with_plain_loops(seed: int) -> None:
    values = np.random.default_rng(seed).uniform(0.4, 0.6, 8).tolist()
    entrants = scores(values, noise=0.02, seed=seed)
    expected = []
    for own in entrants:
        ahead = 0
        for other in entrants:
            value = other.value - own.value
            reaches = sorted(abs((b - a) - value) for a, b in zip(own.draws, other.draws, strict=True))
            # the 95 % quantile of 1,000 numbers, linearly interpolated: at position 0.95 * 999 = 949.05
            reach = reaches[949] + 0.05 * (reaches[950] - reaches[949])
            ahead += value - reach > 0 and other is not own
        expected.append(1 + ahead)
    assert ranks(entrants) == expected
    assert len(set(expected)) > 1


def test_mean_is_taken_draw_by_draw() -> None:
    found = mean([Sampled(0.2, np.array([0.1, 0.3]), (0, 1)), Sampled(0.6, np.array([0.9, 0.5]), (-2, 1))])
    assert found.value == pytest.approx(0.4)
    assert found.draws == pytest.approx([0.5, 0.4])
    assert found.bounds == (-1, 1)


def test_interval_stays_within_the_possible_values_but_a_difference_is_free() -> None:
    draws = np.linspace(0.5, 1.4, 1000)
    high = Sampled(0.95, draws, (0, 1))
    assert high.interval[1] == 1.0
    assert (high - Sampled(0.0, np.zeros(1000), (0, 1))).interval[1] > 1.0
