"""Whether two predictions tables say the same: the rows on which they differ."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmark.predictions import Predictions, read_predictions
from benchmark.task import Task

TOLERANCE = 1e-6


def differing(task: Task, first: Predictions, second: Predictions) -> tuple[int, int]:
    """How many rows of the predictions differ, and how many there are; tables without faults.

    Rows of pairs are those of either table. Names of clusters mean nothing: a row differs where its cluster has other
    members. Numbers are the same within 1e-6.
    """
    one, two = (_comparable(read_predictions(given, task).to_pandas()) for given in (first, second))
    rows = one.index.union(two.index)
    left, right = one.reindex(rows), two.reindex(rows)
    differs = np.zeros(len(rows), bool)
    for name in one.columns:
        if pd.api.types.is_numeric_dtype(left[name]):
            differs |= ~np.isclose(left[name], right[name], rtol=0, atol=TOLERANCE)
        else:
            differs |= (left[name] != right[name]).to_numpy(bool)
    return int(differs.sum()), len(rows)


def _comparable(table: pd.DataFrame) -> pd.DataFrame:
    if "left_id" in table:
        ends = np.sort(table[["left_id", "right_id"]].to_numpy(str), axis=1)
        return pd.DataFrame(
            {"score": table["score"].astype(float).to_numpy()}, index=[" ".join(pair) for pair in ends]
        )
    table = table.set_index("id")
    if "cluster" in table:
        members = (
            table.index.to_series()
            .groupby(table["cluster"].astype(str))
            .transform(lambda ids: " ".join(sorted(ids)))
        )
        return members.to_frame("members")
    return table if "prediction" in table else table.astype(float)
