"""What real test rows bring that training rows did not: made on purpose, in the test rows of a slice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from benchmark.columns import Column
from benchmark.slices import Change

EMPTY_ROWS = "empty rows"
HARDSHIPS: dict[str, tuple[str, ...]] = {
    "unseen categories": ("categorical",),
    "missing categories": ("categorical",),
    "missing pictures": ("image",),
    "missing texts": ("text",),
    "missing numbers": ("numeric", "datetime"),
    EMPTY_ROWS: ("categorical", "image", "text", "numeric", "datetime"),
}
NEVER_SEEN = "never seen before"


def suffering(names: Sequence[str]) -> Change:
    """A change that gives the rows the hardships in turn; every last row in the turn stays as it is."""

    def change(test: pd.DataFrame, columns: Sequence[Column]) -> pd.DataFrame:
        for place, name in enumerate(names):
            rows = test.index[place :: len(names) + 1]
            for column in columns:
                if column.type in HARDSHIPS[name]:
                    test[column.name] = _hurt(test[column.name], rows, unseen=name == "unseen categories")
        return test

    return change


def possible(columns: Iterable[Column]) -> list[str]:
    """The hardships that a table with these columns can meet."""
    types = {column.type for column in columns}
    return [name for name, meant in HARDSHIPS.items() if types & set(meant)]


def one_row(test: pd.DataFrame, columns: Sequence[Column]) -> pd.DataFrame:
    """A change that leaves a single row."""
    return test.head(1)


def _hurt(values: pd.Series[Any], rows: pd.Index[str], unseen: bool) -> pd.Series[Any]:
    if unseen:
        values = values.cat.add_categories(NEVER_SEEN)
    return values.mask(values.index.isin(rows), NEVER_SEEN if unseen else None)
