"""Candidate pairs described by numbers, with a classifier that needs no package."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from toys import toy_task

from baselines._candidates import Described, PairClassifier
from baselines._pairs import Pairs
from tests.baselines.solver import given


def described() -> Described:
    seen = given(toy_task("matching"))
    table = seen.X.iloc[:3].assign(
        title=pd.Series(["lamp mx40 red", "lamp mx40 blue", pd.NA], dtype="string").to_numpy(),
        price=[10.0, 8.0, np.nan],
        shop=pd.Categorical(["north", "north", None], seen.X["shop"].cat.categories),
    )
    return Described(table, seen.task)


def test_features_of_two_pairs_by_hand() -> None:
    pairs = Pairs(np.array([0, 0]), np.array([1, 2]), np.array([0.5, 0.1]))
    features = described().features(np.arange(3), pairs)
    assert features["share of words of title"].tolist() == pytest.approx([2 / 4, 0])
    assert features["share of model numbers of title"].tolist() == pytest.approx([1, 0])
    assert features["words of title apart"].tolist() == [1, 0]
    assert features["gap of price"].tolist() == pytest.approx([0.2, np.nan], nan_ok=True)
    assert features["same shop"].tolist() == pytest.approx([1, np.nan], nan_ok=True)
    assert features["similarity against the left's best"].tolist() == pytest.approx([1, 0.2])


def test_no_pair_shares_a_record_between_learning_and_holding_back() -> None:
    seen, calls = given(toy_task("clustering", rows=400)), []

    def train(features: pd.DataFrame, match: np.ndarray, held: np.ndarray) -> object:
        calls.append((features, match, held))
        return lambda others: np.nan_to_num(others["share of words of title"].to_numpy())

    clusters = PairClassifier(seen.task, train).fit(seen.X, seen.y).predict(seen.test)  # type: ignore[arg-type]
    [(features, match, held)] = calls
    assert len(features) == len(match) == len(held)
    assert 0 < held.sum() < len(held)
    assert match[held].any()
    assert match[~held].any()
    assert len(clusters) == len(seen.test)
    assert len(PairClassifier(seen.task, train).fit(seen.X, seen.y).predict(seen.test.iloc[:1])) == 1  # type: ignore[arg-type]
