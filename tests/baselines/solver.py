"""A prepared task as a solution gets to see it, without starting a process."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import pandas as pd

from benchmark.task import Task
from benchmark.vectors import Vectors
from benchmark.worker import BudgetLeft, SolutionTask


@dataclass(frozen=True)
class Given:
    """What `build`, `fit` and `predict` are called with."""

    task: SolutionTask
    X: pd.DataFrame
    y: pd.Series[Any]
    test: pd.DataFrame


def given(task: Task, seconds: float = 60, seed: int = 0) -> Given:
    """The labelled rows, the test rows and the task object of a solution."""
    names = [column.name for column in task.columns]
    known = pd.concat([task.train, task.validation]).loc[task.rows.index]
    vectors = Vectors(None, None)
    seen = SolutionTask(
        name=task.name,
        kind=task.kind,
        metric=str(task.metric),
        target=task.target,
        columns=task.columns,
        classes=task.classes,
        ignorable=task.ignorable,
        source_column=task.card["source"],
        seed=seed,
        budget=BudgetLeft(seconds, 4 * 10**9, 1, time.time() + seconds, vectors),
        vectors=vectors,
        rows=task.rows,
    )
    return Given(seen, known[names], known[task.target], task.test[names])
