"""Nearest neighbours after stripping the words that the task says to ignore.

`neighbours` on texts without the task's ignorable attributes, such as colours where clusters ignore colour. Good
where the attributes are what tells the records of one cluster apart; as blind as `neighbours` otherwise.
"""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from baselines._neighbours import Neighbours


def supports(task: Any) -> tuple[bool, str]:
    if task.kind not in ("matching", "clustering"):
        return False, "it finds records that belong together"
    if not task.columns_of("text"):
        return False, "it compares texts, and the task has no text column"
    return bool(task.ignorable), "the task has no attributes to ignore"


def build(task: Any) -> Neighbours:
    def strip(table: pd.DataFrame) -> pd.DataFrame:
        for ignorable in task.ignorable:
            table = table.assign(**{ignorable.column: _strip(table, ignorable)})
        return table

    return Neighbours(task, strip)


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
