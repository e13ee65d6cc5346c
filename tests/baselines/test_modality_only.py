"""What one modality reaches alone: other columns are never looked at."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import f1_score
from toys import toy_task

from baselines._modality import only
from benchmark.task import Task
from tests.baselines.solver import Given, given

pytest.importorskip("lightgbm")
pytest.importorskip("voyager")

OWN = {"text_only": {"title"}, "numbers_only": {"price", "shop", "seen"}, "pictures_only": {"picture"}}
LACKS = {"text_only": "text", "numbers_only": "numbers", "pictures_only": "pictures"}
NAMES = sorted(OWN)


def baseline(name: str) -> Any:
    return importlib.import_module(f"baselines.{name}")


def seen_from_its_folder(task: Task, monkeypatch: pytest.MonkeyPatch) -> Given:
    monkeypatch.chdir(task.folder)
    return given(task)


def garbled(table: pd.DataFrame, kept: set[str]) -> pd.DataFrame:
    """The table with every column but the kept ones turned upside down."""
    return table.assign(**{name: table[name].to_numpy()[::-1] for name in table if name not in kept})


def answer(name: str, seen: Given, X: pd.DataFrame, test: pd.DataFrame) -> pd.DataFrame:
    model = baseline(name).build(seen.task).fit(X, seen.y)
    if seen.task.kind == "classification":
        return pd.DataFrame(model.predict_proba(test))
    return pd.DataFrame(model.predict(test))


@pytest.mark.parametrize("kind", ["classification", "matching", "clustering"])
@pytest.mark.parametrize("name", NAMES)
def test_the_answer_does_not_depend_on_other_columns(
    name: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = seen_from_its_folder(
        toy_task(kind, ignorable=[]) if kind == "clustering" else toy_task(kind), monkeypatch
    )
    plain = answer(name, seen, seen.X, seen.test)
    odd = answer(name, seen, garbled(seen.X, OWN[name]), garbled(seen.test, OWN[name]))
    pd.testing.assert_frame_equal(plain, odd)


@pytest.mark.parametrize("name", NAMES)
def test_it_refuses_a_task_without_its_modality(name: str) -> None:
    other = {"name": "title", "type": "text"} if name != "text_only" else {"name": "price", "type": "numeric"}
    for kind in ("classification", "matching"):
        task = given(toy_task(kind, columns=[other | {"description": ""}], slices=[])).task
        assert baseline(name).supports(task) == (False, f"the task has no {LACKS[name]}")


@pytest.mark.parametrize("name", ["text_only", "pictures_only"])
def test_it_finds_what_its_columns_tell(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = seen_from_its_folder(toy_task("classification", rows=400), monkeypatch)
    shown = seen.X["title"].fillna("").ne("") & seen.X["picture"].notna()
    model = baseline(name).build(seen.task).fit(seen.X, seen.y)
    found = model.classes_[model.predict_proba(seen.X[shown]).argmax(axis=1)]
    assert f1_score(seen.y[shown].to_numpy(str), found, average="macro") > 0.8


def test_numbers_find_the_records_of_one_price(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = seen_from_its_folder(toy_task("clustering", rows=400), monkeypatch)
    entity = np.asarray(pd.factorize(seen.y)[0], np.int64)
    priced = seen.X.assign(price=100.0 + 7 * entity, shop=pd.NA, seen=pd.NaT)
    priced["shop"] = priced["shop"].astype(seen.X["shop"].dtype)
    priced["seen"] = pd.to_datetime(priced["seen"], utc=True)
    cluster = baseline("numbers_only").build(seen.task).fit(priced, seen.y).predict(priced)
    together = cluster[:, None] == cluster
    true = entity[:, None] == entity
    assert (together & true).sum() / together.sum() > 0.9
    assert (together & true).sum() / true.sum() > 0.5


def test_the_task_keeps_all_but_the_other_columns() -> None:
    task = given(toy_task("matching", source="shop")).task
    known = only(task, "pictures")
    assert [column.name for column in known.columns] == ["picture"]
    assert (known.source_column, known.kind, known.seed) == ("shop", "matching", task.seed)
