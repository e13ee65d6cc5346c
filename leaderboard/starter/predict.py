"""Fit the solution on every task of the competition and write a predictions file for each.

python predict.py DATA OUT      DATA holds the unpacked tasks, at any depth
"""

from __future__ import annotations

import sys
from pathlib import Path
from runpy import run_path
from typing import Any

import pandas as pd

from benchmark import Task, check, load_task

SOLUTION = Path(__file__).parent / "solution" / "solution.py"


def main(data: Path, out: Path) -> None:
    build = run_path(str(SOLUTION))["build"]
    folders = [card.parent for card in sorted(data.rglob("card.json"))]
    if not folders:
        sys.exit(f"There is no task below {data}: a task is a folder with card.json.")
    out.mkdir(parents=True, exist_ok=True)
    for folder in folders:
        task = load_task(folder)
        path = out / f"{task.name}.parquet"
        predict(build(task), task).to_parquet(path, index=False)
        check(task, path).raise_if_faulty()
        print(f"{task.name}: {path}", flush=True)


def predict(model: Any, task: Task) -> pd.DataFrame:
    """The predictions table; `task.labelled` are train and validation rows together."""
    X, y = task.labelled.drop(columns=[task.target, "split", "family"]), task.labelled[task.target]
    answer = model.fit(X, y).predict(task.test)
    if task.kind == "matching":
        return pd.DataFrame(answer)
    column = "prediction" if task.kind == "classification" else "cluster"
    return pd.DataFrame({"id": task.test.index, column: answer})


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
