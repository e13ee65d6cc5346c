"""What tells two records apart, on pairs that are counted by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from toys import toy_task

from baselines._pair_features import Amounts, Pictures
from baselines._pair_numbers import cosines
from baselines._pair_texts import Texts, Tokens
from tests.baselines.solver import given


def test_shared_words_and_the_rarest_of_them() -> None:
    tokens = Tokens(["lamp red mx40", "lamp blue mx40", "lamp"], r"\w+")
    found = {
        name.format("words"): values
        for name, values in tokens.compare(np.array([0, 0]), np.array([1, 2])).items()
    }
    assert found["share of words"].tolist() == pytest.approx([2 / 4, 1 / 3])
    assert found["words apart"].tolist() == [1, 0]
    assert found["words apart at most"].tolist() == [1, 2]
    assert found["rarest shared of words"].tolist() == pytest.approx([np.log(3 / 2), 0], abs=2e-3)
    assert found["rarest alone of words"].tolist() == pytest.approx([np.log(3), 0], abs=2e-3)


def test_texts_are_compared_without_what_is_ignored() -> None:
    seen = given(toy_task("clustering"))
    table = seen.X.iloc[:2].assign(title=["red lamp 7", "blue lamp 7"])
    found = Texts(table, seen.task).compare(np.array([0]), np.array([1]))
    assert found["share of words of title"] == pytest.approx(2 / 4)
    assert found["share of words of title without what is ignored"] == pytest.approx(1)


def test_words_run_together_are_the_same_text() -> None:
    seen = given(toy_task("matching"))
    table = seen.X.iloc[:3].assign(title=["Canon IX 500", "canon ix500", "canon ix 700"])
    found = Texts(table, seen.task).compare(np.array([0, 0]), np.array([1, 2]))
    same, other = found["similarity of run-together words"]
    assert same == pytest.approx(1)
    assert other < 0.8


def test_gaps_of_numbers_days_between_times_and_rare_categories() -> None:
    seen = given(toy_task("matching"))
    table = seen.X.iloc[:4].assign(
        price=[10.0, 8.0, np.nan, 10.0],
        seen=pd.to_datetime(["2024-01-01", "2024-01-03", None, "2024-01-01"], utc=True),
        shop=pd.Categorical(["north", "north", None, "south"], seen.X["shop"].cat.categories),
    )
    found = Amounts(table, seen.task).compare(np.array([0, 0, 0]), np.array([1, 2, 3]))
    assert found["gap of price"].tolist() == pytest.approx([0.2, np.nan, 0], nan_ok=True)
    assert found["days of seen"].tolist() == pytest.approx([np.log(3), np.nan, 0], nan_ok=True)
    assert found["same shop"].tolist() == pytest.approx([np.log(4 / 2), np.nan, 0], nan_ok=True)


def test_a_picture_is_its_own_nearest_and_a_missing_one_is_not_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    task = toy_task("matching")
    seen = given(task)
    monkeypatch.chdir(task.folder)
    there = seen.X[seen.X["picture"].notna()].iloc[[0, 0, 1]]
    table = pd.concat([there, seen.X[seen.X["picture"].isna()].iloc[:1]])
    side = Pictures(table, seen.task)
    left, right = np.array([0, 0, 0]), np.array([1, 2, 3])
    similar = cosines(side.spaces["picture"], left, right)
    assert similar[0] == pytest.approx(1)
    assert similar[1] < 0.99
    assert np.isnan(similar[2])
    distance = side.compare(left, right)["distance of colour of picture"]
    assert distance[0] == 0
    assert distance[1] > 0
    assert np.isnan(distance[2])
