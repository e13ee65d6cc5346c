"""A partition of the test records: `id, cluster`; records with the same cluster belong together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from benchmark.metrics.clustering import ClusterOutcome, per_cluster_table
from benchmark.predictions import Fault, fault_rows, place_rows, require_columns

if TYPE_CHECKING:
    from benchmark.labels import Labels
    from benchmark.posterior import Posterior
    from benchmark.task import Task

TRACK = "matching"


@dataclass(frozen=True)
class ClusterAnswer:
    """A cluster code for each row of the test table; shape (rows,)."""

    cluster: NDArray[np.int64]


def describe_format(task: Task) -> str:
    first, second, third = task.test_ids[:3]
    return (
        f"Parquet or CSV, one row for each of the {len(task.test_ids)} test ids, in any order; the name of a cluster\n"
        f"is a string or an integer and means nothing but itself:\n"
        f"  id,cluster\n  {first},a\n  {second},a\n  {third},b"
    )


def check(table: pa.Table, task: Task) -> tuple[ClusterAnswer | None, list[Fault]]:
    require_columns(table, ["id", "cluster"])
    size = len(task.test_ids)
    faults: list[Fault] = []
    if table.num_rows > size:
        faults.append(
            Fault("too many rows", f"{table.num_rows} rows for {size} test rows.", table.num_rows - size)
        )
    place, found = place_rows(table, pa.array(task.test_ids, pa.string()))
    faults += found
    given = table.column("cluster")
    plain = given.type.value_type if pa.types.is_dictionary(given.type) else given.type
    if pa.types.is_floating(plain):
        plain = pa.float64()
        given = given.cast(plain)
        numbers = given.to_numpy()
        faults += fault_rows("NaN", "values of 'cluster' are NaN or missing.", np.isnan(numbers))
        faults += fault_rows("infinite", "values of 'cluster' are infinite.", np.isinf(numbers))
        whole = np.isfinite(numbers) & (numbers != np.floor(numbers))
        faults += fault_rows("wrong types", "values of 'cluster' are no whole numbers.", whole, given)
    elif not (
        pa.types.is_integer(plain)
        or pa.types.is_string(plain)
        or pa.types.is_large_string(plain)
        or pa.types.is_null(plain)
    ):
        return None, [
            *faults,
            Fault("wrong types", f"Column 'cluster' must hold strings or integers and holds {plain}."),
        ]
    else:
        faults += fault_rows("NaN", "values of 'cluster' are missing.", given.is_null().to_numpy())
    codes = pc.fill_null(given.cast(plain).combine_chunks().dictionary_encode().indices, -1).to_numpy()
    cluster = np.full(size, -1, np.int64)
    cluster[place[place >= 0]] = codes[place >= 0]
    return ClusterAnswer(cluster), faults


def constant_answer(task: Task) -> ClusterAnswer:
    return ClusterAnswer(np.arange(len(task.test_ids)))


def best_answer(posterior: Posterior, task: Task) -> ClusterAnswer:
    return ClusterAnswer(posterior.likeliest())


def outcome(answer: ClusterAnswer, task: Task, labels: Labels, rows: NDArray[np.bool_]) -> ClusterOutcome:
    return ClusterOutcome(
        true=labels.target_codes[rows],
        predicted=answer.cluster[rows],
        bucket=labels.bucket[rows],
        buckets=labels.buckets,
        ignore=None if labels.ignore is None else labels.ignore[rows],
        hard_group=None if labels.hard_group is None else labels.hard_group[rows],
    )


def breakdown(outcome: ClusterOutcome, task: Task) -> pd.DataFrame:
    table = pd.DataFrame(per_cluster_table(outcome))
    return table.sort_values(["pieces", "size"], ascending=False, ignore_index=True)
