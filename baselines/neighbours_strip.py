"""Nearest neighbours after stripping the words that the task says to ignore.

`neighbours` on texts without the task's ignorable attributes, such as colours where clusters ignore colour. Good
where the attributes are what tells the records of one cluster apart; as blind as `neighbours` otherwise.
"""

from __future__ import annotations

from typing import Any

from baselines._ignorable import stripped
from baselines._neighbours import Neighbours


def supports(task: Any) -> tuple[bool, str]:
    if task.kind not in ("matching", "clustering"):
        return False, "it finds records that belong together"
    if not task.columns_of("text"):
        return False, "it compares texts, and the task has no text column"
    return bool(task.ignorable), "the task has no attributes to ignore"


def build(task: Any) -> Neighbours:
    return Neighbours(task, lambda table: stripped(table, task.ignorable))
