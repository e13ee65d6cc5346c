"""What stands in a work folder: of a solution its own files, and nothing that these lead to."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from toys import toy_folder, toy_task

from benchmark.budget import Budget
from benchmark.errors import UserError
from benchmark.home import hidden_folder
from benchmark.records import Record, read_records
from benchmark.run import Run
from benchmark.runner import run_all
from benchmark.sandbox import sandbox
from benchmark.solutions import load_solution
from benchmark.task import Task

LISTING = """
import os
class Model:
    def fit(self, X, y):
        for place, _, files in os.walk("solution"):
            for name in files:
                print("file", os.path.join(place, name))
        return self
    def predict(self, X):
        return ["lamp"] * len(X)
def build(task):
    return Model()
"""


@pytest.fixture
def task() -> Task:
    return toy_task("classification")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "mine"
    made.mkdir()
    (made / "solution.py").write_text(LISTING)
    return made


def run(folder: Path, task: Task) -> Record:
    made = Run(load_solution(str(folder)), task, 0, Budget(40, 10**9, 1, 10**8), trusted=not sandbox()[0])
    [record] = run_all([made], folder.parent / "results", 1, "local", False, lambda run, record: None)
    return record


def with_command(folder: Path, command: str) -> Path:
    (folder / "solution.py").unlink()
    (folder / "solution.toml").write_text(f"command = {command}")
    return folder


def edited(path: Path) -> None:
    path.write_text(path.read_text() + "\n")


@pytest.mark.parametrize("change", [edited, Path.unlink])
@pytest.mark.parametrize("name", ["mine.py", "mine.csv", "solution.py", "solution.toml", "weights.txt"])
def test_what_changed_since_it_was_loaded_is_not_run(
    name: str, change: Callable[[Path], None], task: Task, tmp_path: Path
) -> None:
    """Its record would be under the digest of what it was."""
    folder = tmp_path / "mine"
    folder.mkdir()
    whole = name not in ("mine.py", "mine.csv")
    if whole:
        (folder / "solution.py").write_text(LISTING)
    (folder / name).write_text('command = ["true"]' if name == "solution.toml" else LISTING)
    if name == "solution.toml":
        (folder / "solution.py").unlink()
    solution = load_solution(str(folder if whole else folder / name))
    change(folder / name)
    made = Run(solution, task, 0, Budget(40, 10**9, 1, 10**8), trusted=True)
    with pytest.raises(UserError, match="mine changed since the command began"):
        run_all([made], tmp_path / "results", 1, "local", False, lambda run, record: None)
    assert not (tmp_path / "results").exists()


def test_a_sweep_ends_where_its_solution_changes_and_keeps_what_it_made(tmp_path: Path) -> None:
    path, results = tmp_path / "mine.py", tmp_path / "results"
    path.write_text(LISTING.replace("        return self", f"        open({str(path)!r}, 'a').write('#')", 1))
    task = str(toy_folder("classification", split={"folds": 3}))
    done = subprocess.run(
        [sys.executable, "-m", "benchmark", "run", "--task", task, "--solution", str(path), "--trust",
         "--budget", "40s", "--results", str(results)],
        capture_output=True,
        text=True,
    )  # fmt: skip
    assert done.returncode == 2
    assert "error: The solution mine changed since the command began." in done.stderr
    assert "Traceback" not in done.stderr
    assert [record.run["fold"] for record in read_records([results])] == [0]


def test_a_solution_brings_its_own_files(folder: Path, task: Task) -> None:
    """What tools leave beside them stays away, with the links in it."""
    digest = load_solution(str(folder)).digest
    for name in ("model/weights.bin", ".git/config", ".venv/bin/activate", "model/__pycache__/x.pyc"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    (folder / ".venv" / "bin" / "python").symlink_to("/bin/sh")
    changed = load_solution(str(folder)).digest
    assert changed != digest
    (folder / ".#solution.py").symlink_to("me@here.1234")  # an editor's lock, and what it keeps
    (folder / ".solution.py.swp").touch()
    assert load_solution(str(folder)).digest == changed
    record = run(folder, task)
    assert record.run["status"] == "ok", record.run["reason"]
    lines = (record.folder / "log.txt").read_text().splitlines()
    assert {line for line in lines if line.startswith("file") and "solution/__pycache__" not in line} == {
        "file solution/solution.py",
        "file solution/model/weights.bin",
    }


@pytest.mark.parametrize("name", ["table.parquet", "model/table.parquet", "folder"])
def test_a_link_is_refused_by_name(name: str, folder: Path, task: Task) -> None:
    labels = hidden_folder(task.name, task.version) / "labels.parquet"
    (folder / "model").mkdir()
    (folder / name).symlink_to(labels.parent if name == "folder" else labels)
    with pytest.raises(UserError, match="no links") as refused:
        run(folder, task)
    assert str(folder / name) in str(refused.value)


def test_a_pipe_is_refused(folder: Path, task: Task) -> None:
    os.mkfifo(folder / "pipe")
    with pytest.raises(UserError, match="files and folders alone"):
        run(folder, task)


@pytest.mark.parametrize("linked", [False, True])
def test_a_solution_around_the_home_is_refused(
    linked: bool, folder: Path, task: Task, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as a solution in the root of a project whose ./data is CLASSMARK_HOME; or only its hidden labels."""
    if linked:
        shutil.move(home / "hidden", folder / "labels")
        (home / "hidden").symlink_to(folder / "labels")
    else:
        shutil.copytree(home, folder / "data")
        monkeypatch.setenv("CLASSMARK_HOME", str(folder / "data"))
    with pytest.raises(UserError, match="hidden labels"):
        run(folder, task)


@pytest.mark.parametrize("command", ["[]", r'["echo", "\u0000"]'])
def test_a_command_that_cannot_be_one_is_refused(command: str, folder: Path, task: Task) -> None:
    with pytest.raises(UserError, match=r"not a solution\.toml"):
        run(with_command(folder, command), task)


@pytest.mark.parametrize("command", ['[""]', '["./"]', '["no-such-program"]'])
def test_a_command_that_is_not_there_fails(command: str, folder: Path, task: Task) -> None:
    assert run(with_command(folder, command), task).run["status"] == "failed"
