"""Many runs: the same cores for everyone or nothing is run, and nothing beside a run costs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from toys import toy_folder, toy_task

from benchmark import solutions
from benchmark.budget import Budget
from benchmark.errors import UserError
from benchmark.home import vectors_folder
from benchmark.records import Record, read_records
from benchmark.run import Run
from benchmark.runner import available_cpus, cpus_of_slot, plan, run_all
from benchmark.sandbox import sandbox
from benchmark.solutions import load_solution
from benchmark.vectors import Encoder

CPUS = sorted(os.sched_getaffinity(0))
SOLUTION = """
import os
class Model:
    def fit(self, X, y): print("cpus", len(os.sched_getaffinity(0)), os.environ["OMP_NUM_THREADS"])
    def predict(self, X): return ["lamp"] * len(X)
def build(task): return Model()
"""


def budget(cores: int) -> Budget:
    return Budget(seconds=30, memory=2 * 10**9, cores=cores, disk=10**8)


@pytest.fixture
def solution(tmp_path: Path) -> Path:
    path = tmp_path / "lamps.py"
    path.write_text(SOLUTION)
    return path


def test_slots_share_the_processors_out() -> None:
    assert available_cpus() == CPUS
    assert cpus_of_slot(0, 1) == CPUS[:1]
    assert cpus_of_slot(1, 1) == [CPUS[1 % len(CPUS)]]
    assert cpus_of_slot(0, len(CPUS)) == CPUS


def test_cores_are_held(solution: Path, tmp_path: Path) -> None:
    run = Run(load_solution(str(solution)), toy_task("classification"), 0, budget(1))
    [record] = run_all([run], tmp_path / "r", 1, "local", False, lambda run, record: None)
    assert "cpus 1 1" in (record.folder / "log.txt").read_text()
    assert record.run["cpus"] == CPUS[:1]


@pytest.mark.parametrize("asked", [["--cores", "2"], ["--jobs", "2"], []])
def test_only_processors_that_the_command_may_use_count(
    asked: list[str], solution: Path, tmp_path: Path
) -> None:
    task = str(toy_folder("classification"))
    command = [
        sys.executable,
        "-m",
        "benchmark",
        "run",
        "--task",
        task,
        "--solution",
        str(solution),
        "--trust",
    ]
    done = subprocess.run(
        [*command, "--budget", "30s", "--results", str(tmp_path / "r"), *asked],
        capture_output=True,
        text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, CPUS[:1]),
    )
    if asked:
        assert done.returncode == 2
        assert "allowed: at most 1 in all" in done.stderr
    else:
        [record] = read_records([tmp_path / "r"])
        assert (record.run["budget"]["cores"], record.run["cpus"]) == (1, CPUS[:1])


@pytest.mark.skipif(not sandbox()[0], reason=sandbox()[1])
def test_a_trusted_run_does_not_pass_for_one_in_the_sandbox(solution: Path, tmp_path: Path) -> None:
    task, loaded = toy_task("classification"), load_solution(str(solution))
    for trusted in (True, False, True, False):
        run = Run(loaded, task, 0, budget(1), trusted)
        [record] = run_all([run], tmp_path / "r", 1, "local", False, lambda run, record: None)
        assert bool(record.run["sandbox"]) != trusted
    assert len(read_records([tmp_path / "r"])) == 2


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_out_of_range_is_refused(seed: int, solution: Path) -> None:
    loaded, task = load_solution(str(solution)), toy_task("classification")
    with pytest.raises(UserError, match="A seed is out of range") as caught:
        plan([loaded], [task], [0, seed], None, budget(1), trusted=True)
    assert f"allowed: 0 to 4294967295\n  given:   {seed}" in str(caught.value)


def test_folds_are_refused_where_no_task_has_any(solution: Path) -> None:
    loaded, fixed = load_solution(str(solution)), toy_task("classification")
    with pytest.raises(UserError, match="None of the tasks has folds"):
        plan([loaded], [fixed], [0], [99], budget(1), trusted=True)
    folded = toy_task("clustering", split={"folds": 2})
    runs = plan([loaded], [fixed, folded], [0], [1], budget(1), trusted=True)
    assert [run.task.fold for run in runs] == [None, 1]


def run_on_ray(path: Path, results: Path) -> subprocess.CompletedProcess[str]:
    """The command on a task with two folds."""
    pytest.importorskip("ray")
    task = str(toy_folder("classification", split={"folds": 2}))
    command = [sys.executable, "-m", "benchmark", "run", "--task", task, "--solution", str(path), "--trust"]
    return subprocess.run(
        [*command, "--budget", "30s", "--results", str(results), "--executor", "ray"],
        capture_output=True,
        text=True,
    )


def test_ray_tells_runs_that_it_makes_from_recorded_ones(solution: Path, tmp_path: Path) -> None:
    assert "(recorded)" not in run_on_ray(solution, tmp_path / "r").stderr
    assert run_on_ray(solution, tmp_path / "r").stderr.count("(recorded)") == 2


def test_a_users_error_on_ray_has_no_traceback(solution: Path, tmp_path: Path) -> None:
    solution.write_text(SOLUTION.replace("print(", f"open({str(solution)!r}, 'a').write('#'); print("))
    done = run_on_ray(solution, tmp_path / "r")
    assert done.returncode == 2
    assert "error: The solution lamps changed since the command began." in done.stderr
    assert "run.py" not in done.stderr


EMBEDDING = """
from benchmark.vectors import Encoder
class Model:
    def __init__(self, task): self.task = task
    def fit(self, X, y): return self
    def predict(self, X):
        self.task.vectors.of(Encoder("length", "1", "none", 1), [b"tea"], lambda at: [[3.0]])
        return ["lamp"] * len(X)
def build(task): return Model(task)
"""


def test_a_cache_that_cannot_be_written_costs_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "embedding.py").write_text(EMBEDDING)
    monkeypatch.setattr(solutions, "baselines_folder", lambda: tmp_path)
    vectors_folder().mkdir()
    (vectors_folder() / Encoder("length", "1", "none", 1).digest).touch()  # where a folder has to stand
    said: list[str] = []

    def hear(run: Run, change: Record | str | None) -> None:
        said.extend([change] if isinstance(change, str) else [])

    run = Run(load_solution("embedding"), toy_task("classification"), 0, budget(1), trusted=True)
    [record] = run_all([run], tmp_path / "r", 1, "local", False, hear)
    assert record.ok, record.run["reason"]
    assert ["its embeddings are not kept" in line for line in said] == [True]
