"""Typed columns as plain numbers."""

from __future__ import annotations

import numpy as np
from toys import toy_task

from baselines._features import codes, numbers
from tests.baselines.solver import given


def test_every_numeric_datetime_and_categorical_cell_is_kept_or_missing() -> None:
    seen = given(toy_task("classification"))
    amounts = numbers(seen.X, seen.task)
    assert amounts.shape == (len(seen.X), 2)
    assert np.array_equal(np.isnan(amounts), seen.X[["price", "seen"]].isna().to_numpy())
    categories = codes(seen.X, seen.task)
    assert np.array_equal(np.isnan(categories[:, 0]), seen.X["shop"].isna().to_numpy())
    assert np.nanmax(categories) == len(seen.X["shop"].cat.categories) - 1


def test_a_table_without_such_columns_gives_no_columns() -> None:
    title = {"name": "title", "type": "text", "description": ""}
    seen = given(toy_task("classification", columns=[title], slices=[]))
    assert numbers(seen.X, seen.task).shape == (len(seen.X), 0)
    assert codes(seen.X, seen.task).shape == (len(seen.X), 0)
