"""A prepared task, as a participant holds it: typed frames, pictures, and what predictions must look like."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from benchmark.columns import Column, Ignorable
from benchmark.errors import UserError
from benchmark.files import file_digest
from benchmark.metrics import Metric
from benchmark.tables import Format, read_typed

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True)
class Task:
    """A prepared task, or one fold of it.

    `train`, `validation` and `test` are frames with the record's opaque id as index; the first two carry the
    target, `test` the features only. In a task with folds, fold k is the test and fold k+1 the validation.
    """

    folder: Path
    card: dict[str, Any]
    fold: int | None = None
    format: Format = "parquet"

    @property
    def name(self) -> str:
        return str(self.card["name"])

    @property
    def version(self) -> str:
        return str(self.card["version"])

    @property
    def spelled(self) -> str:
        """The name by which `load_task` finds this edition, such as product_type or product_type+full."""
        _, plus, edition = self.version.partition("+")
        return self.name + plus + edition

    @property
    def digest(self) -> str:
        return str(self.card["digest"])

    @property
    def kind(self) -> str:
        return str(self.card["kind"])

    @property
    def target(self) -> str:
        return str(self.card["target"])

    @property
    def folds(self) -> int | None:
        return None if self.card["folds"] is None else int(self.card["folds"])

    @property
    def metric(self) -> Metric:
        """The headline metric."""
        return Metric.parse(self.card["metric"])

    @property
    def classes(self) -> list[str]:
        """All class names, sorted; empty for record matching."""
        return list(self.card["classes"])

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The feature columns."""
        return tuple(
            Column(**column | {"values": tuple(column["values"])}) for column in self.card["columns"]
        )

    @cached_property
    def ignorable(self) -> tuple[Ignorable, ...]:
        """Attributes that records of one cluster may differ in."""
        return tuple(
            Ignorable(**given | {"words": tuple(given["words"]), "patterns": tuple(given["patterns"])})
            for given in self.card["ignorable"]
        )

    def columns_of(self, *types: str) -> list[str]:
        """The names of the feature columns of the given types, in the table's order."""
        return [column.name for column in self.columns if column.type in types]

    @property
    def train(self) -> pd.DataFrame:
        """Features and target of the rows to learn from."""
        return self._of_split("train")

    @property
    def validation(self) -> pd.DataFrame:
        """Features and target of the rows to choose with."""
        return self._of_split("validation")

    @property
    def test(self) -> pd.DataFrame:
        """Features of the rows to predict."""
        if self.fold is None:
            return self._read("test")
        return self._table.loc[self._split == "test", [column.name for column in self.columns]]

    @cached_property
    def labelled(self) -> pd.DataFrame:
        """Features, target, split ("train" | "validation") and family of all rows that are no test rows."""
        table = self._table.assign(split=self._split.astype("string"))
        wanted = [*(column.name for column in self.columns), self.target, "split", "family"]
        return table.loc[self._split != "test", wanted]

    @property
    def values(self) -> pd.DataFrame | None:
        """What each class is worth for each labelled row, (rows, classes); None where the task has no values."""
        if not self.card["values"]:
            return None
        table = self._table.loc[self.labelled.index, [f"value:{name}" for name in self.classes]]
        return table.set_axis(self.classes, axis=1)

    @property
    def rows(self) -> pd.DataFrame:
        """Split and family of the labelled rows."""
        return self.labelled[["split", "family"]]

    def image(self, value: object) -> Image | None:
        """Open the picture of an image cell; None for a missing or broken picture."""
        from PIL import Image, UnidentifiedImageError

        if not isinstance(value, str) or not value:
            return None
        try:
            with Image.open(self.folder / value) as picture:
                picture.load()
                return picture
        except (OSError, UnidentifiedImageError, SyntaxError, ValueError):
            return None

    def predictions_format(self) -> str:
        """What a predictions table for this task must look like, with an example."""
        from benchmark.kinds import kind_of

        return kind_of(self).describe_format(self)

    def with_fold(self, fold: int) -> Task:
        """The same task with another fold as its test. UserError where there is no such fold."""
        if self.folds is None:
            raise UserError(f"Task {self.name} has a fixed test and no folds.", given=f"fold {fold}")
        if not 0 <= fold < self.folds:
            raise UserError(
                f"Task {self.name} has no fold {fold}.", allowed=f"0 to {self.folds - 1}", given=str(fold)
            )
        return replace(self, fold=fold)

    @cached_property
    def test_ids(self) -> pd.Index[str]:
        """The ids of the rows to predict."""
        return self.test.index

    @cached_property
    def _table(self) -> pd.DataFrame:
        return self._read("train")

    @cached_property
    def _split(self) -> pd.Series[Any]:
        if self.fold is None:
            return self._table["split"]
        assert self.folds is not None
        names = {str(self.fold): "test", str((self.fold + 1) % self.folds): "validation"}
        return self._table["fold"].map(names).fillna("train")

    def _of_split(self, split: str) -> pd.DataFrame:
        table = self.labelled
        return table[table["split"] == split].drop(columns=["split", "family"])

    def _read(self, table: str) -> pd.DataFrame:
        name = f"{table}.{self.format}"
        verify(self.folder, self.card["files"], [name])
        worth = [Column(f"value:{name}", "numeric") for name in self.classes if self.card["values"]]
        return read_typed(self.folder / name, [*self.columns, *worth], self.format)


def verify(folder: Path, files: dict[str, str], names: Sequence[str]) -> None:
    """Refuse, by name, files that are missing or differ from the digests on the card."""
    for name in names:
        path = folder / name
        given = file_digest(path) if path.is_file() else "(missing)"
        if given != files[name]:
            raise UserError(
                f"The file {name} is not the one that was published.",
                allowed=f"SHA-256 {files[name]}",
                given=f"{given} ({path})",
                do="Delete the folder and prepare the task again; changed data would be a new version.",
            )


def verify_pictures(task: Task) -> None:
    """Refuse, by name, pictures that are missing or changed."""
    listing = "images.sha256"
    if listing not in task.card["files"]:
        return
    verify(task.folder, task.card["files"], [listing])
    lines = (task.folder / listing).read_text(encoding="utf-8").splitlines()
    digests = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    verify(task.folder, digests, list(digests))


def open_task(folder: Path, fold: int | None = None, format: Format = "parquet") -> Task:
    """Open a prepared task folder. A task with folds opens on fold 0 unless another is given."""
    try:
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        task = Task(folder, card, None, format)
        first = fold if fold is not None else (0 if task.folds else None)
    except (OSError, ValueError, KeyError) as error:
        raise UserError(f"{folder} is not a prepared task.", given=f"card.json: {error}") from None
    return task if first is None else task.with_fold(first)
