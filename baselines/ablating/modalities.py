"""The sets of columns that are compared: all, each modality alone, each left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmark.columns import Column

MODALITIES = {
    "text": ("text",),
    "numbers": ("numeric", "categorical", "datetime"),
    "pictures": ("image",),
}


@dataclass(frozen=True)
class ColumnSet:
    """Some modalities of a task under a name."""

    name: str
    modalities: tuple[str, ...]


def columns_of(columns: Iterable[Column], modality: str) -> list[Column]:
    """The columns of a modality, in the table's order."""
    return [column for column in columns if column.type in MODALITIES[modality]]


def column_sets(modalities: Sequence[str]) -> list[ColumnSet]:
    """All, each alone, each left out; what is the same set of columns stands once.

    >>> [one.name for one in column_sets(["text", "numbers"])]
    ['all', 'text alone', 'numbers alone']
    >>> [one.name for one in column_sets(["text", "numbers", "pictures"])][-3:]
    ['without text', 'without numbers', 'without pictures']
    """
    sets = [ColumnSet("all", tuple(modalities))]
    sets += [ColumnSet(f"{name} alone", (name,)) for name in modalities]
    sets += [ColumnSet(f"without {name}", left_out(modalities, name)) for name in modalities]
    first = {one.modalities: one for one in reversed(sets)}
    return [one for one in sets if first[one.modalities] is one]


def left_out(modalities: Sequence[str], name: str) -> tuple[str, ...]:
    """The modalities but one."""
    return tuple(other for other in modalities if other != name)
