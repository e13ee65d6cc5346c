"""What a hostile solution leaves behind as its output is taken as hostile."""

from __future__ import annotations

import os
import pickle
import textwrap
import time
from pathlib import Path

import psutil
import pyarrow as pa
import pyarrow.parquet
import pytest
from hostile import BUDGET, NAME, attempt, log
from toys import hidden_labels, right_answer

from benchmark.comparing.pooling import Cost, pool
from benchmark.records import Record
from benchmark.run import Run
from benchmark.runner import run_all
from benchmark.sandbox import sandbox
from benchmark.solutions import load_solution
from benchmark.task import Task

pytestmark = [
    pytest.mark.skipif(not sandbox()[0], reason=sandbox()[1]),
    pytest.mark.xdist_group("escape"),
]


def instead_of_predictions(source: str, task: Task, tmp_path: Path) -> Record:
    """Run a solution that leaves something of its own as predictions and ends well."""
    return attempt(f"import os\n{textwrap.dedent(source)}\nos._exit(0)", task, tmp_path)


def test_predictions_as_a_link_to_the_labels(task: Task, tmp_path: Path) -> None:
    answer = right_answer(task, hidden_labels(task))
    secret = tmp_path / "secret.parquet"
    answer.to_parquet(secret)
    record = instead_of_predictions(f"os.symlink({str(secret)!r}, 'predictions.parquet')", task, tmp_path)
    assert record.run["status"] == "invalid"
    assert record.score is None
    assert not (record.folder / "predictions.parquet").exists()


@pytest.mark.parametrize("name", ["predictions.parquet", "outcome.json", "vectors"])
def test_a_pipe_in_place_of_a_file(name: str, task: Task, tmp_path: Path) -> None:
    started = time.monotonic()
    record = instead_of_predictions(f"os.mkfifo({name!r})", task, tmp_path)
    assert record.run["status"] in ("invalid", "failed")
    assert time.monotonic() - started < 30


def test_a_small_parquet_file_that_unpacks_to_gigabytes(task: Task, tmp_path: Path) -> None:
    """Many rows, by its own account; and few rows of one endless string, which its account does not tell."""
    rows = tmp_path / "rows.parquet"
    pa.parquet.write_table(
        pa.table({"id": pa.nulls(3 * 10**9, pa.bool_()).slice(0, 10**8)}), rows, compression="zstd"
    )
    long = pa.DictionaryArray.from_arrays(pa.array([0] * 1200, pa.int32()), pa.array(["a" * 40 * 10**6]))
    strings = tmp_path / "strings.parquet"
    pa.parquet.write_table(pa.table({"id": long, "prediction": long}), strings, compression="zstd")
    peak = psutil.Process().memory_info().rss
    for path in (rows, strings):
        assert path.stat().st_size < 300_000
        content = path.read_bytes()
        (tmp_path / "solution.toml").write_text('command = ["/bin/cp", "{solution}/bomb", "{out}"]')
        (tmp_path / "bomb").write_bytes(content)
        folder = tmp_path / path.stem
        folder.mkdir()
        for name in ("solution.toml", "bomb"):
            (tmp_path / name).rename(folder / name)
        run = Run(load_solution(str(folder)), task, 0, BUDGET)
        [record] = run_all([run], tmp_path / "results", 1, "local", False, lambda run, record: None)
        assert record.run["status"] == "invalid"
        assert "too large" in record.run["reason"]
    assert psutil.Process().memory_info().rss - peak < 10**9


def test_a_pickle_named_parquet(task: Task, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    content = pickle.dumps(Bomb(str(mark)))
    record = instead_of_predictions(f"open('predictions.parquet', 'wb').write({content!r})", task, tmp_path)
    assert record.run["status"] == "invalid"
    assert not mark.exists()


class Bomb:
    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (self.path,)


def test_a_log_with_terminal_escapes(task: Task, tmp_path: Path) -> None:
    record = attempt(
        r"""
        import json, os
        print("\x1b]0;owned\x07\x1b[2Jred \x9b31m and \u202e reversed", flush=True)
        json.dump({"status": "failed", "reason": "\x1b[31mred\x1b[0m\u009b2J", "fit_seconds": float("nan"),
                   "peak_memory": 10**400}, open("outcome.json", "w"))
        os._exit(0)
        """,
        task,
        tmp_path,
    )
    for text in (log(record), record.run["reason"]):
        assert not set(text) & {"\x1b", "\x07", "\x9b", "‮"}
    assert record.run["status"] == "failed"
    assert record.run["seconds"]["fit"] is None


def test_an_outcome_that_says_it_took_no_time(task: Task, tmp_path: Path) -> None:
    record = attempt(
        """
        import atexit, json, os, time
        told = {"status": "ok", "fit_seconds": 0.0, "predict_seconds": 0.0, "embed_seconds": 0.0}
        atexit.register(lambda: json.dump(told, open("outcome.json", "w")))
        time.sleep(1)
        """,
        task,
        tmp_path,
    )
    assert (record.run["status"], record.run["seconds"]["fit"]) == ("ok", 0.0)
    [entry] = pool({NAME: [record]}).entries
    assert entry.cost == Cost(None, None, record.run["seconds"]["total"], record.run["peak_memory"])
    assert record.run["seconds"]["total"] > 1
