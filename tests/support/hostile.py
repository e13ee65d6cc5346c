"""Solutions that make an attempt before they answer, run in the sandbox."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path

from benchmark.budget import Budget
from benchmark.records import Record
from benchmark.run import Run
from benchmark.runner import run_all
from benchmark.solutions import load_solution
from benchmark.task import Task

BUDGET = Budget(seconds=40, memory=10**9, cores=1, disk=2 * 10**8)
NAME = f"hostile{os.getpid()}"
MODEL = """
class Model:
    def fit(self, X, y):
        self.most = y.mode()[0]
        return self
    def predict(self, X):
        return [self.most] * len(X)
def build(task):
    attempt()
    return Model()
"""


def attempt(source: str, task: Task, tmp_path: Path, budget: Budget = BUDGET) -> Record:
    """Run a solution whose `build` first makes the attempt, in the sandbox."""
    path = tmp_path / f"{NAME}.py"
    path.write_text("def attempt():\n" + textwrap.indent(textwrap.dedent(source), "    ") + MODEL)
    run = Run(load_solution(str(path)), task, 0, budget)
    [record] = run_all([run], tmp_path / "results", 1, "local", False, lambda run, record: None)
    assert record.run["sandbox"].startswith("bubblewrap")
    return record


def log(record: Record) -> str:
    return (record.folder / "log.txt").read_text()


def refused(source: str, task: Task, tmp_path: Path) -> str:
    """The log of an attempt that is refused by an OSError, after which the solution goes on and ends well."""
    tried = textwrap.dedent(source).strip()
    record = attempt(
        f"try:\n{textwrap.indent(tried, '    ')}\n    print('SUCCEEDED')\nexcept OSError as error:\n"
        "    print('refused:', error)\n",
        task,
        tmp_path,
    )
    assert record.run["status"] == "ok", record.run["reason"]
    assert "SUCCEEDED" not in log(record)
    assert "refused:" in log(record)
    return log(record)
