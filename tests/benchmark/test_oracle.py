"""The oracle: decisions by a known posterior, and the interval that their score falls into."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from solvers import likeliest
from toys import toy_card, toy_records

from benchmark.errors import UserError
from benchmark.metrics.classification import best_macro_f1
from benchmark.posterior import Posterior, read_posterior
from benchmark.prepare import prepare
from benchmark.scoring import score
from benchmark.task import Task, open_task

CLASSES = ["a", "b", "c"]


def _noisy_task(kind: str, rows: int = 600, **changes: Any) -> Task:
    """A task whose labels are drawn from chances that the recipe hands out."""
    rng = np.random.default_rng(3)
    records = toy_records(kind, rows)
    if kind == "classification":
        chances = rng.dirichlet([0.4, 0.6, 1.0], rows)
        records["label"] = [CLASSES[rng.choice(3, p=each)] for each in chances]
        records["maker"] = np.arange(rows)
        row, answer = np.divmod(np.arange(3 * rows), 3)
        table = pd.DataFrame(
            {"row": row, "answer": np.array(CLASSES)[answer], "probability": chances.ravel()}
        )
        if changes.get("metric") == "recoverable_value":
            price = rng.lognormal(3, 1, rows)
            worth = np.array([[1.0, 0.3, 0.0], [-2.0, 0.8, 0.1], [-3.0, -1.0, 0.2]])
            code = np.array([CLASSES.index(label) for label in records["label"]])
            for place, name in enumerate(CLASSES):
                records[f"value:{name}"] = worth[code, place] * price
                table[f"value:{name}"] = worth[answer, place] * price[row]
    else:
        group = np.arange(rows) // 8
        sure = rng.random(rows) * 0.5 + 0.5
        first = rng.random(rows) < sure
        told = rng.integers(0, 2, rows)
        records["label"] = [f"{g}-{t if f else 1 - t}" for g, t, f in zip(group, told, first, strict=True)]
        records["group"] = group
        row = np.repeat(np.arange(rows), 2)
        answer = [
            f"{g}-{t}" for g, t in zip(group[row], np.column_stack([told, 1 - told]).ravel(), strict=True)
        ]
        chance = np.column_stack([sure, 1 - sure]).ravel()
        table = pd.DataFrame({"row": row, "answer": answer, "probability": chance})
        changes |= {"families": ["group"], "ignore": None, "hard_negatives": None}
    return open_task(prepare(toy_card(kind, **changes), lambda raw: (records, table)))


def _hidden_posterior(task: Task) -> pd.DataFrame:
    from benchmark.home import hidden_folder

    return pd.read_parquet(hidden_folder(task.name, task.version) / "posterior.parquet").reset_index()


@pytest.mark.parametrize("kind", ["matching", "clustering"])
def test_a_solver_with_the_posterior_scores_within_the_oracles_interval(kind: str) -> None:
    task = _noisy_task(kind)
    oracle = task.card["oracle"]
    found = score(task, likeliest(task, _hidden_posterior(task)))
    assert oracle["low"] <= found.headline.value <= oracle["high"]
    assert found.oracle is not None
    assert found.oracle["way"] == pytest.approx(
        (found.headline.value - found.constant) / (oracle["value"] - found.constant), abs=1e-5
    )


@pytest.mark.parametrize("metric", ["macro_f1", "accuracy", "recoverable_value"])
def test_the_oracle_decides_for_the_headline(metric: str) -> None:
    task = _noisy_task("classification", metric=metric)
    table = _hidden_posterior(task)
    chances = table.pivot(index="id", columns="answer", values="probability").reindex(task.test_ids)
    if metric == "macro_f1":
        code = best_macro_f1(chances.to_numpy())
    elif metric == "recoverable_value":
        names = [f"value:{name}" for name in CLASSES]
        expected = table[names].mul(table["probability"], axis=0).groupby(table["id"]).sum()
        code = expected.reindex(task.test_ids).to_numpy().argmax(axis=1)
    else:
        code = chances.to_numpy().argmax(axis=1)
    found = score(task, pd.DataFrame({"id": task.test_ids, "prediction": np.array(CLASSES)[code]}))
    oracle = task.card["oracle"]
    assert oracle["metric"] == metric
    assert oracle["low"] <= found.headline.value <= oracle["high"]
    assert oracle["low"] < oracle["value"] < oracle["high"]


def test_the_posterior_is_hidden() -> None:
    task = _noisy_task("classification")
    assert not any("posterior" in path.name for path in task.folder.rglob("*"))
    assert "posterior" not in (task.folder / "card.json").read_text()


def test_best_macro_f1_is_the_best_of_all_decisions() -> None:
    """Brute force over all decisions of small tables, with expected counts."""
    rng = np.random.default_rng(0)
    gaps = []
    for _ in range(30):
        chances = rng.dirichlet([0.5, 1.0, 2.0], 6)
        scores = {}
        for decision in product(range(3), repeat=6):
            chosen = np.array(decision)
            size = np.bincount(chosen, minlength=3) + chances.sum(axis=0)
            hits = np.bincount(chosen, chances[np.arange(6), chosen], 3)
            scores[decision] = (2 * hits / size).mean()
        gaps.append(max(scores.values()) - scores[tuple(best_macro_f1(chances).tolist())])
    assert np.mean(gaps) < 0.01
    assert max(gaps) < 0.06


def test_the_likeliest_class_is_not_the_best_for_macro_f1() -> None:
    rng = np.random.default_rng(1)
    chances = rng.dirichlet([8.0, 0.7, 0.3], 2000)

    def expected(chosen: np.ndarray[Any, Any]) -> float:
        size = np.bincount(chosen, minlength=3) + chances.sum(axis=0)
        return float((2 * np.bincount(chosen, chances[np.arange(2000), chosen], 3) / size).mean())

    assert expected(best_macro_f1(chances)) > expected(chances.argmax(axis=1)) + 0.05


def test_drawn_answers_follow_the_chances() -> None:
    posterior = Posterior(
        2, np.array([0, 0, 1]), np.array([0, 1, 1]), np.array([0.25, 0.75, 1.0]), ["a", "b"]
    )
    rng = np.random.default_rng(0)
    draws = np.array([posterior.answer[posterior.draw(rng)] for _ in range(4000)])
    assert draws[:, 0].mean() == pytest.approx(0.75, abs=0.03)
    assert (draws[:, 1] == 1).all()


def test_a_posterior_that_lacks_rows_is_refused() -> None:
    table = pd.DataFrame({"id": ["x"], "answer": ["a"], "probability": [1.0]})
    with pytest.raises(UserError, match="lacks rows"):
        read_posterior(table, pd.Index(["x", "y"]), ["a"])
