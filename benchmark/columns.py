"""What one column of a task holds. Plain data: the worker process reads it without pydantic."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

ColumnType = Literal["text", "numeric", "categorical", "image", "datetime"]


@dataclass(frozen=True)
class Column:
    """One feature column.

    `values` are the categories of a categorical column, in the order of the frame's codes.
    """

    name: str
    type: ColumnType
    description: str = ""
    unit: str = ""
    language: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ignorable:
    """An attribute that two records of one cluster may differ in, as words and regular expressions.

    `where` limits it to records with one of the values in each of its columns.
    """

    name: str
    column: str
    words: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    where: dict[str, tuple[str, ...]] = field(default_factory=dict)
