"""AutoGluon under a tiny budget: no feature, no class and no rare word is dropped; it keeps to its time and cores."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from toys import toy_task

from tests.baselines.solver import given

pytest.importorskip("autogluon.tabular")

from baselines import autogluon
from baselines.autogluon import build, supports


def test_it_keeps_every_feature_and_every_rare_class(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = given(toy_task("classification"), seconds=20)
    rare = seen.task.rows.index[seen.task.rows["split"] == "train"][:3]
    label = seen.y.where(~seen.y.index.isin(rare), "rare")
    monkeypatch.chdir(tmp_path)
    model = build(seen.task).fit(seen.X, label)
    assert sorted(model.classes_) == sorted(set(label))
    used = set(model.predictor.model.feature_metadata_in.get_features())
    assert used == set(seen.X.columns) - {"picture"}
    probability = model.predict_proba(seen.test)
    assert np.allclose(probability.sum(axis=1), 1, atol=1e-4)
    assert model.predict_proba(seen.test.iloc[:1]).shape == (1, len(model.classes_))
    assert (tmp_path / "autogluon").is_dir()


def test_words_of_a_few_rows_are_features(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = given(toy_task("classification"), seconds=20)
    few = seen.task.rows.index[seen.task.rows["split"] == "train"][:8]
    seen.X.loc[few, "title"] = [f"bibelot {number}" for number in range(8)]
    monkeypatch.chdir(tmp_path)
    model = build(seen.task).fit(seen.X, seen.y)
    assert "__nlp__.bibelot" in model.predictor.model.feature_metadata.get_features()


def test_with_time_it_bags_and_starts_no_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The threshold is moved so that a short fit takes the way of a long one."""
    monkeypatch.setattr(autogluon, "LONG", 30)
    seen = given(toy_task("classification"), seconds=60)
    monkeypatch.chdir(tmp_path)
    model = build(seen.task).fit(seen.X, seen.y)
    names = model.predictor.model.model_names()
    assert any("BAG" in name and name.endswith("_FULL") for name in names), "learned again on all rows"
    ray = sys.modules.get("ray")
    assert ray is None or not ray.is_initialized()
    assert seen.task.budget.seconds_left() > 5


def test_it_refuses_pictures_alone_and_pairs_without_text() -> None:
    picture = {"name": "picture", "type": "image", "description": ""}
    price = {"name": "price", "type": "numeric", "description": ""}
    assert not supports(given(toy_task("classification", columns=[picture], slices=[])).task)[0]
    assert not supports(given(toy_task("matching", columns=[price], slices=[])).task)[0]
