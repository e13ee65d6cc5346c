"""AutoGluon under a tiny budget: no feature and no class is dropped."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from toys import toy_task

from tests.baselines.solver import given

pytest.importorskip("autogluon.tabular")

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


def test_it_refuses_pictures_alone_and_pairs_without_text() -> None:
    picture = {"name": "picture", "type": "image", "description": ""}
    price = {"name": "price", "type": "numeric", "description": ""}
    assert not supports(given(toy_task("classification", columns=[picture], slices=[])).task)[0]
    assert not supports(given(toy_task("matching", columns=[price], slices=[])).task)[0]
