"""Predictions files that were made to hurt whoever reads them, and those whose faults hide behind others."""

from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toys import KINDS, hidden_labels, right_answer, toy_task

from benchmark import check
from benchmark.predictions import number_column
from benchmark.task import Task


def right(task: Task) -> pd.DataFrame:
    return right_answer(task, hidden_labels(task))


def varint(number: int, width: int = 0) -> bytes:
    """An unsigned number as Thrift's compact protocol has it, as many bytes wide as wanted."""
    parts = [number >> 7 * place & 127 for place in range(max(width, -(-number.bit_length() // 7), 1))]
    return bytes([part | 128 for part in parts[:-1]] + parts[-1:])


def with_footer(footer: bytes) -> bytes:
    return b"PAR1" + footer + struct.pack("<I", len(footer)) + b"PAR1"


def deep(levels: int) -> bytes:
    """A schema of one column, so many levels down."""
    root, level = b"\x48\x06schema\x15\x02\x00", b"\x35\x00\x18\x01a\x15\x02\x00"
    leaf = b"\x15\x02\x25\x00\x18\x01a\x00"
    schema = b"\x19\xfc" + varint(levels + 2) + root + level * levels + leaf
    return with_footer(b"\x15\x02" + schema + b"\x16\x00\x19\x0c\x00")


def wide(groups: int, columns: int) -> bytes:
    """Row groups of columns that are not in the schema, three bytes each."""
    schema = b"\x19\x2c\x48\x06schema\x15\x02\x00\x15\x0c\x25\x02\x18\x02id\x00"
    group = b"\x19\xfc" + varint(columns) + b"\x26\x00\x00" * columns + b"\x16\x00\x16\x00\x00"
    return with_footer(b"\x15\x02" + schema + b"\x16\x00\x19\xfc" + varint(groups) + group * groups + b"\x00")


def lying(path: Path) -> bytes:
    """Five million scores, of which file and row group say that they are one."""
    rows = 5_000_000
    required = pa.schema([pa.field("score", pa.float64(), nullable=False)])
    pa.parquet.write_table(
        pa.table([np.ones(rows)], schema=required),
        path,
        row_group_size=rows,
        write_statistics=False,
        store_schema=False,
    )
    content = path.read_bytes()
    start = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    true = varint(2 * rows)
    one = varint(2, len(true))
    before, file, column, group = content[start:].split(true)  # rows of the file, values of the column, rows
    return content[:start] + before + one + file + true + column + one + group


@pytest.mark.parametrize("levels", [10_000, 100_000, 900_000])
def test_a_schema_of_endless_depth(levels: int, tmp_path: Path) -> None:
    (tmp_path / "p.parquet").write_bytes(deep(levels)[: 2**24])
    [fault] = check(toy_task("classification"), tmp_path / "p.parquet").faults
    assert fault.code in ("not a table", "too large")


@pytest.mark.parametrize(("groups", "columns"), [(1, 300_000), (34, 9_999), (8, 500_000)])
def test_metadata_that_unpack_to_gigabytes(groups: int, columns: int, tmp_path: Path) -> None:
    (tmp_path / "p.parquet").write_bytes(wide(groups, columns))
    code = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from benchmark import check\n"
        "from toys import toy_task\n"
        "task = toy_task('matching')\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print(check(task, Path(sys.argv[1])).faults[0].code)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "p.parquet"],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path), "CLASSMARK_HOME": str(tmp_path)},
    )
    found, kilobytes = done.stdout.splitlines()
    assert found in ("not a table", "too large")
    assert int(kilobytes) < 1_000_000


def test_rows_that_the_metadata_deny(tmp_path: Path) -> None:
    (tmp_path / "p.parquet").write_bytes(lying(tmp_path / "true.parquet"))
    [fault] = check(toy_task("matching"), tmp_path / "p.parquet").faults
    assert str(fault) == "not a table: The Parquet file contradicts itself about its rows."


@pytest.mark.parametrize("suffix", ["csv", "parquet", "frame"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_column_that_stands_twice(kind: str, suffix: str, tmp_path: Path) -> None:
    task, path = toy_task(kind), tmp_path / f"p.{suffix}"
    table = right(task)
    twice = pd.concat([table, table.iloc[:, -1:]], axis=1)
    if suffix == "csv":
        twice.to_csv(path, index=False)
    elif suffix == "parquet":
        arrays = [pa.array(twice.iloc[:, place]) for place in range(twice.shape[1])]
        pa.parquet.write_table(pa.Table.from_arrays(arrays, names=list(twice.columns)), path)
    [fault] = check(task, twice if suffix == "frame" else path).faults
    assert str(fault) == f"repeated columns: A column name stands twice. E.g. '{table.columns[-1]}'."


def test_integers_beyond_all_types() -> None:
    task = toy_task("matching")
    [fault] = check(task, right(task).assign(score=2**70)).faults
    assert fault.code == "wrong types"


def test_missing_and_infinite_numbers_beside_one_with_a_space(tmp_path: Path) -> None:
    task = toy_task("matching")
    table = right(task).astype({"score": object})
    table.loc[:3, "score"] = [" 0.5", "", "inf", "high"]
    table.to_csv(tmp_path / "p.csv", index=False)
    faults = check(task, tmp_path / "p.csv").faults
    assert [(fault.code, fault.rows) for fault in faults] == [
        ("wrong types", (4,)),
        ("NaN", (2,)),
        ("infinite", (3,)),
    ]


CELLS = st.one_of(st.floats().map(str), st.sampled_from(["", " 1", "1 ", "x", "NaN", " nan", "1e999", "-"]))


@given(st.lists(CELLS, max_size=8))
def test_numbers_without_a_fault_are_finite(cells: list[str]) -> None:
    values = pa.array([cell or None for cell in cells], pa.string())
    numbers, faults = number_column(pa.table({"score": values}), "score")
    assert bool(faults) != bool(np.isfinite(numbers).all())
