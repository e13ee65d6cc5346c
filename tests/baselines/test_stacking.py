"""The stack: folds of families, the pool, and what it does when time is short."""

from __future__ import annotations

import time

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import softmax

from baselines._stacking import FOLDS, Matrix, Member, Pool, Predict, Stack, deal_families

CLASSES = 3


def rows(count: int, seed: int = 0) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Two columns that each know a part of the class, and the class."""
    generator = np.random.default_rng(seed)
    label = generator.integers(CLASSES, size=count)
    columns = generator.normal(size=(count, 2 * CLASSES))
    columns[np.arange(count), label] += 1.5
    columns[np.arange(count), CLASSES + label] += 1.5
    return columns, label


def reads(start: int) -> Member:
    """A member that knows the true posterior of three of the columns, and has nothing to learn."""

    def learn(known: Matrix, label: NDArray[np.int64], seed: int, seconds: float) -> Predict:
        return lambda new: np.asarray(softmax(1.5 * new[:, start : start + CLASSES], axis=1))

    return Member(f"from {start}", "all", learn)


def slow(known: Matrix, label: NDArray[np.int64], seed: int, seconds: float) -> Predict:
    time.sleep(0.05)
    return reads(0).learn(known, label, seed, seconds)


def log_loss(chances: NDArray[np.float64], label: NDArray[np.int64]) -> float:
    return -float(np.log(chances[np.arange(len(label)), label]).mean())


def test_the_pool_multiplies_independent_evidence() -> None:
    columns, label = rows(4_000)
    given = np.array([softmax(1.5 * columns[:, at : at + CLASSES], axis=1) for at in (0, CLASSES)])
    pool = Pool().fit(given, label)
    assert pool.weight == pytest.approx([1, 1], abs=0.15)
    assert pool.bias == pytest.approx(np.zeros(CLASSES), abs=0.15)
    new, wanted = rows(2_000, seed=1)
    given = np.array([softmax(1.5 * new[:, at : at + CLASSES], axis=1) for at in (0, CLASSES)])
    assert log_loss(pool.predict(given), wanted) < log_loss(given.mean(axis=0), wanted) - 0.05


def test_the_pool_does_not_listen_to_noise_and_calms_the_overconfident() -> None:
    columns, label = rows(4_000)
    noise = softmax(np.random.default_rng(2).normal(size=(len(label), CLASSES)), axis=1)
    loud = softmax(6 * columns[:, :CLASSES], axis=1)
    weight = Pool().fit(np.array([loud, noise]), label).weight
    assert weight[0] == pytest.approx(0.25, abs=0.06)
    assert weight[1] == pytest.approx(0, abs=0.06)


def test_families_are_never_torn_and_classes_are_spread() -> None:
    generator = np.random.default_rng(0)
    family = generator.integers(300, size=1_000)
    label = family % 7
    fold = deal_families(family, label, FOLDS, seed=3)
    assert all(len(set(fold[family == one])) == 1 for one in np.unique(family))
    assert set(fold) == set(range(FOLDS))
    assert all(set(fold[label == one]) == set(range(FOLDS)) for one in range(7))
    assert (fold != deal_families(family, label, FOLDS, seed=4)).any()


def test_no_row_is_judged_by_a_model_that_knows_its_family() -> None:
    family = np.arange(100) // 2
    label = family % 2
    known: list[set[int]] = []

    def learn(some: Matrix, label: NDArray[np.int64], seed: int, seconds: float) -> Predict:
        known.append(set((some[:, 0] // 2).astype(int)))

        def predict(new: Matrix) -> NDArray[np.float64]:
            assert not known[-1] & set((new[:, 0] // 2).astype(int))
            return np.full((len(new), 2), 0.5)

        return predict

    views = {"all": np.arange(100.0)[:, None]}
    stack = Stack([Member("spy", "all", learn)], 2, deals=2, seed=0).fit(views, label, family, seconds=60)
    assert len(known) == len(stack.models) == 2 * FOLDS
    assert len(stack.judged) == 100


def test_members_for_which_there_is_no_time_are_left_out() -> None:
    columns, label = rows(200)
    members = [Member("slow", "all", slow), reads(0)]
    stack = Stack(members, CLASSES, deals=3, seed=0).fit({"all": columns}, label, np.arange(200), 0.1)
    assert [member.name for member in stack.members] == ["slow"]
    assert 1 <= len(stack.models) <= 3
    assert np.allclose(stack.predict_proba({"all": columns[:1]}).sum(axis=1), 1)


def test_a_class_that_no_row_has_gets_hardly_any_chance() -> None:
    columns, label = rows(300)
    stack = Stack([reads(0)], CLASSES + 1, deals=1, seed=0)
    stack.fit({"all": columns}, label, np.arange(300), seconds=60)
    assert (stack.predict_proba({"all": columns})[:, CLASSES] < 0.01).all()


def test_one_class_only_is_certain() -> None:
    stack = Stack([reads(0)], 2, deals=1, seed=0)
    stack.fit({"all": np.zeros((20, 3))}, np.zeros(20, np.int64), np.arange(20), seconds=60)
    assert (stack.predict_proba({"all": np.zeros((2, 3))})[:, 0] > 0.9).all()
