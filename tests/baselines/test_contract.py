"""What every baseline keeps, through the runner: it does what it supports, beats the constant, repeats itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from toys import KINDS, toy_card, toy_records, toy_task

from benchmark.budget import Budget
from benchmark.prepare import prepare
from benchmark.records import Record
from benchmark.run import Run
from benchmark.runner import run_all
from benchmark.solutions import baseline_names, load_solution
from benchmark.task import Task, open_task

BUDGET = Budget(seconds=120, memory=4 * 10**9, cores=2, disk=10**9)
LONG = replace(BUDGET, seconds=600)  # so long that no baseline stops early, which would depend on the machine
NETWORK = replace(BUDGET, seconds=180, memory=8 * 10**9, disk=2 * 10**9)  # of which its checkpoints take 1.07
MATCHING = {"matching", "clustering"}
DOES = {
    "autogluon": set(KINDS),
    "autogluon_embeddings": set(KINDS),
    "autogluon_multimodal": {"classification", "matching"},
    "blend": set(KINDS),
    "constant": set(KINDS),
    "embedding_linear": {"classification"},
    "embedding_neighbours": MATCHING,
    "gradient_boosting": {"classification"},
    "neighbours": MATCHING,
    "neighbours_strip": {"clustering"},
    "numbers_only": set(KINDS),
    "pictures_only": set(KINDS),
    "splink": MATCHING,
    "text_only": set(KINDS),
    "tfidf_linear": {"classification"},
}
AUTOGLUON = {"autogluon", "autogluon_embeddings", "autogluon_multimodal"}  # seconds decide what it does
SLOW = AUTOGLUON | {"blend", "embedding_linear", "embedding_neighbours", "splink"}
NO_BETTER = {"constant", "numbers_only"}  # the toys' numbers tell nothing


def each(names: set[str]) -> list[Any]:
    """The names as parameters, those that take a while marked as slow."""
    return [pytest.param(name, marks=pytest.mark.slow if name in SLOW else ()) for name in sorted(names)]


def run_one(name: str, task: Task, results: Path, budget: Budget = BUDGET) -> Record:
    if missing := load_solution(name).missing_packages():
        pytest.skip(f"needs {missing}")
    run = Run(load_solution(name), task, 0, budget)
    [record] = run_all([run], results, 1, "local", False, lambda run, record: None)
    return record


def test_every_baseline_is_tested() -> None:
    assert set(DOES) == set(baseline_names())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", each(set(DOES)))
def test_it_does_what_it_supports_and_beats_the_constant(name: str, kind: str, tmp_path: Path) -> None:
    budget = NETWORK if name == "autogluon_multimodal" else BUDGET
    record = run_one(name, toy_task(kind, rows=400), tmp_path, budget)
    if kind not in DOES[name]:
        assert record.run["status"] == "unsupported"
        assert record.run["reason"]
        return
    assert record.run["status"] == "ok", record.run["reason"]
    assert record.score is not None
    if name not in NO_BETTER:
        assert record.score["headline"]["value"] > record.score["constant"] + 0.2
    if name in ("autogluon", "autogluon_embeddings"):
        assert "score_val" in (record.folder / "log.txt").read_text(), (
            "AutoGluon's own leaderboard is in the log"
        )


@pytest.mark.parametrize("name", each(set(DOES) - AUTOGLUON))
def test_it_repeats_itself(name: str, tmp_path: Path) -> None:
    for kind in sorted(DOES[name]):
        task = toy_task(kind)
        first, second = (run_one(name, task, tmp_path / part, LONG) for part in ("a", "b"))
        assert first.score == second.score
        assert (first.folder / "predictions.parquet").read_bytes() == (
            second.folder / "predictions.parquet"
        ).read_bytes()


ODD: list[dict[str, Any]] = [
    {"columns": [{"name": "price", "type": "numeric", "description": ""}], "slices": []},
    {"columns": [{"name": "title", "type": "text", "description": ""}], "slices": []},
    {"columns": [{"name": "shop", "type": "categorical", "description": ""}], "slices": []},
]


@pytest.mark.parametrize("columns", range(len(ODD)))
@pytest.mark.parametrize("name", each(set(DOES) - AUTOGLUON - {"constant"}))
def test_tables_of_one_column_are_done_or_refused(name: str, columns: int, tmp_path: Path) -> None:
    for kind in sorted(DOES[name]):
        odd = ODD[columns] | ({"ignorable": []} if kind == "clustering" else {})
        record = run_one(name, toy_task(kind, **odd), tmp_path)
        assert record.run["status"] in ("ok", "unsupported"), record.run["reason"]


@pytest.mark.parametrize("name", each(set(DOES) - AUTOGLUON))
def test_a_tiny_test_with_unseen_categories_and_missing_cells(name: str, tmp_path: Path) -> None:
    """One test row, of a shop never seen, without picture, title or price."""
    for kind in sorted(DOES[name]):
        records = toy_records(kind, 120)
        split = np.where(np.arange(120) % 5 == 0, "validation", "train").astype(object)
        if kind != "classification":
            split = np.where(pd.Series(records["label"]).astype(int) % 5 == 0, "validation", "train").astype(
                object
            )
        split[-1] = "test"
        records["split"] = split
        records.loc[119, ["title", "price", "picture", "seen", "shop"]] = [None, np.nan, None, pd.NaT, "moon"]
        card = toy_card(kind, split={"column": "split"}, slices=[])
        record = run_one(name, open_task(prepare(card, lambda raw, records=records: records)), tmp_path)
        assert record.run["status"] == "ok", record.run["reason"]
