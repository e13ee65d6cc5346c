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
    ignored = {
        name: _expression([one for one in task.ignorable if one.column == name])
        for name in task.columns_of("text")
    }

    def strip(table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(**{name: _strip(table[name], ignored[name]) for name in ignored})

    return Neighbours(task, strip)


def _expression(ignorable: list[Any]) -> re.Pattern[str]:
    """All words, as whole words with the longest first, and all patterns of one column."""
    words = sorted({word for one in ignorable for word in one.words}, key=lambda word: (-len(word), word))
    patterns = [rf"(?<!\w){re.escape(word)}(?!\w)" for word in words]
    patterns += [f"(?:{pattern})" for one in ignorable for pattern in one.patterns]
    return re.compile("|".join(patterns) or r"(?!)", re.IGNORECASE)


def _strip(values: pd.Series[Any], expression: re.Pattern[str]) -> pd.Series[Any]:
    stripped = [None if pd.isna(value) else expression.sub(" ", value) for value in values]
    return pd.Series(stripped, index=values.index, dtype="string")
