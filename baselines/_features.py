"""Typed columns as plain numbers, for models that know nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack


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


def binned(values: NDArray[np.float64], bins: int) -> csr_matrix:
    """Each number's quantile as one of `bins` columns, none where it is missing; (rows, at most columns x bins)."""
    blocks = []
    for column in values.T:
        known = ~np.isnan(column)
        if not known.any():
            continue
        edges = np.unique(np.quantile(column[known], np.linspace(0, 1, bins + 1)[1:-1]))
        bin = np.searchsorted(edges, column[known], side="right")
        cells = (np.ones(len(bin)), (np.flatnonzero(known), bin))
        blocks.append(csr_matrix(cells, shape=(len(column), len(edges) + 1)))
    return csr_matrix(hstack(blocks)) if blocks else csr_matrix((len(values), 0))


def standard(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Columns of mean 0 and spread 1, at most 4 off; NaN stays, also a whole column of it."""
    known = ~np.isnan(values)
    count = np.maximum(known.sum(axis=0), 1)
    apart = values - np.where(known, values, 0).sum(axis=0) / count
    spread = np.sqrt(np.square(np.where(known, apart, 0)).sum(axis=0) / count)
    return np.asarray((apart / np.where(spread > 1e-9, spread, 1)).clip(-4, 4))


def one_hot(table: pd.DataFrame, task: Any) -> csr_matrix:
    """The categories of each record, 0 or 1; shape (records, categories of all columns)."""
    blocks = [csr_matrix((len(table), 0))]
    for name in task.columns_of("categorical"):
        code = table[name].cat.codes.to_numpy(np.int64)
        known = np.flatnonzero(code >= 0)
        cells = (np.ones(len(known)), (known, code[known]))
        blocks.append(csr_matrix(cells, shape=(len(table), len(table[name].cat.categories))))
    return csr_matrix(hstack(blocks))
