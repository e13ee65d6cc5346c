"""Decisions by value: a model that is right more often is not the one that earns more."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from toys import toy_card, toy_records

from baselines._values import ByValue, by_value
from benchmark.budget import Budget
from benchmark.prepare import prepare
from benchmark.run import Run
from benchmark.runner import run_all
from benchmark.solutions import load_solution
from benchmark.task import Task, open_task

CLASSES = ["keep", "sell"]


def _records(rows: int = 400) -> pd.DataFrame:
    """Selling what should be kept costs ten times what keeping what should be sold costs; the title only hints."""
    rng = np.random.default_rng(5)
    records = toy_records("classification", rows)
    keep = rng.random(rows) < 0.3
    hint = keep ^ (rng.random(rows) < 0.2)
    records["title"] = np.where(hint, "blue thing", "red thing")
    records["label"] = np.where(keep, "keep", "sell")
    records["maker"] = np.arange(rows)
    records["value:keep"] = np.where(keep, 10.0, 1.0)
    records["value:sell"] = np.where(keep, -40.0, 5.0)
    return records


def _task() -> Task:
    card = toy_card("classification", metric="recoverable_value")
    return open_task(prepare(card, lambda raw: _records()))


def test_values_of_labelled_rows_are_public_and_those_of_test_rows_are_not() -> None:
    task = _task()
    assert task.values is not None
    assert task.values.index.equals(task.labelled.index)
    assert list(task.values.columns) == CLASSES
    keep = task.labelled[task.target] == "keep"
    assert (task.values.loc[keep, "sell"] == -40).all()
    assert not [name for name in pd.read_csv(task.folder / "test.csv").columns if name.startswith("value:")]
    assert not [name for name in (*task.train.columns, *task.labelled.columns) if name.startswith("value:")]


def test_a_baseline_decides_by_value(tmp_path: Path) -> None:
    task = _task()
    budget = Budget(seconds=60, memory=4 * 10**9, cores=2, disk=10**9)
    [record] = run_all(
        [Run(load_solution("tfidf_linear"), task, 0, budget)],
        tmp_path,
        1,
        "local",
        False,
        lambda run, record: None,
    )
    assert record.ok
    assert record.score is not None
    likeliest = {"blue thing": "keep", "red thing": "sell"}
    hidden = record.score["headline"]["value"]
    by_label = _share(task, likeliest)
    assert hidden > by_label + 0.1


def _share(task: Task, decide: dict[str, str]) -> float:
    from benchmark.scoring import score

    answer = task.test["title"].map(decide)
    found = score(task, pd.DataFrame({"id": task.test_ids, "prediction": answer.to_numpy()}))
    return found.headline.value


@dataclass
class _Model:
    classes_: Any = None

    def fit(self, X: pd.DataFrame, y: pd.Series[Any]) -> _Model:
        self.classes_ = np.array(CLASSES)
        return self

    def predict_proba(self, X: pd.DataFrame) -> Any:
        return np.array([[0.1, 0.9], [0.4, 0.6]])


@dataclass
class _Asked:
    values: pd.DataFrame | None


def test_it_weighs_chances_with_mean_values() -> None:
    values = pd.DataFrame({"keep": [10.0, 1.0], "sell": [-40.0, 5.0]})
    model = ByValue(_Model(), _Asked(values)).fit(pd.DataFrame(index=[0, 1]), pd.Series(CLASSES))
    assert model.predict(pd.DataFrame(index=[0, 1])).tolist() == ["keep", "keep"]  # .1*10+.9*1 > .1*-40+.9*5


def test_a_task_without_values_keeps_its_model() -> None:
    model = _Model()
    assert by_value(model, _Asked(None)) is model
