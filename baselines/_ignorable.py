"""Tables without the words that a task says to ignore."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pandas as pd


def stripped(table: pd.DataFrame, ignorables: Iterable[Any]) -> pd.DataFrame:
    """The table without the task's ignorable attributes, in the rows where they may be ignored."""
    for ignorable in ignorables:
        table = table.assign(**{ignorable.column: _strip(table, ignorable)})
    return table


def _strip(table: pd.DataFrame, ignorable: Any) -> pd.Series[Any]:
    """The column without the attribute, in the rows where it may be ignored."""
    expression, values = _expression(ignorable), table[ignorable.column]
    here = values.notna()
    for column, allowed in ignorable.where.items():
        here &= table[column].isin(allowed)
    stripped = [expression.sub(" ", value) for value in values[here]]
    without = pd.Series(stripped, index=values.index[here], dtype="string")
    result: pd.Series[Any] = values.mask(here, without)
    return result


def _expression(ignorable: Any) -> re.Pattern[str]:
    """The patterns, then the words, as whole words with the longest first."""
    words = sorted(ignorable.words, key=lambda word: (-len(word), word))
    patterns = [f"(?:{pattern})" for pattern in ignorable.patterns]
    patterns += [rf"(?<!\w){re.escape(word)}(?!\w)" for word in words]
    return re.compile("|".join(patterns) or r"(?!)", re.IGNORECASE)
