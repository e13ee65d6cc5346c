"""The data standard on disk: the same table as canonical CSV and as Parquet, read into equal typed frames.

Also read by the worker process, so this module needs pandas and pyarrow only.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from benchmark.columns import Column

Format = Literal["parquet", "csv"]
STRING = pd.StringDtype("pyarrow")
_TIMESTAMP = pa.timestamp("us", tz="UTC")


def arrow_type(column: Column) -> pa.DataType:
    """The Arrow type that a column is stored as."""
    if column.type == "numeric":
        return pa.float64()
    if column.type == "datetime":
        return _TIMESTAMP
    return pa.string()


def write_parquet(frame: pd.DataFrame, path: Path, columns: Sequence[Column]) -> None:
    """Write a typed frame, index as the first column; columns the card does not know are strings.

    No pandas metadata is written: nothing stands in the file but the table.
    """
    types = {column.name: arrow_type(column) for column in columns}
    names = [str(frame.index.name), *map(str, frame.columns)]
    series = [frame.index.to_series(), *(frame[name] for name in frame.columns)]
    arrays = [
        pa.array(_plain(values), type=types.get(name, pa.string()), from_pandas=True)
        for name, values in zip(names, series, strict=True)
    ]
    pa.parquet.write_table(pa.table(arrays, names=names), path, compression="zstd")


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write canonical CSV: UTF-8, header, RFC 4180, empty = missing, shortest float that reads back equal."""
    plain = frame.apply(_plain).astype(object).where(frame.notna(), None)
    for name in frame.columns:
        if isinstance(frame[name].dtype, pd.DatetimeTZDtype):
            plain[name] = _iso(frame[name])
    plain.to_csv(path, lineterminator="\r\n", encoding="utf-8")


def _plain(values: pd.Series[Any]) -> pd.Series[Any]:
    return values.astype(STRING) if isinstance(values.dtype, pd.CategoricalDtype) else values


def _iso(times: pd.Series[Any]) -> pd.Series[Any]:
    naive = times.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy("datetime64[us]")
    text = pd.Series(np.datetime_as_string(naive, unit="us"), index=times.index, dtype=object)
    return (text + "Z").where(times.notna(), None)


def read_typed(path: Path, columns: Sequence[Column], format: Format = "parquet") -> pd.DataFrame:
    """Read a table of the standard into a typed frame; index `id`.

    text and image `string`; categorical `category` with the card's values; numeric `float64`, NaN = missing;
    datetime `datetime64[us, UTC]`; other columns (target, split, family) `string`.
    """
    if format == "csv":
        return typed_frame(_read_csv(path, columns), columns)
    categorical = [column.name for column in columns if column.type == "categorical"]
    return typed_frame(pa.parquet.read_table(path, read_dictionary=categorical), columns)


def _read_csv(path: Path, columns: Sequence[Column]) -> pa.Table:
    with path.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    types = {column.name: arrow_type(column) for column in columns}
    return pa.csv.read_csv(
        path,
        parse_options=pa.csv.ParseOptions(newlines_in_values=True),
        convert_options=pa.csv.ConvertOptions(
            column_types={name: types.get(name, pa.string()) for name in header},
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    )


def typed_frame(table: pa.Table, columns: Sequence[Column]) -> pd.DataFrame:
    """Make the typed frame of an Arrow table."""
    known = {column.name: column for column in columns}
    data = {
        name: _typed(table.column(name), known.get(name, Column(name, "text")))
        for name in table.column_names
        if name != "id"
    }
    index = pd.Index(_typed(table.column("id"), Column("id", "text")), name="id")
    return pd.DataFrame(data, index=index, copy=False)


def _typed(values: pa.ChunkedArray, column: Column) -> Any:
    if column.type == "numeric":
        return values.cast(pa.float64()).to_numpy()
    if column.type == "datetime":
        return values.cast(_TIMESTAMP).to_pandas().array
    if column.type == "categorical":
        categories = pa.array(column.values, pa.string())
        codes = pc.fill_null(_positions(values, categories), -1).to_numpy()
        return pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(list(column.values)))
    return pd.arrays.ArrowStringArray(values.cast(pa.string()))


def _positions(values: pa.ChunkedArray, categories: pa.Array) -> pa.ChunkedArray:
    if not pa.types.is_dictionary(values.type):
        return pc.index_in(values, value_set=categories)
    one = values.combine_chunks()
    one = one.unify_dictionaries().combine_chunks() if isinstance(one, pa.ChunkedArray) else one
    return pa.chunked_array([pc.take(pc.index_in(one.dictionary, value_set=categories), one.indices)])
