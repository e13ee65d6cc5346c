"""What was measured, as a table for people and as JSON for machines."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import psutil
from rich.table import Table

from benchmark.cli.output import size, table
from tests.bench.rows import Row

FORMAT = 1
_PACKAGES = ("classmark", "numpy", "pandas", "pyarrow", "scikit-learn")


def as_table(rows: Sequence[Row]) -> Table:
    """A table of the rows; a limit stands beside what it limits."""
    columns = ["what", "ours", "other", "ratio", "peak", "", "other is"]
    cells = [
        (
            row.name,
            _with_limit(f"{row.seconds:.3g} s", row.seconds_limit, "s"),
            "" if row.other_seconds is None else f"{row.other_seconds:.3g} s",
            "" if row.ratio is None else _with_limit(f"{row.ratio:.3g}", row.ratio_limit),
            "" if row.peak is None else _with_limit(size(row.peak), (row.peak_limit or 0) / 1e9, "GB"),
            "pass" if row.met else "MISS",
            row.other,
        )
        for row in rows
    ]
    return table("", columns, cells, right=["ours", "other", "ratio", "peak"])


def _with_limit(value: str, limit: float | None, unit: str = "") -> str:
    return value if limit is None else f"{value} (<= {limit:g}{' ' if unit else ''}{unit})"


def as_json(rows: Sequence[Row]) -> dict[str, Any]:
    """The rows with what they were measured on; seconds and bytes."""
    return {
        "format": FORMAT,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "system": platform.platform(),
            "processor": platform.machine(),
            "cores": os.cpu_count(),
            "memory": psutil.virtual_memory().total,
        },
        "versions": {"python": platform.python_version()} | {name: version(name) for name in _PACKAGES},
        "rows": [row.as_dict() for row in rows],
    }
