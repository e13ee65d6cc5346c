"""Fit the solution on every task of the competition and write a predictions file for each into `predictions/`.

python predict.py                 the tasks of the competition that was joined last
python predict.py FOLDER ...      prepared tasks, by their folders
"""

from __future__ import annotations

import sys
from pathlib import Path
from runpy import run_path
from typing import Any

import pandas as pd

from benchmark import Task, check, load_task
from leaderboard import open_competition

SOLUTION = Path(__file__).parent / "solution" / "solution.py"
OUT = Path("predictions")


def main(folders: list[str]) -> None:
    build = run_path(str(SOLUTION))["build"]
    OUT.mkdir(exist_ok=True)
    for task in map(load_task, map(Path, folders)) if folders else joined_tasks():
        path = OUT / f"{task.name}.parquet"
        predict(build(task), task).to_parquet(path, index=False)
        check(task, path).raise_if_faulty()
        print(path, flush=True)


def joined_tasks() -> list[Task]:
    contest = open_competition()
    return [contest.task(name) for name in contest.joined.tasks]


def predict(model: Any, task: Task) -> pd.DataFrame:
    """The predictions table; `task.labelled` are train and validation rows together."""
    X, y = task.labelled.drop(columns=[task.target, "split", "family"]), task.labelled[task.target]
    answer = model.fit(X, y).predict(task.test)
    if task.kind == "matching":
        return pd.DataFrame(answer)
    column = "prediction" if task.kind == "classification" else "cluster"
    return pd.DataFrame({"id": task.test.index, column: answer})


if __name__ == "__main__":
    main(sys.argv[1:])
