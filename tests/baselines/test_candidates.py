"""Candidate pairs described by numbers, with a classifier that needs no package."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
import pytest
from toys import toy_task

from baselines._candidates import Described, PairClassifier
from tests.baselines.solver import given


def test_similarities_are_told_against_the_best_of_either_record() -> None:
    seen = given(toy_task("matching"))
    table = seen.X.iloc[:3].assign(title=["lamp mx40 red", "lamp mx40 blue", "lamp mx40 red new"])
    described = Described(table, seen.task, ["text"])
    pairs = described.candidates(np.arange(3))
    assert list(zip(pairs.left, pairs.right, strict=True)) == [(0, 1), (0, 2), (1, 2)]
    features = described.features(np.arange(3), pairs)
    assert features["similarity of texts against the better best"].idxmax() == 1
    assert features["similarity of texts against the better best"].max() == pytest.approx(1)
    assert features["similarity of texts against the lesser best"][0] == pytest.approx(1)
    assert features["similarity of texts against the better best"][0] < 0.99


def test_a_modality_that_the_task_lacks_is_left_out() -> None:
    price = {"name": "price", "type": "numeric", "description": ""}
    seen = given(toy_task("matching", columns=[price], slices=[]))
    described = Described(seen.X, seen.task)
    assert list(described.sides) == ["numbers"]
    assert len(described.candidates(np.arange(len(seen.X))))


def test_no_pair_shares_a_record_between_learning_and_holding_back() -> None:
    seen, calls = given(toy_task("clustering", rows=400)), []
    describe = partial(Described, modalities=["text"])

    def train(features: pd.DataFrame, match: np.ndarray, held: np.ndarray) -> object:
        calls.append((features, match, held))
        return lambda others: np.nan_to_num(others["share of words of title"].to_numpy())

    clusters = PairClassifier(seen.task, train, describe).fit(seen.X, seen.y).predict(seen.test)
    [(features, match, held)] = calls
    assert len(features) == len(match) == len(held)
    assert 0 < held.sum() < len(held)
    assert match[held].any()
    assert match[~held].any()
    assert len(clusters) == len(seen.test)
    assert (
        len(PairClassifier(seen.task, train, describe).fit(seen.X, seen.y).predict(seen.test.iloc[:1])) == 1
    )
