"""Read a predictions table, whatever it turns out to be, and collect what is wrong with it.

A predictions table is hostile until checked: no pickle is read, nothing is guessed.
"""

from __future__ import annotations

import csv
import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
from numpy.typing import NDArray

from benchmark.errors import UserError, did_you_mean

if TYPE_CHECKING:
    from benchmark.task import Task

SHOWN = 10
LONGEST = 200  # letters of a name or value that are shown or compared
_PER_CELL = 32  # bytes, on average: ids have 16 characters, and a number in CSV has up to 24
_SPARE = 2**24
_MOST_FOOTER = 2**20  # bytes of a Parquet file's account of itself, which unpacks to some 500 times as many
_MOST_LISTED = 10_000  # things in a list of that account
_PANDAS_INDEX = re.compile(r"__index_level_\d+__")  # what pandas writes of an index without a name
Predictions: TypeAlias = Path | str | pd.DataFrame | pa.Table


def most_rows(task: Task) -> int:
    """Rows above which a predictions file is not read, whatever they hold."""
    return 20 * int(task.card["sizes"]["rows"]) + 1_000


def most_columns(task: Task) -> int:
    """Columns above which a predictions file is not read, whatever they are called."""
    return 100 + len(task.classes)


def most_bytes(task: Task) -> int:
    """Bytes, in the file and unpacked, above which a predictions file is not read."""
    cells = int(task.card["sizes"]["rows"]) * max(20 * 3, 1 + len(task.classes))
    return _SPARE + cells * _PER_CELL


@dataclass(frozen=True)
class Fault:
    """One kind of fault: `rows` are the first row numbers, counted from 1 after the header."""

    code: str
    message: str
    count: int = 0
    rows: tuple[int, ...] = ()
    examples: tuple[str, ...] = ()

    def __str__(self) -> str:
        more = ", ..." if self.count > len(self.rows) else ""
        where = f" Rows {', '.join(map(str, self.rows))}{more}." if self.rows else ""
        what = f" E.g. {', '.join(map(repr, self.examples))}." if self.examples else ""
        return f"{self.code}: {self.message}{where}{what}"

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class Unreadable(Exception):
    """The table cannot be read at all, or lacks what any further check needs."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = list(faults)


def fault_rows(
    code: str, message: str, wrong: NDArray[np.bool_], examples: pa.ChunkedArray | None = None
) -> list[Fault]:
    """A fault for the rows where `wrong` holds, none where it holds nowhere."""
    count = int(np.count_nonzero(wrong))
    if not count:
        return []
    rows = np.flatnonzero(wrong)[:SHOWN]
    shown = () if examples is None else _shown(examples.take(rows).to_pylist())
    return [Fault(code, f"{count} {message}", count, tuple(int(row) + 1 for row in rows), shown)]


def _shown(values: Iterable[Any]) -> tuple[str, ...]:
    """The first three different ones, cut where they are long."""
    return tuple(dict.fromkeys(str(value)[:LONGEST] for value in values))[:3]


def read_predictions(given: Predictions, task: Task) -> pa.Table:
    """A predictions file (Parquet or CSV) or frame as an Arrow table; the columns of a CSV are strings.

    Raises UserError where there is no such file, Unreadable where it is no table, or one that is far too large for
    the task: that is seen before it is read.
    """
    if isinstance(given, pa.Table):
        _refuse_repeated(given.column_names)
        return given
    if isinstance(given, pd.DataFrame):
        return _from_frame(given)
    if isinstance(given, str | os.PathLike):
        return _from_file(Path(given), task)
    raise UserError(
        "Predictions are a table.",
        allowed="a pandas DataFrame, an Arrow table, or the path of a .parquet or .csv file",
        given=type(given).__name__,
    )


def _refuse_repeated(names: Iterable[str]) -> None:
    repeated = sorted(name for name, count in Counter(names).items() if count > 1)
    if repeated:
        raise Unreadable(Fault("repeated columns", "A column name stands twice.", examples=_shown(repeated)))


def _from_frame(frame: pd.DataFrame) -> pa.Table:
    _refuse_repeated(map(str, frame.columns))
    if frame.index.name is not None and frame.index.name not in frame.columns:
        frame = frame.reset_index()
    try:
        return pa.Table.from_pandas(frame, preserve_index=False)
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        raise Unreadable(Fault("wrong types", f"The frame mixes types in a column: {error}")) from None


def _from_file(path: Path, task: Task) -> pa.Table:
    if not path.is_file():
        raise UserError(
            f"There is no predictions file {path}.",
            given="a folder" if path.is_dir() else "",
            do="Give the path of a .parquet or .csv file.",
        )
    size = path.stat().st_size
    if size > most_bytes(task):
        raise Unreadable(Fault("too large", f"The file has {size:,} bytes; at most {most_bytes(task):,}."))
    with path.open("rb") as file:
        head = file.read(4096)
    if not head.strip():
        raise Unreadable(Fault("empty file", "The file has no header and no rows."))
    if head.startswith(b"PAR1"):
        try:
            return _from_parquet(path, task)
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            text = isinstance(error, UnicodeDecodeError) or "UTF8" in str(error)
            code = "wrong encoding" if text else "not a table"
            raise Unreadable(Fault(code, f"The Parquet file is damaged: {error}")) from None
    if (b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff"))) or head.startswith(b"\x80"):
        raise Unreadable(Fault("not a table", "The file is neither Parquet nor CSV."))
    return _from_csv(path, task)


def _from_parquet(path: Path, task: Task) -> pa.Table:
    """The table, if neither the file's own account of it nor what it then unpacks to is too large.

    Strings are read as positions in a dictionary first: a page may repeat one long string a billion times.
    """
    _refuse_large(_footer_size(path), _MOST_FOOTER, "bytes of metadata")
    with pa.parquet.ParquetFile(path, thrift_container_size_limit=_MOST_LISTED) as file:
        _refuse_large(file.metadata.num_columns, most_columns(task), "columns")
        _refuse_repeated(file.schema_arrow.names)
        kept = [name for name in file.schema_arrow.names if not _PANDAS_INDEX.fullmatch(name)]
        nested = [name for name in kept if pa.types.is_nested(file.schema_arrow.field(name).type)]
        if nested:
            raise Unreadable(
                Fault("wrong types", "A column holds lists or records.", examples=_shown(nested))
            )
        groups = [file.metadata.row_group(number) for number in range(file.metadata.num_row_groups)]
        _refuse_contradictions(file.metadata, groups)
        _refuse_large(file.metadata.num_rows, most_rows(task), "rows")
        _refuse_large(sum(group.total_byte_size for group in groups), most_bytes(task), "bytes when unpacked")
    table = pa.parquet.read_table(
        path,
        columns=kept,
        read_dictionary=kept,
        use_threads=False,
        partitioning=None,
        thrift_container_size_limit=_MOST_LISTED,
    )
    table.validate(full=True)  # strings in Parquet may hold any bytes
    _refuse_large(sum(map(_unpacked, table.columns)), most_bytes(task), "bytes when unpacked")
    plain = [
        pa.field(field.name, field.type.value_type) if pa.types.is_dictionary(field.type) else field
        for field in table.schema
    ]
    return table.cast(pa.schema(plain))


def _footer_size(path: Path) -> int:
    """Bytes of the metadata of a Parquet file, which stand before their own length; 0 where that is a lie."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - 8))
        footer = int.from_bytes(file.read(4), "little")
    return footer if footer < size else 0


