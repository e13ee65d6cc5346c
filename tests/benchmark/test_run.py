"""Runs end as records with a status, whatever a solution does; real worker processes throughout."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psutil
import pytest
from toys import hidden_labels, right_answer, toy_card, toy_folder, toy_records, toy_task
from wheels import only_index, write_wheel

from benchmark import score
from benchmark.budget import Budget
from benchmark.errors import UserError
from benchmark.prepare import prepare
from benchmark.records import Record, read_records
from benchmark.run import Run
from benchmark.runner import available_cpus, plan, run_all
from benchmark.solutions import load_solution
from benchmark.task import Task, open_task

BUDGET = Budget(seconds=30, memory=2 * 10**9, cores=1, disk=10**8)

BY_WORD = '''
"""Finds the word in the title."""
class Model:
    def fit(self, X, y):
        {fit}
        return self
    def predict(self, X):
        {predict}
        return X["title"].fillna("").str.extract("(lamp|chair|table|spoon|clock)")[0].fillna("lamp").to_numpy()
def build(task):
    {build}
    return Model()
'''


def solution_file(folder: Path, **parts: str) -> Path:
    path = folder / f"by_word{len(list(folder.iterdir()))}.py"
    path.write_text(BY_WORD.format(**{"fit": "pass", "predict": "pass", "build": "pass"} | parts))
    return path


def run_one(path: Path | str, task: Task, results: Path, budget: Budget = BUDGET, **more: Any) -> Record:
    trusted = more.get("trusted", False)
    [record] = run_all(
        [Run(load_solution(str(path)), task, 0, budget, trusted)], results, 1, "local", more.get("retry", False),
        lambda run, record: None,
    )  # fmt: skip
    return record


def test_a_file_runs_and_its_record_is_complete(tmp_path: Path) -> None:
    task = toy_task("classification")
    record = run_one(solution_file(tmp_path, fit="print('hello from the log')"), task, tmp_path / "r")
    assert record.run["status"] == "ok"
    predictions = pd.read_parquet(record.folder / "predictions.parquet")
    assert record.score == score(task, predictions).as_dict()
    assert "hello from the log" in (record.folder / "log.txt").read_text()
    assert record.run["task_digest"] == task.digest
    assert record.run["seconds"]["total"] >= record.run["seconds"]["fit"] >= 0
    assert 10**7 < record.run["peak_memory"] < 10**9
    assert {"python", "packages", "cores", "memory", "platform"} <= set(record.run["environment"])
    assert "pandas" in record.run["versions"]
    value = task.metric.value(record.counts("headline").sum(axis=0))
    assert value == pytest.approx(record.score["headline"]["value"])
    assert task.metric.value(record.counts("constant").sum(axis=0)) == pytest.approx(record.score["constant"])


ENDINGS = [
    ({"fit": "raise ValueError('no idea')"}, "failed", "ValueError: no idea"),
    ({"build": "import nowhere_to_be_found"}, "failed", "ModuleNotFoundError"),
    ({"fit": "import os; os._exit(3)"}, "failed", "exit code 3"),
    ({"fit": "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"}, "failed", "exit code -11"),
    ({"fit": "import time; time.sleep(60)"}, "timeout", "stopped after 3 s"),
    ({"fit": "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"}, "timeout", "stopped"),
    ({"fit": "self.x = bytearray(3 * 10**8); import time; time.sleep(20)"}, "memory", "stopped above 0.3 GB"),
    ({"fit": "raise MemoryError('mine')"}, "memory", "MemoryError: mine"),
    ({"predict": "return ['lamp']"}, "failed", "1 values for 60 rows"),
    ({"predict": "return ['sofa'] * len(X)"}, "invalid", "unknown classes"),
    ({"predict": "f = open('big', 'wb'); f.write(bytes(2 * 10**8)); f.flush()"}, "failed", "File too large|of disk"),
    ({"predict": "[open(f'f{i}', 'wb').write(bytes(3 * 10**7)) for i in range(5)]; import time; time.sleep(20)"},
     "failed", "of disk"),
    ({"build": "import sys; sys.exit(0)"}, "failed", "no predictions were written"),
]  # fmt: skip


@pytest.mark.parametrize(("parts", "status", "reason"), ENDINGS)
def test_every_ending_is_a_record(parts: dict[str, str], status: str, reason: str, tmp_path: Path) -> None:
    seconds = 3 if status == "timeout" else 30
    memory = 3 * 10**8 if reason == "stopped above 0.3 GB" else 2 * 10**9
    budget = Budget(seconds, memory, 1, 10**8)
    record = run_one(solution_file(tmp_path, **parts), toy_task("classification"), tmp_path / "r", budget)
    assert record.run["status"] == status, record.run["reason"]
    assert re.search(reason, record.run["reason"])
    assert record.score is None
    assert record.counts("constant").sum() > 0
    assert [one.folder for one in read_records([tmp_path / "r"])] == [record.folder]


@pytest.mark.parametrize(("kind", "column"), [("classification", "prediction"), ("clustering", "cluster")])
@pytest.mark.parametrize("missing", ["None", "float('nan')"])
def test_a_missing_answer_stays_missing(kind: str, column: str, missing: str, tmp_path: Path) -> None:
    path = solution_file(tmp_path, predict=f"return ['lamp'] * (len(X) - 1) + [{missing}]")
    record = run_one(path, toy_task(kind), tmp_path / "r")
    assert record.run["status"] == "invalid"
    assert f"1 values of '{column}' are missing" in record.run["reason"]


def test_supports_says_no_before_anything_is_fitted(tmp_path: Path) -> None:
    path = solution_file(tmp_path)
    path.write_text(path.read_text() + "\ndef supports(task):\n    return False, f'not for {task.kind}'\n")
    record = run_one(path, toy_task("classification"), tmp_path / "r")
    assert (record.run["status"], record.run["reason"]) == ("unsupported", "not for classification")


def test_a_package_that_is_nowhere_is_a_failure_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = only_index(tmp_path / "index", monkeypatch)
    for name in ("pandas", "pyarrow"):
        write_wheel(index, name, "99.0")
    path = solution_file(tmp_path)
    path.write_text("REQUIRES = ['no-such-package-of-classmark>=3']\n" + path.read_text())
    record = run_one(path, toy_task("classification"), tmp_path / "r")
    assert record.run["status"] == "failed"
    assert "No environment could be built for no-such-package-of-classmark>=3" in record.run["reason"]


@pytest.mark.parametrize("then", ["x = bytearray(2 * 10**9); time.sleep(60)", "time.sleep(1)"])
def test_children_of_a_bare_process_do_not_outlive_it(then: str, tmp_path: Path) -> None:
    spawn = "subprocess.Popen(['sleep', '300'], start_new_session=True)"
    orphan = f"import subprocess; print('child', {spawn}.pid, flush=True)"
    path = solution_file(tmp_path, fit=f"{orphan}; import time; {then}")
    budget = Budget(60, 10**9, 1, 10**8)
    record = run_one(path, toy_task("classification"), tmp_path / "r", budget, trusted=True)
    assert record.run["status"] == ("memory" if "bytearray" in then else "ok")
    [line] = [one for one in (record.folder / "log.txt").read_text().splitlines() if one.startswith("child")]
    assert is_gone(int(line.split()[1]))


def test_the_log_is_a_tail_without_control_characters(tmp_path: Path) -> None:
    noisy = r"print('\x1b[31mred\x1b[0m\x07'); [print(i) for i in range(5000)]"
    record = run_one(solution_file(tmp_path, fit=noisy), toy_task("classification"), tmp_path / "r")
    lines = (record.folder / "log.txt").read_text().splitlines()
    assert "4999" in lines
    assert len(lines) <= 200
    assert "\x1b" not in "".join(lines)


def test_one_of_each_kind_and_the_seed_reach_the_solution(tmp_path: Path) -> None:
    text = """
    import numpy as np, pandas as pd
    class Model:
        def __init__(self, task): self.task = task
        def fit(self, X, y):
            assert list(X.index) == list(y.index) == list(self.task.rows.index)
            assert X.index.name == "id"
            print("seed", self.task.seed, np.random.random(), 0 < self.task.budget.seconds_left() < 31)
        def predict(self, X):
            number = X["title"].fillna("").str.extract("([0-9]+)")[0]
            if self.task.kind == "clustering":
                return number.fillna(pd.Series(X.index, X.index))
            ids = pd.DataFrame({"id": X.index, "n": number.to_numpy()}).dropna()
            pairs = ids.merge(ids, on="n")
            pairs = pairs[pairs.id_x < pairs.id_y]
            return pd.DataFrame({"left_id": pairs.id_x, "right_id": pairs.id_y, "score": 0.9})
    def build(task): return Model(task)
    """
    (tmp_path / "s.py").write_text(textwrap.dedent(text))
    for kind in ("matching", "clustering"):
        task = toy_task(kind)
        records = run_all(
            plan([load_solution(str(tmp_path / "s.py"))], [task], [0, 5, 5], None, BUDGET),
            tmp_path / "r", 2, "local", False, lambda run, record: None,
        )  # fmt: skip
        assert [record.score is not None and record.score["headline"]["value"] > 0.8 for record in records]
        logs = [(record.folder / "log.txt").read_text().splitlines()[0] for record in records]
        assert logs[0].startswith("seed 0")
        assert logs[1] == logs[2] != logs[0]
        assert logs[1].endswith("True")


def test_a_command_in_another_language(tmp_path: Path) -> None:
    folder = tmp_path / "awkward"
    folder.mkdir()
    (folder / "solution.toml").write_text(
        'command = ["./solve.sh", "{train}", "{test}", "{out}", "{seed}"]\nkinds = ["clustering"]\nformat = "csv"\n'
    )
    (folder / "solve.sh").write_text(
        '#!/bin/sh\nset -e\ntest -s "$1"\necho id,cluster > "$3"\ntail -n +2 "$2" | grep -o "^[0-9a-f]\\{16\\}," |'
        ' sed \'s/,$//\' | while read id; do echo "$id,$id"; done >> "$3"\n'
    )
    (folder / "solve.sh").chmod(0o755)
    record = run_one(folder, toy_task("clustering"), tmp_path / "r")
    assert record.run["status"] == "ok", record.run["reason"]
    assert record.score is not None
    assert record.score["headline"]["value"] == 0
    assert run_one(folder, toy_task("matching"), tmp_path / "r").run["status"] == "unsupported"


def test_ready_predictions_for_a_fixed_test_and_for_all_folds(tmp_path: Path) -> None:
    task = toy_task("matching")
    right_answer(task, hidden_labels(task)).to_csv(tmp_path / "pairs.csv", index=False)
    record = run_one(tmp_path / "pairs.csv", task, tmp_path / "r")
    assert record.score is not None
    assert record.score["headline"]["value"] == 1.0
    folded = toy_task("classification", split={"folds": 3})
    labels = hidden_labels(folded)["target"]
    pd.DataFrame({"id": labels.index, "prediction": labels.to_numpy()}).to_parquet(tmp_path / "all.parquet")
    for fold in range(3):
        record = run_one(tmp_path / "all.parquet", folded.with_fold(fold), tmp_path / "r")
        assert record.score is not None
        assert record.score["headline"]["value"] == 1.0


def test_recorded_runs_are_not_run_again_unless_something_changed(tmp_path: Path) -> None:
    task, results = toy_task("classification"), tmp_path / "r"
    mark = tmp_path / "mark"
    path = solution_file(tmp_path, fit=f"open({str(mark)!r}, 'a').write('x')")
    run_one(path, task, results, trusted=True)
    run_one(path, task, results, trusted=True)
    assert mark.read_text() == "x"
    run_one(path, task, results, Budget(29, 2 * 10**9, 1, 10**8), trusted=True)
    path.write_text(path.read_text() + "\n# changed\n")
    run_one(path, task, results, trusted=True)
    assert mark.read_text() == "xxx"
    assert len(read_records([results])) == 3


def test_retry_runs_failures_again_and_leaves_the_rest(tmp_path: Path) -> None:
    task, results = toy_task("classification"), tmp_path / "r"
    flag = tmp_path / "flag"
    path = solution_file(tmp_path, fit=f"import os; assert os.path.exists({str(flag)!r})")
    assert run_one(path, task, results, trusted=True).run["status"] == "failed"
    flag.touch()
    assert run_one(path, task, results, trusted=True).run["status"] == "failed"
    assert run_one(path, task, results, retry=True, trusted=True).run["status"] == "ok"
    assert [record.run["status"] for record in read_records([results])] == ["ok"]


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def cli(home: Path, *arguments: str, **more: Any) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "benchmark", *arguments]
    environment = os.environ | {"CLASSMARK_HOME": str(home)}
    # what runs in a shell's background ignores Ctrl-C, and hands that on to its children
    return subprocess.Popen(
        command, env=environment, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL), **more
    )


def wait_for(condition: Callable[[], bool], seconds: float = 300) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def outcomes(results: Path) -> dict[tuple[str, int], Any]:
    return {
        (record.run["key"], record.run["fold"]): (record.score, record.counts("headline").tolist())
        for record in read_records([results])
    }


@pytest.mark.parametrize(("how", "code"), [(signal.SIGKILL, -9), (signal.SIGINT, 130)])
def test_interrupted_in_a_run_of_eight(how: signal.Signals, code: int, tmp_path: Path, home: Path) -> None:
    """Killed in the middle, a second call finishes only what is missing, and the results are those of one call."""
    card = toy_card("classification", split={"folds": 8})
    folder = prepare(card, lambda raw: toy_records("classification"))
    path = solution_file(tmp_path, fit="import time; time.sleep(0.5)")
    results = tmp_path / "r"

    def arguments(to: Path) -> list[str]:
        return [
            "run",
            "--task",
            str(folder),
            "--solution",
            str(path),
            "--budget",
            "30s",
            "--results",
            str(to),
        ]

    process = cli(home, *arguments(results), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    wait_for(lambda: results.is_dir() and len(read_records([results])) >= 3)
    workers = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(how)
    assert process.wait(timeout=60) == code
    wait_for(lambda: all(is_gone(worker.pid) for worker in workers), 60)
    kept = {record.folder: record.folder.stat().st_mtime_ns for record in read_records([results])}
    assert 3 <= len(kept) < 8
    assert cli(home, *arguments(results), stdout=subprocess.DEVNULL).wait(timeout=300) == 0
    assert {folder: folder.stat().st_mtime_ns for folder in kept} == kept
    assert cli(home, *arguments(tmp_path / "whole"), stdout=subprocess.DEVNULL).wait(timeout=300) == 0
    assert outcomes(results) == outcomes(tmp_path / "whole")
    assert len(outcomes(results)) == 8


def test_a_changed_picture_stops_the_plan(tmp_path: Path) -> None:
    folder = toy_folder("classification")
    next(iter((folder / "images").iterdir())).write_bytes(b"another")
    with pytest.raises(UserError, match="not the one that was published"):
        plan([load_solution(str(solution_file(tmp_path)))], [open_task(folder)], [0], None, BUDGET)


def test_a_task_without_labels_stops_the_plan(tmp_path: Path, home: Path) -> None:
    task = toy_task("classification")
    for path in (home / "hidden").rglob("labels.json"):
        path.unlink()
    with pytest.raises(UserError, match="are not on this machine, so nothing can be scored here"):
        plan([load_solution(str(solution_file(tmp_path)))], [task], [0], None, BUDGET)


def test_ray_gives_the_same_records(tmp_path: Path) -> None:
    ray = pytest.importorskip("ray")
    task = toy_task("classification", split={"folds": 2})
    runs = plan([load_solution(str(solution_file(tmp_path)))], [task], [0], None, BUDGET)
    try:
        found = run_all(runs, tmp_path / "ray", 1, "ray", False, lambda run, record: None)
    finally:
        ray.shutdown()
    run_all(runs, tmp_path / "local", 1, "local", False, lambda run, record: None)
    assert [record.run["status"] for record in found] == ["ok", "ok"]
    assert found[0].run["cpus"] == available_cpus()  # Ray does not say which are whose
    assert outcomes(tmp_path / "ray") == outcomes(tmp_path / "local")
    assert np.array_equal(found[0].counts("headline").shape, found[1].counts("headline").shape)
