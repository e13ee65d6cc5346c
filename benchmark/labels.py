"""The hidden labels of a task's test rows. Scoring alone reads them; no solution and no participant does."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
from numpy.typing import NDArray

from benchmark.columns import Column
from benchmark.errors import UserError
from benchmark.files import file_digest
from benchmark.home import hidden_folder
from benchmark.intervals import buckets
from benchmark.predictions import find
from benchmark.tables import typed_frame
from benchmark.task import Task

Part = Literal["public", "private"]


@dataclass(frozen=True)
class Labels:
    """Labels in the order of the test table.

    `frame` has one row per test row: target, family, and where the task has them part, ignore, hard_group,
    `slice:<name>` and `value:<class>`. `family` (rows,) numbers the row's family, `bucket` (rows,) its resampling
    bucket among `buckets`; the same numbers in every fold.
    """

    frame: pd.DataFrame
    family: NDArray[np.int64]
    bucket: NDArray[np.int64]
    buckets: int

    @cached_property
    def target_codes(self) -> NDArray[np.int64]:
        """A number for each row's entity or cluster; (rows,)."""
        return pd.factorize(self.frame["target"])[0].astype(np.int64)

    def codes(self, classes: list[str]) -> NDArray[np.int64]:
        """The position of each row's class; (rows,)."""
        return find(pa.chunked_array(pa.array(self.frame["target"].array)), pa.array(classes)).astype(
            np.int64
        )

    @property
    def ignore(self) -> NDArray[np.bool_] | None:
        return (self.frame["ignore"] == "yes").to_numpy(bool) if "ignore" in self.frame else None

    @property
    def hard_group(self) -> NDArray[np.int64] | None:
        return pd.factorize(self.frame["hard_group"])[0] if "hard_group" in self.frame else None

    def values(self, classes: list[str]) -> NDArray[np.float64] | None:
        """The value of putting each row into each class; (rows, classes)."""
        names = [f"value:{name}" for name in classes]
        return self.frame[names].to_numpy(float) if names and names[0] in self.frame else None

    def in_part(self, part: Part | None) -> NDArray[np.bool_]:
        """Which rows belong to the part; all of them for None."""
        if part is None:
            return np.ones(len(self.frame), bool)
        if "part" not in self.frame:
            raise UserError("This task has no public and private part.", given=part, do="Leave the part out.")
        return (self.frame["part"] == part).to_numpy(bool)

    @cached_property
    def slices(self) -> dict[str, pd.Series[Any]]:
        """The value of each slice for each row."""
        names = [name for name in self.frame if str(name).startswith("slice:")]
        return {str(name).removeprefix("slice:"): self.frame[name] for name in names}


def load_labels(task: Task) -> Labels:
    """The hidden labels of the task's test rows, or of its fold's.

    Raises UserError where this machine does not hold them, or where they belong to other data.
    """
    folder = hidden_folder(task.name, task.version)
    if not (folder / "labels.json").is_file():
        raise UserError(
            f"The labels of {task.name} {task.version} are not on this machine, so nothing can be scored here.",
            do="`classmark check` needs no labels; the organizer scores, or prepare the task yourself.",
        )
    record = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    if record["digest"] != task.digest or record["labels"] != file_digest(folder / "labels.parquet"):
        raise UserError(
            f"The hidden labels of {task.name} {task.version} do not belong to the prepared tables.",
            given=str(folder),
            do=f"Delete {folder} and {task.folder}, and prepare the task again.",
        )
    return read_labels(folder, task)


def read_labels(folder: Path, task: Task) -> Labels:
    """The labels that stand in a folder."""
    table = pyarrow.parquet.read_table(folder / "labels.parquet")
    values = [Column(name, "numeric") for name in table.column_names if name.startswith("value:")]
    frame = typed_frame(table, values)
    family = pd.factorize(frame["family"], sort=True)[0].astype(np.int64)
    bucket, count = buckets(family)
    if task.fold is not None:
        here = (frame["fold"] == str(task.fold)).to_numpy(bool)
        frame, family, bucket = frame[here], family[here], bucket[here]
    if not frame.index.equals(task.test_ids):
        raise UserError(f"The hidden labels of {task.name} do not have the rows of its test table.")
    return Labels(frame, family, bucket, count)
