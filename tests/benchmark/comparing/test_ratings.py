"""Mean rank, win rate and Elo over many tasks."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest

from benchmark.comparing.ratings import rate


def test_one_solution_has_a_rank_and_nothing_to_win_against() -> None:
    found = rate({"a": [0.5, 0.6]})["a"]
    assert (found.mean_rank, found.win_rate, found.elo) == (1.0, None, None)


def test_one_task_gives_ranks_and_wins_but_no_elo() -> None:
    found = rate({"a": [0.5], "b": [0.5], "c": [0.1]})
    assert [found[name].mean_rank for name in "abc"] == [1.5, 1.5, 3.0]
    assert [found[name].win_rate for name in "abc"] == [0.75, 0.75, 0.0]
    assert {found[name].elo for name in "abc"} == {None}


def test_mean_rank_and_win_rate_equal_plain_loops() -> None:
    rng = np.random.default_rng(2)
    scores = {f"s{i}": rng.integers(0, 5, 7).astype(float) / 4 for i in range(5)}
    found = rate(scores)  # type: ignore[arg-type]
    for name, own in scores.items():
        others = [other for rival, other in scores.items() if rival != name]
        wins = [[(mine > theirs) + 0.5 * (mine == theirs) for mine, theirs in zip(own, other, strict=True)]
                for other in others]  # fmt: skip
        assert found[name].win_rate == pytest.approx(np.mean(wins))
        assert found[name].mean_rank == pytest.approx(5 - np.sum(wins) / 7)


def test_elo_of_two_follows_from_the_share_of_wins() -> None:
    found = rate({"a": [0.9, 0.9, 0.9, 0.1], "b": [0.5, 0.5, 0.5, 0.5]})
    gap = 400 * math.log10(3)
    assert found["a"].elo == pytest.approx(1000 + gap / 2, abs=0.1)
    assert found["b"].elo == pytest.approx(1000 - gap / 2, abs=0.1)


def test_elo_makes_expected_wins_equal_to_wins() -> None:
    rng = np.random.default_rng(4)
    scores = {f"s{i}": (0.1 * i + rng.normal(0, 0.3, 12)).tolist() for i in range(4)}
    found = rate(scores)
    wins, expected = dict.fromkeys(scores, 0.0), dict.fromkeys(scores, 0.0)
    for one, two in combinations(scores, 2):
        ahead = sum(a > b for a, b in zip(scores[one], scores[two], strict=True))
        first, second = found[one].elo, found[two].elo
        assert first is not None
        assert second is not None
        chance = 1 / (1 + 10 ** ((second - first) / 400))
        wins[one] += ahead
        wins[two] += 12 - ahead
        expected[one] += 12 * chance
        expected[two] += 12 * (1 - chance)
    assert list(wins.values()) == pytest.approx(list(expected.values()), abs=0.02)


def test_who_loses_or_wins_all_has_no_elo_and_does_not_move_the_others() -> None:
    middle = {"a": [0.5, 0.6, 0.5], "b": [0.6, 0.5, 0.4]}
    extremes = {"best": [0.9, 0.9, 0.9], "worst": [0.1, 0.1, 0.1]}
    alone, together = rate(middle), rate(middle | extremes)
    assert together["best"].elo is None
    assert together["worst"].elo is None
    assert [together[name].elo for name in middle] == [alone[name].elo for name in middle]


def test_a_clean_order_has_no_elo_at_all() -> None:
    found = rate({"a": [0.9, 0.9], "b": [0.5, 0.5], "c": [0.1, 0.1]})
    assert [found[name].elo for name in "abc"] == [None, None, None]
    assert [found[name].mean_rank for name in "abc"] == [1.0, 2.0, 3.0]
