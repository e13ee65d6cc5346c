"""What a recipe returns, looked at before anything is made of it: every mistake is told in the author's words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmark.card import Card
from benchmark.catalog import Raw, Recipe, recipe_errors
from benchmark.errors import UserError

PARTS = ("train", "validation", "test")
PNG, JPEG = b"\x89PNG", b"\xff\xd8\xff"


def records_of(recipe: Recipe, raw: Raw, card: Card) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """The records of a recipe, and the posterior where it knows that. UserError for what no task can be made of."""
    with recipe_errors(card.name):
        made = recipe(raw)
    records, posterior = made if isinstance(made, tuple) and len(made) == 2 else (made, None)
    if not isinstance(records, pd.DataFrame) or records.empty:
        raise UserError(
            f"The recipe of {card.name} returns no records.",
            allowed="a pandas DataFrame with a row for each record, or that and a posterior",
            given="an empty table" if isinstance(records, pd.DataFrame) else type(made).__name__,
        )
    records = records.reset_index(drop=True)
    _require_columns(records, card)
    _require_target(records[card.target], card)
    _require_marks(records, card)
    if card.split.column:
        _require_parts(records[card.split.column], card)
    if card.headline.needs == "values":
        _require_values(records, card)
    for column in card.columns:
        if column.type == "image":
            records[column.name] = _pictures(records[column.name], card)
        if column.type == "categorical":
            records[column.name] = _codes(records[column.name])
    return records, posterior


def _require_columns(records: pd.DataFrame, card: Card) -> None:
    split = card.split
    wanted: list[tuple[str, str]] = [(column.name, column.type) for column in card.columns]
    wanted += [(card.target, "target"), *((name, "family") for name in card.families)]
    wanted += [(part.column, f"slice {part.name}") for part in card.slices]
    optional = [
        (card.stratify, "stratify"),
        (card.ignore, "ignore"),
        (card.hard_negatives, "hard_negatives"),
        (split.column, "split"),
        (split.test_only, "test_only"),
    ]
    wanted += [(name, role) for name, role in optional if name]
    given = ", ".join(map(str, records.columns))
    if missing := [f"{name} ({role})" for name, role in wanted if name not in records.columns]:
        raise UserError(
            f"The recipe of {card.name} does not return the columns {', '.join(dict.fromkeys(missing))}.",
            given=given,
            do="Return them, or mend the card.",
        )
    if not records.columns.is_unique:
        raise UserError(f"The recipe of {card.name} returns two columns of one name.", given=given)


def _require_target(target: pd.Series[Any], card: Card) -> None:
    text = target.astype("string").fillna("")
    for faulty, what in (
        (text.str.strip() == "", f"rows without a {card.target}"),
        (text != text.str.strip(), f"rows whose {card.target} begins or ends with a space"),
    ):
        if faulty.any():
            raise UserError(f"The recipe of {card.name} returns {what}.", given=_rows(faulty))
    if text.nunique() < 2:
        raise UserError(
            f"All records of {card.name} have one {card.target}: there is nothing to tell apart.",
            given=repr(text.iloc[0]),
        )


def _require_marks(records: pd.DataFrame, card: Card) -> None:
    for name in (card.ignore, card.split.test_only):
        if name and not records[name].isin([True, False]).all():
            raise UserError(
                f"Column {name!r} of {card.name} marks records.",
                allowed="True or False in each row",
                given=_some(records[name]),
            )


def _require_parts(split: pd.Series[Any], card: Card) -> None:
    given = set(split.astype(str))
    if not {"train", "test"} <= given <= set(PARTS):
        raise UserError(
            f"Column {split.name!r} of {card.name} is no split.",
            allowed=f"{', '.join(PARTS)}; of these at least train and test",
            given=_some(split),
        )


def _require_values(records: pd.DataFrame, card: Card) -> None:
    classes = sorted(records[card.target].astype(str).unique())
    lacking = [f"value:{name}" for name in classes if f"value:{name}" not in records.columns]
    if lacking:
        raise UserError(
            f"The metric {card.headline} of {card.name} needs the value of each decision, and there are none for "
            f"{len(lacking)} of {len(classes)} classes.",
            allowed="a column value:<class> for each class",
            given=f"no {', '.join(lacking[:5])}",
        )


def _codes(values: pd.Series[Any]) -> pd.Series[Any]:
    """Whole numbers that missing cells have made fractions of are whole numbers again: `3`, not `3.0`."""
    whole = pd.api.types.is_float_dtype(values) and (values.dropna() % 1 == 0).all()
    return values.astype("Int64") if whole else values


def _pictures(cells: pd.Series[Any], card: Card) -> pd.Series[Any]:
    """Bytes and paths; a text is a path."""
    known = cells.dropna()
    paths = known.map(lambda cell: Path(cell) if isinstance(cell, str) else cell).astype(object)
    faulty = ~paths.map(_is_picture).astype(bool)
    if faulty.any():
        raise UserError(
            f"Column {cells.name!r} of {card.name} holds what is no picture.",
            allowed="the path or the bytes of a PNG or JPEG file, or None",
            given=f"{_some(known[faulty])} in {_rows(faulty)}",
        )
    return paths.reindex(cells.index).astype(object)


def _is_picture(cell: Any) -> bool:
    there = cell.is_file() if isinstance(cell, Path) else isinstance(cell, bytes)
    return there and head_of(cell).startswith((PNG, JPEG))


def head_of(picture: bytes | Path) -> bytes:
    """The first four bytes of a picture, which tell its format."""
    if isinstance(picture, bytes):
        return picture[:4]
    with picture.open("rb") as file:
        return file.read(4)


def _rows(faulty: pd.Series[bool]) -> str:
    """Which records are meant, counted from 0."""
    where = [str(row) for row in faulty.index[faulty.to_numpy(bool)]]
    return f"{len(where)} of {len(faulty)} records: {', '.join(where[:5])}{', ...' if len(where) > 5 else ''}"


def _some(values: pd.Series[Any]) -> str:
    return ", ".join(f"{value!r:.60}" for value in values.drop_duplicates().head(5))


def require_finite(values: pd.Series[Any], task: str) -> None:
    """UserError where a numeric column holds what no model takes: an infinite number."""
    infinite = pd.Series(np.isinf(values.to_numpy(float)), index=values.index)
    if infinite.any():
        raise UserError(
            f"Column {values.name!r} of {task} holds infinite numbers.",
            allowed="finite numbers; a missing one is None",
            given=_rows(infinite.reset_index(drop=True)),
        )
