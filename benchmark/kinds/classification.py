"""One of k classes for each row: `id, prediction`, or `id` and one probability column `p:<class>` per class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from benchmark.metrics.classification import LabelOutcome, best_macro_f1, per_class_table
from benchmark.predictions import (
    Fault,
    Unreadable,
    fault_rows,
    find,
    number_column,
    place_rows,
    require_columns,
    text_column,
)

if TYPE_CHECKING:
    from benchmark.labels import Labels
    from benchmark.posterior import Posterior
    from benchmark.task import Task

TRACK = "classification"
TOLERANCE = 1e-3


@dataclass(frozen=True)
class LabelAnswer:
    """Class codes in the order of the test table, (rows,), and probabilities where given, (rows, classes)."""

    predicted: NDArray[np.int32]
    probabilities: NDArray[np.float64] | None = None


def describe_format(task: Task) -> str:
    first, second = task.test_ids[:2]
    one, two = task.classes[0], task.classes[-1]
    return (
        f"Parquet or CSV, one row for each of the {len(task.test_ids)} test ids, in any order; either\n"
        f"  id,prediction\n  {first},{one}\n  {second},{two}\n"
        f"or one probability column per class ({len(task.classes)}), each row summing to 1:\n"
        f"  id,p:{one},...,p:{two}\n  {first},0.75,...,0.01"
    )


def check(table: pa.Table, task: Task) -> tuple[LabelAnswer | None, list[Fault]]:
    columns = [f"p:{name}" for name in task.classes]
    with_probabilities = any(name.startswith("p:") for name in table.column_names)
    require_columns(table, ["id", *columns] if with_probabilities else ["id", "prediction"])
    faults: list[Fault] = []
    size = len(task.test_ids)
    if table.num_rows > size:
        message = f"{table.num_rows} rows for {size} test rows."
        faults.append(Fault("too many rows", message, table.num_rows - size))
    place, found = place_rows(table, pa.array(task.test_ids, pa.string()))
    faults += found
    if with_probabilities:
        answer, found = _probabilities(table, columns, place, size)
    else:
        answer, found = _labels(table, task.classes, place, size)
    return answer, faults + found


def _labels(
    table: pa.Table, classes: list[str], place: NDArray[np.int32], size: int
) -> tuple[LabelAnswer, list[Fault]]:
    given = text_column(table, "prediction")
    missing = given.is_null().to_numpy()
    faults = fault_rows("NaN", "values of 'prediction' are missing.", missing)
    code = find(given, pa.array(classes))
    faults += fault_rows(
        "unknown classes", "predictions are no class of this task.", (code < 0) & ~missing, given
    )
    predicted = np.full(size, -1, np.int32)
    predicted[place[place >= 0]] = code[place >= 0]
    return LabelAnswer(predicted), faults


def _probabilities(
    table: pa.Table, columns: list[str], place: NDArray[np.int32], size: int
) -> tuple[LabelAnswer | None, list[Fault]]:
    numbers, faults, unreadable = np.empty((table.num_rows, len(columns))), [], []
    for position, name in enumerate(columns):
        try:
            numbers[:, position], found = number_column(table, name)
            faults += found
        except Unreadable as error:
            unreadable += error.faults
    if unreadable:
        return None, faults + unreadable
    with np.errstate(invalid="ignore"):
        outside = np.any((numbers < 0) | (numbers > 1), axis=1)
        total = numbers.sum(axis=1)
        off = np.isfinite(total) & (np.abs(total - 1) > TOLERANCE)
    faults += fault_rows("probabilities outside [0, 1]", "rows have a probability outside [0, 1].", outside)
    faults += fault_rows(
        "probabilities not summing to 1",
        f"rows do not sum to 1 (within {TOLERANCE}).",
        off,
        pa.chunked_array([total]),
    )
    ordered = np.full((size, len(columns)), np.nan)
    ordered[place[place >= 0]] = numbers[place >= 0]
    if faults or np.isnan(ordered).any():
        return None, faults
    ordered /= ordered.sum(axis=1, keepdims=True)
    return LabelAnswer(ordered.argmax(axis=1).astype(np.int32), ordered), faults


def constant_answer(task: Task) -> LabelAnswer:
    labels = pd.concat([task.train[task.target], task.validation[task.target]])
    counts = labels.value_counts()
    most = min(counts.index[counts == counts.max()])
    return LabelAnswer(np.full(len(task.test_ids), task.classes.index(most), np.int32))


def best_answer(posterior: Posterior, task: Task) -> LabelAnswer:
    """Macro-F1 and values have decisions of their own; for all other headlines the likeliest class is taken."""
    if task.metric.name == "macro_f1":
        return LabelAnswer(best_macro_f1(posterior.by_answer()).astype(np.int32))
    worth = posterior.mean_values() if task.metric.needs == "values" else posterior.by_answer()
    return LabelAnswer(worth.argmax(axis=1).astype(np.int32))


def outcome(answer: LabelAnswer, task: Task, labels: Labels, rows: NDArray[np.bool_]) -> LabelOutcome:
    values = labels.values(task.classes)
    return LabelOutcome(
        true=labels.codes(task.classes)[rows],
        predicted=answer.predicted[rows],
        classes=len(task.classes),
        bucket=labels.bucket[rows],
        buckets=labels.buckets,
        probabilities=None if answer.probabilities is None else answer.probabilities[rows],
        values=None if values is None else values[rows],
        class_names=tuple(task.classes),
    )


def breakdown(outcome: LabelOutcome, task: Task) -> pd.DataFrame:
    table = pd.DataFrame(per_class_table(outcome))
    table.insert(0, "class", task.classes)
    return table.sort_values(["f1", "class"], ignore_index=True)
