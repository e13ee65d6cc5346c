"""The blend: all modalities count, and short budgets are kept."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from toys import toy_task

from baselines._views import Views
from baselines.blend import Judges, build, supports
from tests.baselines.solver import given


def test_probabilities_are_over_the_classes_and_sum_to_one() -> None:
    seen = given(toy_task("classification"))
    model = build(seen.task).fit(seen.X, seen.y)
    probability = model.predict_proba(seen.test)
    assert list(model.classes_) == seen.task.classes
    assert probability.shape == (len(seen.test), len(model.classes_))
    assert np.allclose(probability.sum(axis=1), 1)
    assert np.allclose(model.predict_proba(seen.test.iloc[:1]), probability[:1], atol=1e-4)


def test_every_modality_is_in_the_views(monkeypatch: pytest.MonkeyPatch) -> None:
    task = toy_task("classification")
    monkeypatch.chdir(task.folder)
    seen = given(task)
    views = Views(seen.task)
    whole = views.fit_transform(seen.X)
    assert {len(view.toarray() if hasattr(view, "toarray") else view) for view in whole.values()} == {
        len(seen.X)
    }
    for column in seen.task.columns:
        changed = seen.X.iloc[:20].copy()
        changed[column.name] = changed[column.name].iloc[::-1].set_axis(changed.index)
        moved = views.transform(changed)["dense"] - whole["dense"][:20]
        assert np.abs(moved).max() > 0.01, column.name
    assert all(np.isfinite(whole[name]).all() for name in ("dense", "filled"))


def test_other_rows_are_seen_as_the_same_rows_were() -> None:
    seen = given(toy_task("classification"))
    views = Views(seen.task)
    whole, again = views.fit_transform(seen.X), views.transform(seen.X)
    for name, view in whole.items():
        apart = abs(again[name] - view)
        assert np.nanmax(apart.toarray() if hasattr(apart, "toarray") else apart) < 1e-3, name


def test_a_short_budget_leaves_members_out(capsys: pytest.CaptureFixture[str]) -> None:
    seen = given(toy_task("classification"), seconds=0)
    build(seen.task).fit(seen.X, seen.y)
    assert "trees" not in capsys.readouterr().out


def test_pairs_are_judged_by_three_learners_where_there_is_time() -> None:
    generator = np.random.default_rng(0)
    match = generator.random(600) < 0.3
    features = pd.DataFrame({"near": match + generator.normal(0, 0.5, 600), "gap": np.nan})
    judge = Judges(given(toy_task("matching"), seconds=600).task).train(features, match, match)
    assert judge(features)[match].mean() > judge(features)[~match].mean() + 0.4
    hurried = Judges(given(toy_task("matching"), seconds=0).task).train(features, match, match)
    assert not np.allclose(judge(features), hurried(features))


def test_it_refuses_records_without_texts_and_pictures() -> None:
    price = {"name": "price", "type": "numeric", "description": ""}
    assert supports(given(toy_task("classification")).task)[0]
    assert not supports(given(toy_task("matching", columns=[price], slices=[])).task)[0]
