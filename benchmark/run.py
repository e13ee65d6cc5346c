"""One run: a solution on one task, fold and seed, from a work folder to a record.

The worker gets a folder in which only what a participant may see stands; labels are read here, after it ended.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import distributions, version
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from benchmark.budget import Budget
from benchmark.checking import check
from benchmark.files import copy_file
from benchmark.kinds import kind_of
from benchmark.labels import load_labels
from benchmark.process import Finished, run_limited
from benchmark.records import Record, record_folder, write_record
from benchmark.scoring import constant_counts, score_answer
from benchmark.solutions import Solution
from benchmark.tables import write_csv, write_parquet
from benchmark.task import Task

LOG_LINES = 200
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class Run:
    """A run to be made."""

    solution: Solution
    task: Task
    seed: int
    budget: Budget

    @property
    def key(self) -> str:
        """What makes two runs the same: solution, data, fold, seed and budget."""
        parts = [self.solution.digest, self.task.digest, self.task.fold, self.seed, self.budget.as_dict()]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    @property
    def title(self) -> str:
        fold = "" if self.task.fold is None else f" fold {self.task.fold}"
        seed = f" seed {self.seed}" if self.seed else ""
        return f"{self.solution.name} on {self.task.name}{fold}{seed}"

    def description(self) -> dict[str, Any]:
        """The part of the record that is known before the run."""
        task = self.task
        return {
            "key": self.key,
            "solution": self.solution.name,
            "solution_digest": self.solution.digest,
            "task": task.name,
            "version": task.version,
            "task_digest": task.digest,
            "kind": task.kind,
            "track": kind_of(task).TRACK,
            "board": task.card["board"],
            "metric": str(task.metric),
            "fold": task.fold,
            "folds": task.folds,
            "seed": self.seed,
            "budget": self.budget.as_dict(),
        }


@dataclass
class _Ending:
    """How a run ended."""

    status: str
    reason: str = ""
    total: float = 0.0
    fit: float | None = None
    predict: float | None = None
    peak_memory: int = 0
    log: str = ""
    predictions: Path | None = None
    score: dict[str, Any] | None = None
    counts: dict[str, NDArray[np.float64]] = field(default_factory=dict)


def execute(
    run: Run, results: Path, cpus: Sequence[int], stop: threading.Event, replace: bool = False
) -> Record:
    """Make a run, score it, record it. Whatever the solution does, the result is a record with a status.

    Raises KeyboardInterrupt when `stop` is set; nothing is recorded then.
    """
    started = datetime.now(UTC).isoformat(timespec="seconds")
    with tempfile.TemporaryDirectory(prefix="classmark-", ignore_cleanup_errors=True) as temporary:
        ending = _make(run, Path(temporary), cpus, stop)
        _score(run, ending)
        description = run.description() | {
            "status": ending.status,
            "reason": ending.reason,
            "started": started,
            "seconds": {"total": ending.total, "fit": ending.fit, "predict": ending.predict},
            "peak_memory": ending.peak_memory,
            "environment": environment(),
            "versions": _versions(run.solution),
        }
        folder = record_folder(results, description)
        return write_record(
            folder, description, ending.score, ending.counts, ending.predictions, ending.log, replace
        )


def _make(run: Run, temporary: Path, cpus: Sequence[int], stop: threading.Event) -> _Ending:
    if run.solution.form == "predictions":
        return _Ending("ok", predictions=_of_fold(run, temporary))
    if missing := run.solution.missing_packages():
        install = " ".join(f"'{name}'" for name in missing)
        return _Ending("failed", f"missing packages: {', '.join(missing)}; pip install {install}")
    if run.solution.command and run.task.kind not in run.solution.command.kinds:
        return _Ending(
            "unsupported", f"solution.toml lists the kinds {', '.join(run.solution.command.kinds)}"
        )
    work, log = temporary / "work", temporary / "log.txt"
    command = _fill(run, work)
    finished = run_limited(command, work, log, run.budget, cpus, stop)
    return _ending(run, work, finished, _tail(log))


def _fill(run: Run, work: Path) -> list[str]:
    """Fill the work folder and return the worker's command."""
    task, solution = run.task, run.solution
    labelled = task.rows.index
    known = task._table.loc[labelled, [column.name for column in task.columns] + [task.target]]
    train = known.assign(split=task.rows["split"], family=task.rows["family"])
    work.mkdir()
    _write_task(run, work)
    form = solution.command.format if solution.command else "parquet"
    for name, table in (("train", train), ("test", task.test)):
        if form == "csv":
            write_csv(table, work / f"{name}.csv")
        else:
            write_parquet(table, work / f"{name}.parquet", task.columns)
    for column in task.columns:
        if column.type == "image":
            for picture in sorted({*train[column.name].dropna(), *task.test[column.name].dropna()}):
                copy_file(task.folder / picture, work / picture)
    copied = _copy_solution(solution, work / "solution")
    if solution.command is None:
        worker = str(Path(__file__).with_name("worker.py"))
        return [sys.executable, "-P", "-s", worker, str(work), str(copied)]
    places = {
        "train": str(work / f"train.{form}"),
        "test": str(work / f"test.{form}"),
        "task": str(work / "task.json"),
        "out": str(work / f"predictions.{form}"),
        "solution": str(work / "solution"),
        "seed": str(run.seed),
        "seconds": f"{run.budget.seconds:g}",
    }
    command = [
        re.sub(r"\{(\w+)\}", lambda m: places.get(m[1], m[0]), part) for part in solution.command.command
    ]
    if command[0].startswith("./"):
        command[0] = str(work / "solution" / command[0])
    return command


