"""Typed columns as plain numbers, for models that know nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def numbers(table: pd.DataFrame, task: Any) -> NDArray[np.float64]:
    """The numeric columns, and the datetime columns as days since 1970; NaN where missing; shape (rows, columns)."""
    columns = [
        table[column.name].to_numpy(np.float64) if column.type == "numeric" else days(table[column.name])
        for column in task.columns
        if column.type in ("numeric", "datetime")
    ]
    return np.column_stack(columns) if columns else np.empty((len(table), 0))


def days(times: pd.Series[Any]) -> NDArray[np.float64]:
    """Days since 1970 as float, NaN where missing.

    >>> days(pd.Series(pd.to_datetime(["1970-01-02T12:00Z", None], utc=True))).tolist()
    [1.5, nan]
    """
    return np.asarray((times - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(days=1), np.float64)


def codes(table: pd.DataFrame, task: Any) -> NDArray[np.float64]:
    """The position of each category in the card's list, NaN where missing; shape (rows, columns)."""
    columns = [table[name].cat.codes.to_numpy(np.float64) for name in task.columns_of("categorical")]
    stacked = np.column_stack(columns) if columns else np.empty((len(table), 0))
    return np.where(stacked < 0, np.nan, stacked)
