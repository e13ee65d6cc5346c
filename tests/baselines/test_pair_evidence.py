"""What labels teach about pairs, on records whose truth is made."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix
from toys import toy_task

from baselines._pair_evidence import Levels, Metric
from baselines._pair_words import Labelled, WordPairs
from tests.baselines.solver import given


def test_words_that_stand_for_each_other_speak_for_a_match() -> None:
    leather, leder, cotton = np.eye(3)
    rows = [leather, leder, cotton] * 20
    left = np.repeat(np.arange(0, 60, 3), 2)
    right = left + np.tile([1, 2], 20)
    pairs = Labelled(left, right, np.tile([True, False], 20))
    learned = WordPairs().fit(csr_matrix(np.array(rows)), pairs)
    found = learned.compare(
        csr_matrix(np.array([leather, leder, cotton])), np.array([0, 1, 0]), np.array([1, 0, 2])
    )
    assert found["words for"][0] > 0.3
    assert found["words for"][0] == found["words for"][1]
    assert found["words against"].tolist()[:2] == [0, 0]
    assert found["words against"][2] < -0.3


def test_words_never_seen_together_say_nothing() -> None:
    words = csr_matrix(np.eye(2).repeat(10, axis=0))
    nothing = np.array([], np.int64)
    learned = WordPairs().fit(words, Labelled(nothing, nothing, nothing.astype(bool)))
    found = learned.compare(words, np.array([0]), np.array([10]))
    assert all(values.tolist() == [0] for values in found.values())


def test_levels_take_the_unit_out_of_a_number() -> None:
    seen, rng = given(toy_task("matching", rows=400)), np.random.default_rng(0)
    entity = np.arange(len(seen.X)) // 4
    shop = rng.choice(["north", "south"], len(seen.X))
    truth = rng.lognormal(3, 1, len(seen.X) // 4 + 1)[entity]
    factor = np.where(shop == "south", 1000.0, 1.0)
    table = seen.X.assign(price=truth * factor, shop=pd.Categorical(shop, seen.X["shop"].cat.categories))
    left = np.arange(0, len(table) - 4, 4)
    learned = Levels().fit(table, seen.task, entity)
    same = learned.compare(table, seen.task, left, left + 1)["gap of price without levels"]
    other = learned.compare(table, seen.task, left, left + 4)["gap of price without levels"]
    assert np.median(same) < 0.3
    assert np.median(other) > 0.6


def test_the_metric_finds_the_axis_that_counts() -> None:
    rng = np.random.default_rng(0)
    entity = np.arange(300) // 3
    values = rng.normal(size=(300, 6)).astype(np.float32)
    values[:, 2] = entity % 10 / 3 + rng.normal(scale=0.1, size=300)
    left, right = np.triu_indices(300, 1)
    chosen = rng.choice(len(left), 4000, replace=False)
    near = np.flatnonzero(entity[left] == entity[right])
    some = np.concatenate([near, chosen])
    pairs = Labelled(left[some], right[some], entity[left[some]] == entity[right[some]])
    found = Metric().fit(values, pairs).compare(values, pairs.left, pairs.right)["learned distance"]
    plain = np.sqrt(np.square(values[pairs.left] - values[pairs.right]).sum(axis=1))

    def apart(distance: np.ndarray) -> float:
        return float(np.median(distance[~pairs.match]) / np.median(distance[pairs.match]))

    assert apart(found) > 1.3 * apart(plain)


def test_a_missing_row_has_no_distance() -> None:
    values = np.array([[0, 0], [1, 2], [1, 3]], np.float32)
    nothing = np.array([], np.int64)
    metric = Metric().fit(values, Labelled(nothing, nothing, nothing.astype(bool)))
    found = metric.compare(values, np.array([0, 1]), np.array([1, 2]))["learned distance"]
    assert found.tolist() == pytest.approx([np.nan, 0], nan_ok=True)
