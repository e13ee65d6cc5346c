"""Families: records that must stay on one side of a split, because one gives the other away."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from benchmark.errors import UserError

LARGEST_SHARE = 0.05


def families(records: pd.DataFrame, keys: Sequence[str]) -> NDArray[np.int64]:
    """Connected components of the records over the values they share in any key column; shape (rows,).

    A missing or empty value joins nothing.

    >>> records = pd.DataFrame({"title": ["a", "a", "b", None], "brand": ["x", "y", "y", None]})
    >>> families(records, ["title", "brand"])
    array([0, 0, 0, 1])
    """
    rows, values, nodes = [], [], len(records)
    for key in keys:
        codes, distinct = pd.factorize(records[key].where(records[key] != ""))
        known = np.flatnonzero(codes >= 0)
        rows.append(known)
        values.append(codes[known] + nodes)
        nodes += len(distinct)
    left = np.concatenate([*rows, np.array([], int)])
    right = np.concatenate([*values, np.array([], int)])
    graph = coo_array((np.ones(len(left), np.int8), (left, right)), shape=(nodes, nodes))
    _, component = connected_components(graph, directed=False)
    labels: NDArray[np.int64] = pd.factorize(component[: len(records)])[0].astype(np.int64)
    return labels


def refuse_giant(family: NDArray[np.int64], keys: Sequence[str]) -> None:
    """Raise UserError where one family holds more than 5 % of the rows: no fair split exists then."""
    largest = np.bincount(family).max()
    if largest > LARGEST_SHARE * len(family) and largest > 1:
        raise UserError(
            f"One family holds {largest} of {len(family)} rows ({largest / len(family):.0%}).",
            allowed=f"at most {LARGEST_SHARE:.0%}",
            given=f"families = {list(keys)}",
            do="Use fewer or narrower family keys.",
        )
