"""The work folder of a run: what a participant may see, and nothing else.

    work/  task.json  train.parquet  test.parquet  images/  solution/

Everything is a copy: a link would show where the rest of the task lies. In a sandbox the pictures are mounted.
"""

from __future__ import annotations

import json
import re
import time
from contextlib import suppress
from pathlib import Path

import pandas as pd

from benchmark.budget import Budget
from benchmark.columns import Column
from benchmark.files import copy_file
from benchmark.predictions import Unreadable, read_predictions
from benchmark.scene import Scene
from benchmark.solution_files import solution_files
from benchmark.solutions import Solution
from benchmark.tables import write_csv, write_parquet
from benchmark.task import Task


def fill_work(
    task: Task, solution: Solution, seed: int, budget: Budget, work: Path, scene: Scene
) -> list[str]:
    """Fill the new work folder and return the worker's command, in the paths of the scene."""
    work.mkdir()
    _write_task(task, seed, budget, work, scene)
    form = solution.command.format if solution.command else "parquet"
    known = task.values
    values = pd.DataFrame() if known is None else known.add_prefix("value:")
    columns = [*task.columns, *(Column(str(name), "numeric") for name in values)]
    for name, table in (("train", task.labelled.join(values)), ("test", task.test)):
        if form == "csv":
            write_csv(table, work / f"{name}.csv")
        else:
            write_parquet(table, work / f"{name}.parquet", columns)
    if scene.room is None:
        for column in task.columns_of("image"):
            for picture in sorted({*task.labelled[column].dropna(), *task.test[column].dropna()}):
                copy_file(task.folder / picture, work / picture)
    copied = copy_solution(solution, work / "solution").relative_to(work)
    if solution.command is None:
        return [
            scene.python,
            "-P",
            "-s",
            f"{scene.code}/benchmark/worker.py",
            scene.work,
            f"{scene.work}/{copied}",
        ]
    places = {
        "train": f"{scene.work}/train.{form}",
        "test": f"{scene.work}/test.{form}",
        "task": f"{scene.work}/task.json",
        "out": f"{scene.work}/predictions.{form}",
        "solution": f"{scene.work}/solution",
        "seed": str(seed),
        "seconds": f"{budget.seconds:g}",
    }
    command = [
        re.sub(r"\{(\w+)\}", lambda m: places.get(m[1], m[0]), part) for part in solution.command.command
    ]
    if command[0].startswith("./"):
        command[0] = f"{scene.work}/solution/{command[0][2:]}"
    return command


def _write_task(task: Task, seed: int, budget: Budget, work: Path, scene: Scene) -> None:
    card = task.card
    content = {
        "name": card["name"],
        "kind": card["kind"],
        "metric": card["metric"],
        "target": card["target"],
        "columns": card["columns"],
        "classes": card["classes"],
        "values": card["values"],
        "ignorable": card["ignorable"],
        "source_column": card["source"],
        "seed": seed,
        "vectors": scene.vectors,
        "budget": {
            "seconds": budget.seconds,
            "memory": budget.memory,
            "cores": budget.cores,
            "deadline": time.time() + budget.seconds,
        },
    }
    (work / "task.json").write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def copy_solution(solution: Solution, target: Path) -> Path:
    """Copy what a solution consists of into a new folder and return its path there. UserError where it has changed."""
    whole = solution.form != "predictions" and solution.path.stem == "solution"
    for path in solution_files(solution.path.parent) if whole else [solution.path]:
        copied = target / path.relative_to(solution.path.parent)
        with suppress(FileNotFoundError):  # what is gone has changed
            copy_file(path, copied)
            copied.chmod(path.stat().st_mode & 0o777)
    solution.require_unchanged()
    return target / solution.path.name


def rows_of_fold(task: Task, path: Path, temporary: Path) -> Path:
    """Ready predictions; of a table for all folds, the rows of this fold."""
    if task.folds is None:
        return path
    try:
        table = read_predictions(path, task).to_pandas()
    except Unreadable:
        return path
    elsewhere = task.rows.index
    if "id" not in table or not table["id"].isin(elsewhere).any():
        return path
    selected = temporary / "predictions.parquet"
    table[~table["id"].isin(elsewhere)].to_parquet(selected, index=False)
    return selected
