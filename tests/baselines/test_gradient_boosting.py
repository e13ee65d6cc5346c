"""LightGBM on typed columns."""

from __future__ import annotations

import numpy as np
import pytest
from toys import toy_task

from tests.baselines.solver import Given, given

pytest.importorskip("lightgbm")

from baselines.gradient_boosting import build


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Given:
    task = toy_task("classification")
    monkeypatch.chdir(task.folder)
    return given(task)


def test_probabilities_are_over_all_classes_and_sum_to_one(seen: Given) -> None:
    model = build(seen.task).fit(seen.X, seen.y)
    probability = model.predict_proba(seen.test)
    assert list(model.classes_) == seen.task.classes
    assert np.allclose(probability.sum(axis=1), 1)
    assert np.array_equal(model.predict_proba(seen.test.iloc[:1]), probability[:1])


def test_pictures_alone_tell_the_class(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = {"name": "picture", "type": "image", "description": ""}
    task = toy_task("classification", columns=[picture], slices=[])
    monkeypatch.chdir(task.folder)
    seen = given(task)
    model = build(seen.task).fit(seen.X, seen.y)
    assert (model.classes_[model.predict_proba(seen.X).argmax(axis=1)] == seen.y.to_numpy(str)).mean() > 0.7


def test_a_class_only_in_validation_does_not_stop_it(seen: Given) -> None:
    held = (seen.task.rows["split"] == "validation").to_numpy(bool)
    label = seen.y.where(held | (seen.y != "spoon"), "lamp")
    model = build(seen.task).fit(seen.X, label)
    assert np.allclose(model.predict_proba(seen.test).sum(axis=1), 1)


def test_it_stops_when_its_time_is_over(seen: Given, capsys: pytest.CaptureFixture[str]) -> None:
    task = given(toy_task("classification"), seconds=0).task
    build(task).fit(seen.X, seen.y)
    assert "1 rounds in" in capsys.readouterr().out
