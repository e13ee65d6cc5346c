"""All rows of a prepared task with their labels: training, validation and test are taken together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from baselines._pairs import sample_families
from benchmark.intervals import buckets
from benchmark.labels import Labels, load_labels
from benchmark.task import Task


@dataclass(frozen=True)
class WholeTask(Task):
    """A prepared task whose test is all of its rows, so that the suite's own scoring counts over all of them."""

    everything: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False, compare=False)

    @property
    def test(self) -> pd.DataFrame:
        """Features of all rows."""
        return self.everything


@dataclass(frozen=True)
class Rows:
    """All rows of a task, or of a sample of its families, in the order of `task.test`."""

    task: WholeTask
    labels: Labels

    def __len__(self) -> int:
        return len(self.labels.frame)

    @property
    def table(self) -> pd.DataFrame:
        return self.task.everything

    @property
    def family(self) -> NDArray[np.int64]:
        return self.labels.family

    @cached_property
    def label(self) -> NDArray[np.int64]:
        """The number of each row's class, entity or cluster; (rows,)."""
        return self.labels.codes(self.task.classes) if self.task.classes else self.labels.target_codes

    @cached_property
    def values(self) -> NDArray[np.float64] | None:
        """The value of putting each row into each class, NaN where it is not known; (rows, classes)."""
        return self.labels.values(self.task.classes)

    @cached_property
    def scored(self) -> NDArray[np.bool_]:
        """The rows that the headline counts: all, or where it counts values those whose values are known."""
        if self.task.metric.needs != "values" or self.values is None:
            return np.ones(len(self), bool)
        return np.asarray(np.isfinite(self.values).all(axis=1))


def load_rows(task: Task, most: int | None = None) -> Rows:
    """All rows of a task, or whole families of at most about `most` rows.

    Raises UserError where this machine does not hold the hidden labels.
    """
    parts = [task.with_fold(fold) for fold in range(task.folds)] if task.folds else [task]
    names = [column.name for column in task.columns]
    tables = [part.test[names] for part in parts]
    hidden = [load_labels(part).frame for part in parts]
    if not task.folds:
        known = task.labelled
        tables.append(known[names])
        shown = known[[task.target, "family"]].rename(columns={task.target: "target"})
        hidden.append(shown if task.values is None else shown.join(task.values.add_prefix("value:")))
    table, frame = pd.concat(tables), pd.concat(hidden)
    if "ignore" in frame:
        frame["ignore"] = frame["ignore"].fillna("no")
    if most is not None and most < len(frame):
        chosen = sample_families(frame["family"], most, seed=0)
        table, frame = table.iloc[chosen], frame.iloc[chosen]
    family = pd.factorize(frame["family"], sort=True)[0].astype(np.int64)
    bucket, count = buckets(family)
    fields = vars(replace(task, fold=None))
    whole = WholeTask(folder=fields["folder"], card=fields["card"], format=fields["format"], everything=table)
    return Rows(whole, Labels(frame, family, bucket, count))