def _refuse_contradictions(
    metadata: pa.parquet.FileMetaData, groups: list[pa.parquet.RowGroupMetaData]
) -> None:
    """What a file says of itself in several places must be the same: reading trusts now one, now another."""
    whole = sum(group.num_rows for group in groups) == metadata.num_rows and all(
        group.num_columns == metadata.num_columns
        and min(group.num_rows, group.total_byte_size) >= 0
        and all(group.column(place).num_values == group.num_rows for place in range(group.num_columns))
        for group in groups
    )
    if not whole:
        raise Unreadable(Fault("not a table", "The Parquet file contradicts itself about its rows."))


def _refuse_large(amount: int, most: int, what: str) -> None:
    if amount > most:
        raise Unreadable(Fault("too large", f"The file has {amount:,} {what}; at most {most:,}."))


def _unpacked(column: pa.ChunkedArray) -> int:
    """The bytes of a column once its dictionaries are spelt out."""
    if not pa.types.is_dictionary(column.type):
        return int(column.nbytes)
    return sum(
        int(pc.sum(pc.take(pc.binary_length(chunk.dictionary), chunk.indices)).as_py() or 0)
        for chunk in column.chunks
    )


def _from_csv(path: Path, task: Task) -> pa.Table:
    options = pa.csv.ConvertOptions(
        null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=True
    )
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = next(filter(None, csv.reader(file)), [])
        _refuse_large(len(header), most_columns(task), "columns")
        _refuse_repeated(header)
        options.column_types = dict.fromkeys(header, pa.string())
        table = pa.csv.read_csv(path, convert_options=options)
        for name in table.column_names:
            table.column(name).validate(full=True)
    except UnicodeDecodeError as error:
        raise Unreadable(Fault("wrong encoding", f"The CSV file is not UTF-8: {error}")) from None
    except (pa.ArrowInvalid, csv.Error) as error:
        code = "wrong encoding" if "UTF8" in str(error) else "not a table"
        raise Unreadable(Fault(code, f"The file is neither Parquet nor CSV in UTF-8: {error}")) from None
    return table


