"""The linear model on TF-IDF."""

from __future__ import annotations

import numpy as np
import pytest
from toys import toy_task

from baselines.tfidf_linear import PENALTIES, build, supports
from tests.baselines.solver import given


def test_probabilities_are_over_the_classes_and_sum_to_one() -> None:
    seen = given(toy_task("classification"))
    model = build(seen.task).fit(seen.X, seen.y)
    probability = model.predict_proba(seen.test)
    assert list(model.classes_) == seen.task.classes
    assert probability.shape == (len(seen.test), len(model.classes_))
    assert np.allclose(probability.sum(axis=1), 1)
    assert np.allclose(model.predict_proba(seen.test.iloc[:1]), probability[:1], atol=1e-6)


def test_two_classes_get_two_columns() -> None:
    seen = given(toy_task("classification"))
    label = seen.y.where(seen.y == "lamp", "other")
    model = build(seen.task).fit(seen.X, label)
    assert list(model.classes_) == ["lamp", "other"]
    assert np.allclose(model.predict_proba(seen.test).sum(axis=1), 1)


def test_one_penalty_is_tried_where_time_is_short(capsys: pytest.CaptureFixture[str]) -> None:
    seen = given(toy_task("classification"), seconds=0)
    build(seen.task).fit(seen.X, seen.y)
    assert f"penalty {PENALTIES[0]}," in capsys.readouterr().out


def test_it_refuses_pairs_and_tables_of_pictures() -> None:
    assert supports(given(toy_task("matching")).task) == (False, "it classifies rows")
    picture = {"name": "picture", "type": "image", "description": ""}
    seen = given(toy_task("classification", columns=[picture], slices=[]))
    assert supports(seen.task) == (False, "the task has pictures only")
