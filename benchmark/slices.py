"""Tiny tasks cut out of a prepared one's labelled rows, on which a solution can be tried in seconds.

Test rows of a slice are labelled rows of the task, so nothing that is hidden is touched. Whole families go to one
side, and few classes keep most of their rows, so that a slice asks what the task asks.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import numpy as np
import pandas as pd

from benchmark.columns import Column
from benchmark.errors import UserError
from benchmark.files import copy_file, file_digest, temporary_folder
from benchmark.hiding import hide
from benchmark.home import hidden_folder
from benchmark.split import assign_parts
from benchmark.streams import Streams
from benchmark.tables import write_parquet
from benchmark.task import Task

ROWS = 190
CLASSES = 6
SHARES = {"train": 0.63, "validation": 0.15, "test": 0.22}

Change = Callable[[pd.DataFrame, Sequence[Column]], pd.DataFrame]


@dataclass(frozen=True)
class Slice:
    """About 190 labelled rows of a task in a folder of their own; `rows` holds features, target, split and family."""

    task: Task
    rows: pd.DataFrame
    folder: Path
    mark: str

    def variant(self, name: str, change: Change = lambda test, columns: test) -> Task:
        """The tiny task, its test rows changed; new categories there become categories of the column."""
        task, folder = self.task, self.folder / name
        version = f"{task.version}.{self.mark}-{name.replace(' ', '-')}"
        features = [column.name for column in task.columns]
        known, test = self.rows[self.rows["split"] != "test"], self.rows[self.rows["split"] == "test"]
        asked = change(test[features].copy(), task.columns)
        columns = [_with_values(column, asked) for column in task.columns]
        classes = sorted(known[task.target].unique()) if task.classes else []
        worth = _values(task, self.rows.index, classes)
        stored = [*columns, *(Column(str(value), "numeric") for value in worth)]
        folder.mkdir(parents=True)
        write_parquet(known.join(worth), folder / "train.parquet", stored)
        write_parquet(asked, folder / "test.parquet", columns)
        (folder / "images").symlink_to("../images")
        files = {path.name: file_digest(path) for path in folder.glob("*.parquet")}
        card = task.card | {
            "version": version,
            "columns": [vars(column) | {"values": list(column.values)} for column in columns],
            "classes": classes,
            "folds": None,
            "oracle": None,
            "sizes": {"rows": len(known) + len(asked)},
            "files": files,
            "digest": hashlib.sha256(repr([version, sorted(files.items())]).encode()).hexdigest(),
        }
        labels = test[[task.target, "family"]].join(worth).loc[asked.index]
        hidden = hidden_folder(task.name, version)
        hidden.mkdir(parents=True)
        hide(labels, None, card, Streams(self.mark.encode(), task.name, version), hidden)
        return Task(folder, card)


@contextmanager
def cut(task: Task) -> Iterator[Slice]:
    """A slice of a task. All that belongs to it is gone when the block ends.

    Raises UserError for a task with too few labelled rows to cut one out.
    """
    mark = f"slice-{uuid4().hex[:8]}"
    rows = _sample(task)
    with temporary_folder() as folder:
        for column in task.columns_of("image"):
            for picture in rows[column].dropna():
                copy_file(task.folder / picture, folder / picture)
        (folder / "images").mkdir(exist_ok=True)
        try:
            yield Slice(task, rows, folder, mark)
        finally:
            for hidden in hidden_folder(task.name, task.version).parent.glob(f"*.{mark}-*"):
                shutil.rmtree(hidden)


def _sample(task: Task) -> pd.DataFrame:
    """The rows of the slice with their split, in the task's order, which is random; the same at every call."""
    rng = Streams(b"slice", task.name, task.version).rng("rows")
    table = task.labelled
    rank = table["family"].map(
        {name: place for place, name in enumerate(rng.permutation(table["family"].unique()))}
    )
    order = table.iloc[np.argsort(rank.to_numpy(), kind="stable")]
    if task.kind == "classification":
        counts = table[task.target].value_counts()
        places = np.linspace(0, len(counts) - 1, min(CLASSES, len(counts))).astype(int)
        few = order[order[task.target].isin(counts.index[places])]
        chosen = few[few.groupby(task.target).cumcount() < ROWS // len(places)]
        stratum = chosen[task.target].to_numpy(str)
    else:
        size = order.groupby("family")["family"].transform("size")
        small = order[size <= ROWS // 4]
        until = small.groupby("family", sort=False).size().cumsum() <= ROWS
        chosen = small[small["family"].map(until).astype(bool)]
        stratum = np.full(len(chosen), "")
    if chosen["family"].nunique() < len(SHARES):
        raise UserError(f"Task {task.name} has too few families to cut a slice out of it.")
    family = pd.factorize(chosen["family"])[0].astype(np.int64)
    chosen = chosen.assign(split=assign_parts(family, stratum, SHARES, rng)).sort_index()
    if task.kind == "classification":
        known = set(chosen.loc[chosen["split"] == "train", task.target])
        chosen = chosen[chosen[task.target].isin(known)]
    return chosen


def _with_values(column: Column, asked: pd.DataFrame) -> Column:
    if column.type != "categorical":
        return column
    return replace(column, values=tuple(asked[column.name].cat.categories))


def _values(task: Task, rows: pd.Index[str], classes: list[str]) -> pd.DataFrame:
    """What each class is worth for each row; no columns where the task has no values."""
    known = task.values
    return pd.DataFrame(index=rows) if known is None else known.loc[rows, classes].add_prefix("value:")