def _write_task(run: Run, work: Path) -> None:
    card = run.task.card
    content = {
        "name": card["name"],
        "kind": card["kind"],
        "metric": card["metric"],
        "target": card["target"],
        "columns": card["columns"],
        "classes": card["classes"],
        "ignorable": card["ignorable"],
        "source_column": card["source"],
        "seed": run.seed,
        "budget": {
            "seconds": run.budget.seconds,
            "memory": run.budget.memory,
            "cores": run.budget.cores,
            "deadline": time.time() + run.budget.seconds,
        },
    }
    (work / "task.json").write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def _copy_solution(solution: Solution, target: Path) -> Path:
    whole = solution.path.stem == "solution"
    files = [path for path in solution.path.parent.rglob("*") if path.is_file()] if whole else [solution.path]
    for path in files:
        copied = target / path.relative_to(solution.path.parent)
        copy_file(path, copied)
        copied.chmod(path.stat().st_mode & 0o777)
    return target / solution.path.name


def _of_fold(run: Run, temporary: Path) -> Path:
    """The ready predictions; of a table for all folds, the rows of this fold."""
    from benchmark.predictions import Unreadable, read_predictions

    path = run.solution.path
    if run.task.folds is None:
        return path
    try:
        table = read_predictions(path).to_pandas()
    except Unreadable:
        return path
    elsewhere = run.task.rows.index
    if "id" not in table or not table["id"].isin(elsewhere).any():
        return path
    selected = temporary / "predictions.parquet"
    table[~table["id"].isin(elsewhere)].to_parquet(selected, index=False)
    return selected


def _ending(run: Run, work: Path, finished: Finished, log: str) -> _Ending:
    ending = _Ending("ok", total=finished.seconds, peak_memory=finished.peak_memory, log=log)
    outcome = _outcome(work / "outcome.json")
    ending.fit, ending.predict = outcome.get("fit_seconds"), outcome.get("predict_seconds")
    ending.peak_memory = max(finished.peak_memory, outcome.get("peak_memory", 0))
    budget = run.budget
    if finished.over == "timeout":
        ending.status, ending.reason = "timeout", f"stopped after {budget.seconds:g} s"
    elif finished.over == "memory":
        ending.status, ending.reason = "memory", f"stopped above {budget.memory / 1e9:g} GB"
    elif finished.over == "disk":
        ending.status, ending.reason = "failed", f"stopped above {budget.disk / 1e9:g} GB of disk"
    elif outcome.get("status", "ok") != "ok":
        ending.status, ending.reason = outcome["status"], outcome["reason"]
    elif finished.exit_code:
        ending.status, ending.reason = "failed", f"exit code {finished.exit_code}"
    else:
        found = [
            work / name for name in ("predictions.parquet", "predictions.csv") if (work / name).is_file()
        ]
        if found:
            ending.predictions = found[0]
        else:
            ending.status, ending.reason = "failed", "no predictions were written"
    return ending


def _outcome(path: Path) -> dict[str, Any]:
    """What the worker says of itself; nothing where it says nothing sensible."""
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    kinds: dict[str, Any] = {
        "fit_seconds": (int, float),
        "predict_seconds": (int, float),
        "peak_memory": int,
        "status": str,
        "reason": str,
    }
    if not isinstance(given, dict):
        return {}
    return {key: given[key] for key, kind in kinds.items() if isinstance(given.get(key), kind)}


def _score(run: Run, ending: _Ending) -> None:
    labels = load_labels(run.task)
    ending.counts["constant"] = constant_counts(run.task, labels, labels.in_part(None))
    if ending.predictions is None:
        return
    report = check(run.task, ending.predictions)
    if not report.ok:
        ending.status, ending.reason = "invalid", "; ".join(map(str, report.faults))
        return
    found = score_answer(run.task, report.answer, labels)
    ending.score = found.as_dict()
    ending.counts["headline"] = found.counts


def _tail(log: Path) -> str:
    """The last lines of a log, without control characters."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 200 * LOG_LINES))
        text = file.read().decode("utf-8", errors="replace")
    return "\n".join(_CONTROL.sub("", text).splitlines()[-LOG_LINES:])


@cache
def environment() -> dict[str, Any]:
    """The machine and the digest of all installed packages."""
    packages = sorted({f"{one.metadata['Name']}=={one.version}" for one in distributions()})
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cores": psutil.cpu_count(),
        "memory": psutil.virtual_memory().total,
        "packages": hashlib.sha256("\n".join(packages).encode()).hexdigest(),
    }


def _versions(solution: Solution) -> dict[str, str]:
    from packaging.requirements import Requirement

    names = ["classmark", "numpy", "pandas", "pyarrow", "scikit-learn"]
    wanted = [Requirement(text).name for text in solution.requires if text not in solution.missing_packages()]
    return {name: version(name) for name in [*names, *wanted]}
