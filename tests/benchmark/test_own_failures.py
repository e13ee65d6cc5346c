"""What goes wrong in the suite on one run is how that run ended, and the runs after it are made."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from small_disk import run_on_small_disk
from toys import hidden_labels, right_answer, toy_task

from benchmark import run as running
from benchmark.budget import Budget
from benchmark.records import Record
from benchmark.run import Run
from benchmark.runner import run_all
from benchmark.solutions import load_solution
from benchmark.task import Task

BUDGET = Budget(seconds=30, memory=2 * 10**9, cores=1, disk=10**8)


def run_one(path: Path, task: Task, results: Path) -> Record:
    run = Run(load_solution(str(path)), task, 0, BUDGET, trusted=True)
    [record] = run_all([run], results, 1, "local", False, lambda run, record: None)
    return record


@pytest.fixture
def answer(tmp_path: Path) -> Path:
    task = toy_task("classification")
    right_answer(task, hidden_labels(task)).to_csv(tmp_path / "right.csv", index=False)
    return tmp_path / "right.csv"


def broken(*given: Any) -> None:
    raise KeyError("a hidden label")


def test_an_error_in_making_a_run_is_a_failure_with_its_trace(
    answer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "rows_of_fold", broken)
    record = run_one(answer, toy_task("classification"), tmp_path / "r")
    assert record.run["status"] == "failed"
    assert "a hidden label" in record.run["trace"]
    assert record.counts("constant").sum() > 0


def test_an_error_in_scoring_keeps_the_predictions_and_tells_no_label(
    answer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "score_answer", broken)
    record = run_one(answer, toy_task("classification"), tmp_path / "r")
    assert record.run["status"] == "failed"
    assert record.run["reason"] == "the suite itself failed: KeyError"
    assert "a hidden label" in record.run["trace"]
    assert (record.folder / "predictions.csv").read_bytes() == answer.read_bytes()


def test_a_full_disk_is_no_failure_of_the_run(
    answer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*given: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(running, "score_answer", full)
    with pytest.raises(OSError, match="No space left"):
        run_one(answer, toy_task("classification"), tmp_path / "r")
    assert not (tmp_path / "r").exists()


FILLS_THE_DISK = """
import atexit

class Model:
    def fit(self, X, y): pass
    def predict(self, X): return ['lamp'] * len(X)

def build(task): return Model()

@atexit.register
def fill():
    with open("filler", "wb", buffering=0) as file:
        for size in (10**6, 512):
            try:
                while True: file.write(b"x" * size)
            except OSError: pass
    print("full", flush=True)
"""


def test_a_solution_that_fills_the_disk_is_recorded_and_the_disk_free_again(tmp_path: Path) -> None:
    (tmp_path / "fills.py").write_text(FILLS_THE_DISK)
    source = f"""
import pathlib, shutil, tempfile, threading
from benchmark.budget import Budget
from benchmark.run import Run, execute
from benchmark.solutions import load_solution
from toys import toy_task
disk = pathlib.Path(tempfile.gettempdir())
before = shutil.disk_usage(disk).free
solution = load_solution({str(tmp_path / "fills.py")!r})
run = Run(solution, toy_task("classification"), 0, Budget(30, 2 * 10**9, 1, 10**8), trusted=True)
record = execute(run, disk / "results", [0], threading.Event())
print(record.run["status"], (record.folder / "log.txt").read_text().split()[-1])
print(before - shutil.disk_usage(disk).free < 10**6)
"""
    assert run_on_small_disk(source, tmp_path / "disk", megabytes=50) == "ok full\nTrue\n"


def test_a_requirement_of_another_system_is_no_matter(tmp_path: Path) -> None:
    path = tmp_path / "most.py"
    path.write_text(
        "REQUIRES = [\"pywin32; sys_platform == 'win32'\"]\n"
        "class Model:\n"
        "    def fit(self, X, y): pass\n"
        "    def predict(self, X): return ['lamp'] * len(X)\n"
        "def build(task): return Model()\n"
    )
    record = run_one(path, toy_task("classification"), tmp_path / "r")
    assert record.run["status"] == "ok", record.run["reason"]
    assert "pywin32" not in record.run["versions"]


def test_a_reason_is_not_endless(tmp_path: Path) -> None:
    task = toy_task("classification")
    table = pd.DataFrame(
        {f"p:{name}": [f"\x1b{row}" + "x" * 10**4 for row in range(60)] for name in task.classes}
    )
    table.insert(0, "id", task.test_ids)
    table.to_csv(tmp_path / "long.csv", index=False)
    record = run_one(tmp_path / "long.csv", task, tmp_path / "r")
    assert record.run["status"] == "invalid"
    assert len(record.run["reason"]) == 2_000
    assert "\x1b" not in record.run["reason"]
