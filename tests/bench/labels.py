"""Checking and scoring 1M predicted class names of 1,000, beside scikit-learn's F1 of the same strings.

Both have the true labels in memory; ours reads a Parquet file and finds each row by its id. Scoring means all
metrics with their intervals, by class, and the constant answer. The last row is `score`, which reads the hidden
labels too.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import f1_score

from benchmark.checking import check
from benchmark.kinds import kind_of
from benchmark.labels import Labels, load_labels
from benchmark.scoring import score, score_answer
from benchmark.task import Task
from tests.bench.big import big_task, true_labels
from tests.bench.measure import alternately, apart
from tests.bench.rows import Row

ROWS = 1_000_000
ROUNDS = 5
LIMIT = 0.3


def rows(folder: Path) -> list[Row]:
    return apart(_compare, folder / "labels.parquet", folder / "shuffled.parquet")


def _compare(file: Path, shuffled: Path) -> list[Row]:
    task = big_task("classification", ROWS)
    true = true_labels(task)
    rng = np.random.default_rng(1)
    guess = np.array(task.classes, object)[rng.integers(0, len(task.classes), len(true))]
    predicted = np.where(rng.random(len(true)) < 0.7, true, guess)
    frame = pd.DataFrame({"id": true.index, "prediction": predicted})
    frame.to_parquet(file, index=False)
    frame.sample(frac=1, random_state=1).to_parquet(shuffled, index=False)
    expected, hidden = true.to_numpy(), load_labels(task)

    def reference() -> float:
        return float(f1_score(expected, predicted, average="macro"))

    ways = {
        "check + macro-F1, 1M labels": lambda: _headline(task, hidden, file),
        "the same, rows shuffled": lambda: _headline(task, hidden, shuffled),
        "check + score, 1M labels, 1,000 draws": lambda: score_answer(task, _checked(task, file), hidden),
        "the same, reading the truth": lambda: score(task, file),
    }
    assert abs(reference() - score(task, shuffled).headline.value) < 1e-9
    *ours, other = alternately(*ways.values(), reference, rounds=ROUNDS)
    return [
        Row.ratio_of(name, mine, "sklearn f1_score", other, LIMIT)
        for name, mine in zip(ways, ours, strict=True)
    ]


def _checked(task: Task, file: Path) -> Any:
    report = check(task, file)
    report.raise_if_faulty()
    return report.answer


def _headline(task: Task, hidden: Labels, file: Path) -> float:
    everything = np.ones(len(hidden.frame), bool)
    return task.metric.direct(kind_of(task).outcome(_checked(task, file), task, hidden, everything))