def require_columns(table: pa.Table, wanted: Sequence[str]) -> None:
    """Raise Unreadable where a column is missing or not one of those expected."""
    given, expected = set(table.column_names), set(wanted)
    missing = [name for name in wanted if name not in given]
    unknown = [name for name in table.column_names if name not in expected]
    faults = []
    if missing:
        message = f"{len(missing)} of {len(wanted)} columns are missing."
        faults.append(Fault("missing columns", message, len(missing), examples=_shown(missing)))
    if unknown:
        hint = did_you_mean(unknown[0][:LONGEST], wanted)  # for one alone: comparing names takes long
        message = f"{len(unknown)} columns are none of this format. {hint}".rstrip()
        faults.append(Fault("unknown columns", message, len(unknown), examples=_shown(unknown)))
    if faults:
        raise Unreadable(*faults)


def text_column(table: pa.Table, name: str) -> pa.ChunkedArray:
    """A column of strings; Unreadable where it has another type."""
    values = table.column(name)
    plain = values.type.value_type if pa.types.is_dictionary(values.type) else values.type
    if pa.types.is_null(plain) or not len(values):  # an empty frame has columns of any type
        return pa.chunked_array([pa.nulls(len(values), pa.string())])
    if not (pa.types.is_string(plain) or pa.types.is_large_string(plain) or pa.types.is_string_view(plain)):
        raise Unreadable(Fault("wrong types", f"Column {name!r} must hold strings and holds {plain}."))
    return values.cast(pa.large_string() if pa.types.is_large_string(plain) else pa.string())


def number_column(table: pa.Table, name: str) -> tuple[NDArray[np.float64], list[Fault]]:
    """A column of finite numbers, and the faults of those that are not."""
    values = table.column(name)
    wrong = np.zeros(len(values), bool)
    if pa.types.is_string(values.type):
        numbers, wrong = _parsed(values)
    elif pa.types.is_null(values.type):
        numbers = np.full(len(values), np.nan)
    elif pa.types.is_floating(values.type) or pa.types.is_integer(values.type):
        numbers = values.cast(pa.float64(), safe=False).to_numpy()  # large integers are rounded
    else:
        raise Unreadable(Fault("wrong types", f"Column {name!r} must hold numbers and holds {values.type}."))
    faults = fault_rows("wrong types", f"values of {name!r} are no numbers.", wrong, values)
    faults += fault_rows("NaN", f"values of {name!r} are NaN or missing.", np.isnan(numbers) & ~wrong)
    faults += fault_rows("infinite", f"values of {name!r} are infinite.", np.isinf(numbers))
    return numbers, faults


def _parsed(values: pa.ChunkedArray) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Strings as numbers, NaN for what is missing or none, and where they are none."""
    try:
        return values.cast(pa.float64()).to_numpy(), np.zeros(len(values), bool)
    except pa.ArrowInvalid:
        texts = pd.Series(values.to_pylist(), dtype=object)
        numbers = pd.to_numeric(texts, errors="coerce").to_numpy(np.float64)
        return numbers, np.isnan(numbers) & texts.notna().to_numpy()


def find(values: pa.ChunkedArray, among: pa.Array) -> NDArray[np.int32]:
    """The position of each value among distinct strings, -1 where it is not there; shape (rows,)."""
    found = pc.index_in(values, value_set=among.cast(values.type))
    places: NDArray[np.int32] = pc.fill_null(found, -1).to_numpy()
    return places


def place_rows(table: pa.Table, ids: pa.Array) -> tuple[NDArray[np.int32], list[Fault]]:
    """For a table of one row per id: the position of each row's id, and faults of unknown, repeated, missing."""
    given = text_column(table, "id")
    # answers mostly come in the order of the test table, and looking ids up is the slowest part of checking
    in_order = len(given) == len(ids) and pc.all(pc.equal(given, ids), skip_nulls=False).as_py()
    place = np.arange(len(ids), dtype=np.int32) if in_order else find(given, ids)
    faults = fault_rows("unknown ids", "rows have an id that is not in the test table.", place < 0, given)
    known = place[place >= 0]
    seen = np.bincount(known, minlength=len(ids))
    if (seen > 1).any():
        first = np.full(len(ids), -1)
        rows = np.flatnonzero(place >= 0)
        first[known[::-1]] = rows[::-1]
        again = (place >= 0) & (np.arange(len(place)) != first[place])
        faults += fault_rows("repeated ids", "rows repeat an id that stands above.", again, given)
    missing = np.flatnonzero(seen == 0)
    if len(missing):
        examples = tuple(ids.take(pa.array(missing[:3])).to_pylist())
        message = f"{len(missing)} of {len(ids)} test rows have no prediction."
        faults.append(Fault("missing ids", message, len(missing), examples=examples))
    return place, faults
