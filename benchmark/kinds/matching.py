"""Scored pairs of records: `left_id, right_id, score`; a score of at least 0.5 says that they match."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from benchmark.metrics.matching import PairOutcome, per_entity_table
from benchmark.predictions import Fault, fault_rows, find, number_column, require_columns, text_column

if TYPE_CHECKING:
    from benchmark.labels import Labels
    from benchmark.posterior import Posterior
    from benchmark.task import Task

TRACK = "matching"
PAIRS_PER_RECORD = 20


@dataclass(frozen=True)
class PairAnswer:
    """Distinct unordered pairs of positions in the test table, and their scores; each of shape (pairs,)."""

    left: NDArray[np.int32]
    right: NDArray[np.int32]
    score: NDArray[np.float64]


def describe_format(task: Task) -> str:
    first, second, third = task.test_ids[:3]
    size = len(task.test_ids)
    across = f", across different values of {task.card['source']!r}" if task.card["source"] else ""
    return (
        f"Parquet or CSV, one row for each proposed pair of the {size} test records{across}; pairs are unordered,\n"
        f"stand once, and are at most {PAIRS_PER_RECORD * size} ({PAIRS_PER_RECORD} per record). A score of at least\n"
        f"0.5 says that the two match; higher is surer. A pair left out is a pair said not to match.\n"
        f"  left_id,right_id,score\n  {first},{second},0.93\n  {first},{third},0.12"
    )


def check(table: pa.Table, task: Task) -> tuple[PairAnswer | None, list[Fault]]:
    require_columns(table, ["left_id", "right_id", "score"])
    ids = pa.array(task.test_ids, pa.string())
    size, limit = len(ids), PAIRS_PER_RECORD * len(ids)
    if table.num_rows > limit:
        message = f"{table.num_rows} pairs; at most {limit} ({PAIRS_PER_RECORD} for each of {size} records)."
        return None, [Fault("too many rows", message, table.num_rows - limit)]
    faults: list[Fault] = []
    sides = []
    for name in ("left_id", "right_id"):
        given = text_column(table, name)
        place = find(given, ids)
        faults += fault_rows(
            "unknown ids", f"values of {name!r} are not in the test table.", place < 0, given
        )
        sides.append(place)
    left, right = sides
    known = (left >= 0) & (right >= 0)
    faults += fault_rows("self pairs", "rows pair a record with itself.", known & (left == right))
    faults += fault_rows(
        "repeated pairs",
        "rows repeat a pair that stands above, in either order.",
        _repeated(left, right, known, size),
    )
    score, found = number_column(table, "score")
    return PairAnswer(left, right, score), faults + found


def _repeated(
    left: NDArray[np.int32], right: NDArray[np.int32], known: NDArray[np.bool_], size: int
) -> NDArray[np.bool_]:
    key = np.minimum(left, right).astype(np.int64) * size + np.maximum(left, right)
    key[~known] = -1 - np.flatnonzero(~known)
    repeated = np.zeros(len(key), bool)
    ordered = np.sort(key)
    if (ordered[1:] == ordered[:-1]).any():
        order = np.argsort(key, kind="stable")
        repeated[order[1:]] = key[order[1:]] == key[order[:-1]]
    return repeated


def constant_answer(task: Task) -> PairAnswer:
    none = np.empty(0, np.int32)
    return PairAnswer(none, none, np.empty(0))


def best_answer(posterior: Posterior, task: Task) -> PairAnswer:
    """All pairs of records whose likeliest entity is the same."""
    entity = posterior.likeliest()
    order = np.argsort(entity, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(entity[order])) + 1)
    pairs = [group[np.column_stack(np.triu_indices(len(group), 1))] for group in groups]
    left, right = np.concatenate(pairs).astype(np.int32).T
    return PairAnswer(left, right, np.ones(len(left)))


def outcome(answer: PairAnswer, task: Task, labels: Labels, rows: NDArray[np.bool_]) -> PairOutcome:
    place = np.where(rows, np.cumsum(rows) - 1, -1).astype(np.int32)
    left, right = place[answer.left], place[answer.right]
    inside = (left >= 0) & (right >= 0)
    everything = bool(inside.all())
    return PairOutcome(
        entity=labels.target_codes[rows],
        left=left if everything else left[inside],
        right=right if everything else right[inside],
        score=answer.score if everything else answer.score[inside],
        bucket=labels.bucket[rows],
        buckets=labels.buckets,
        ignore=None if labels.ignore is None else labels.ignore[rows],
        source=_source(task, rows),
    )


def _source(task: Task, rows: NDArray[np.bool_]) -> NDArray[np.int64] | None:
    column = task.card["source"]
    return None if column is None else pd.factorize(task.test[column])[0][rows]


def breakdown(outcome: PairOutcome, task: Task) -> pd.DataFrame:
    table = pd.DataFrame(per_entity_table(outcome))
    return table.sort_values(["missed", "size"], ascending=False, ignore_index=True)
