"""The comparison for machines."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from made_records import guess, make_records, truth

from benchmark.comparing.comparison import Comparison, compare
from benchmark.comparing.report import as_csv, as_dict
from benchmark.comparing.selection import select

COST = {"fit_seconds", "predict_seconds", "seconds", "peak_memory"}
DIFFERENCE = {"level", "where", "solution", "other", "value", "low", "high"}


@pytest.fixture
def comparison(tmp_path: Path) -> Comparison:
    true = truth()
    answers = {"a": guess(true, 0.8), "b,c": guess(true, 0.4)}
    records = make_records(tmp_path, answers, true=true, folds=3, failed={"b,c": {1: "timeout"}})
    nothing = {"total": 0.0, "fit": None, "predict": None}
    records += make_records(tmp_path, {"ready": true}, "wine", true, seconds=nothing)
    return compare(select(records))


def test_json_keys_are_stable(comparison: Comparison) -> None:
    found = as_dict(comparison, comparison.pair("a", "b,c"))
    assert set(found) == {"budget", "latest", "versions", "machines", "notes", "tracks", "tasks", "pair"}
    [track] = found["tracks"]
    assert set(track) == {"track", "tasks", "constant", "entries", "differences"}
    entry = {"rank", "solution", "value", "low", "high", "answered"}
    for line in track["entries"]:
        assert set(line) == entry | COST | {"tasks", "mean_rank", "win_rate", "elo"}
    for task in found["tasks"]:
        assert set(task) == {
            "task", "version", "digest", "track", "board", "metric", "folds", "constant", "oracle", "entries"
        }  # fmt: skip
        for line in task["entries"]:
            assert set(line) == entry | COST | {"asked", "endings"}
    for line in track["differences"] + found["pair"]:
        assert set(line) == DIFFERENCE


def test_json_holds_no_nan_and_plain_types(comparison: Comparison) -> None:
    found = as_dict(comparison)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["tasks"][0]["folds"] == [0, 1, 2]
    assert found["tasks"][1]["folds"] is None
    assert found["latest"] == "2025-01-02T03:04:05+00:00"


def test_csv_has_a_row_for_each_solution_and_task(comparison: Comparison) -> None:
    rows = {(row["task"], row["solution"]): row for row in csv.DictReader(io.StringIO(as_csv(comparison)))}
    assert len(rows) == 6
    row = rows["shelf", "b,c"]
    assert row["endings"] == "2 ok, 1 timeout"
    assert (row["answered"], row["asked"]) == ("2", "3")
    assert float(row["seconds"]) == pytest.approx(9.0)
    [entry] = [one for one in comparison.tasks[0].entries if one.solution == "b,c"]
    assert float(row["value"]) == entry.score.value
    assert rows["wine", "ready"]["seconds"] == ""


def test_csv_columns_are_stable(comparison: Comparison) -> None:
    assert as_csv(comparison).splitlines()[0] == (
        "task,version,track,board,metric,rank,solution,value,low,high,answered,asked,endings,"
        "fit_seconds,predict_seconds,seconds,peak_memory"
    )
