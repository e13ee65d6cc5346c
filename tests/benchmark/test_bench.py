"""`python -m tests.bench` runs and says what it measured; how fast things are is no test's business."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_one_case_runs_and_writes_its_numbers(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.bench", "--only", "help", "--json", str(tmp_path / "bench.json")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "classmark --help" in done.stdout
    found = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    assert set(found) == {"format", "date", "machine", "versions", "rows"}
    assert {"python", "classmark", "pandas"} <= set(found["versions"])
    [row] = found["rows"]
    assert row["name"] == "classmark --help"
    assert row["ratio"] > 1
    assert row["ratio_limit"] == 20
    assert row["met"] == (row["ratio"] <= 20)
