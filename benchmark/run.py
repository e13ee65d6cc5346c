"""One run: a solution on one task, fold and seed, from a work folder to a record.

The worker gets a folder in which only what a participant may see stands; labels are read here, after it ended.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.budget import Budget
from benchmark.checking import check
from benchmark.environment import environment, versions
from benchmark.errors import HostTrouble, UserError
from benchmark.files import read_regular, remove_folder, temporary_folder
from benchmark.home import vectors_folder
from benchmark.kinds import kind_of
from benchmark.labels import Labels, load_labels
from benchmark.own_environment import BuildFailed, OwnEnvironment, environment_for
from benchmark.predictions import most_bytes
from benchmark.process import MOST, Finished, run_limited
from benchmark.records import STATUSES, Record, record_folder, write_record
from benchmark.requirements import wanted_requirements
from benchmark.sandbox import require_sandbox, sandbox
from benchmark.scene import bare, sandboxed
from benchmark.scoring import constant_counts, score_answer
from benchmark.solutions import Solution
from benchmark.task import Task
from benchmark.vectors import adopt
from benchmark.work import copy_solution, fill_work, rows_of_fold

LOG_LINES = 200
MOST_OUTCOME = 2**20
MOST_REASON = 2_000
MOST_NUMBER = 2**53
MOST_VECTORS = 4 * 2**30
SECONDS = ("fit", "predict", "embed", "embed_saved")
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Run:
    """A run to be made; a trusted one as a bare process, any other in the sandbox."""

    solution: Solution
    task: Task
    seed: int
    budget: Budget
    trusted: bool = False

    @property
    def key(self) -> str:
        """What makes two runs the same: solution, data, fold, seed, budget, and whether it was trusted."""
        parts = [self.solution.digest, self.task.digest, self.task.fold, self.seed, self.budget.as_dict()]
        parts += ["trusted"] * self.trusted
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
            "shipped": self.solution.shipped,
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
    seconds: dict[str, float | None] = field(default_factory=lambda: dict.fromkeys(SECONDS))
    peak_memory: int = 0
    log: str = ""
    trace: str = ""
    host: bool = False
    predictions: Path | None = None
    environment: OwnEnvironment | None = None
    score: dict[str, Any] | None = None
    counts: dict[str, NDArray[np.float64]] = field(default_factory=dict)


def execute(
    run: Run,
    results: Path,
    cpus: Sequence[int],
    stop: threading.Event,
    say: Callable[[str], None] = lambda message: None,
) -> Record:
    """Make a run, score it, record it. Whatever the solution does, the result is a record with a status.

    `say` is told what takes time before the run, and what of it could not be kept. Raises KeyboardInterrupt when
    `stop` is set; nothing is recorded then.
    """
    started = datetime.now(UTC).isoformat(timespec="seconds")
    with temporary_folder() as temporary:
        ending = _Ending("failed")
        with _own_failure(ending):
            ending = _make(run, temporary, cpus, stop, say)
        labels = load_labels(run.task)
        ending.counts["constant"] = constant_counts(run.task, labels, labels.in_part(None))
        with _own_failure(ending):
            _score(run, ending, labels)
        description = run.description() | {
            "status": ending.status,
            "reason": _printable(ending.reason)[:MOST_REASON],
            "trace": ending.trace,
            "host": ending.host,
            "started": started,
            "seconds": {"total": ending.total, **ending.seconds},
            "peak_memory": ending.peak_memory,
            "cpus": list(cpus),
            "sandbox": _sandbox(run),
            "environment": environment(),
            "own_environment": ending.environment and ending.environment.as_dict(),
            "versions": versions(run.solution),
        }
        folder = record_folder(results, description)
        return write_record(folder, description, ending.score, ending.counts, ending.predictions, ending.log)


@contextmanager
def _own_failure(ending: _Ending) -> Iterator[None]:
    """An error of the suite is how this run ended; the reason, which teams may read, tells only its type.

    Left to the caller: UserError, and what this machine does not give (an OSError with a number).
    """
    try:
        yield
    except Exception as error:
        if isinstance(error, UserError) or (isinstance(error, OSError) and error.errno is not None):
            raise
        ending.status, ending.reason = "failed", f"the suite itself failed: {type(error).__name__}"
        ending.trace = _printable(traceback.format_exc())


def _sandbox(run: Run) -> str:
    """The sandbox that the run takes place in. Shipped baselines do without where there is none."""
    return "" if run.trusted or run.solution.form == "predictions" else sandbox()[0]


def _make(
    run: Run, temporary: Path, cpus: Sequence[int], stop: threading.Event, say: Callable[[str], None]
) -> _Ending:
    solution, task = run.solution, run.task
    if solution.form == "predictions":
        copied = copy_solution(solution, temporary / "solution")
        return _Ending("ok", predictions=rows_of_fold(task, copied, temporary))
    if solution.command and task.kind not in solution.command.kinds:
        return _Ending("unsupported", f"solution.toml lists the kinds {', '.join(solution.command.kinds)}")
    if not (run.trusted or solution.shipped):
        require_sandbox(solution.name)
    held = bool(_sandbox(run))
    wanted, own = wanted_requirements(solution), None
    if wanted is not None:
        try:
            own = environment_for(wanted, held, stop, say)
        except BuildFailed as error:
            return _Ending("failed", str(error))
        except HostTrouble as error:
            return _Ending("failed", str(error), host=True)
    work, log = temporary / "work", temporary / "log.txt"
    place = own.folder if own else None
    scene = sandboxed(task, place) if held else bare(work, place)
    command = fill_work(task, solution, run.seed, run.budget, work, scene)
    finished = run_limited(command, work, log, run.budget, cpus, stop, scene.room, scene.variables)
    if solution.shipped:
        try:
            adopt(work / "vectors", vectors_folder(), MOST_VECTORS)
        except OSError as error:  # a cache is never worth a run
            say(f"its embeddings are not kept: {error}")
    ending = _ending(run, work, finished, _tail(log))
    ending.environment = own
    _take_predictions(task, work, log, ending)
    return ending


def _ending(run: Run, work: Path, finished: Finished, log: str) -> _Ending:
    ending = _Ending("ok", total=finished.seconds, peak_memory=finished.peak_memory, log=log)
    outcome = _outcome(work / "outcome.json")
    ending.seconds = {name: outcome.get(f"{name}_seconds") for name in SECONDS}
    ending.peak_memory = max(finished.peak_memory, outcome.get("peak_memory", 0))
    budget = run.budget
    if finished.over == "timeout":
        ending.status, ending.reason = "timeout", f"stopped after {budget.seconds:g} s"
    elif finished.over == "memory":
        ending.status, ending.reason = "memory", f"stopped above {budget.memory / 1e9:g} GB"
    elif finished.over == "disk":
        ending.status, ending.reason = "failed", f"stopped above {budget.disk / 1e9:g} GB of disk"
    elif finished.over:
        ending.status, ending.reason = "failed", f"stopped above {MOST[finished.over]:,} {finished.over}"
    elif outcome.get("status", "ok") in STATUSES - {"ok"}:
        ending.status, ending.reason = outcome["status"], outcome.get("reason", "")
    elif finished.exit_code:
        ending.status, ending.reason = "failed", f"exit code {finished.exit_code}"
    return ending


def _take_predictions(task: Task, work: Path, log: Path, ending: _Ending) -> None:
    """Take the predictions out of reach of whoever wrote them; all else that the run left makes room for them."""
    name, content = _read_predictions(task, work, ending) if ending.status == "ok" else ("", b"")
    remove_folder(work)
    log.unlink()
    if ending.status == "ok":
        ending.predictions = work.with_name(name)
        ending.predictions.write_bytes(content)


def _read_predictions(task: Task, work: Path, ending: _Ending) -> tuple[str, bytes]:
    """Name and bytes of the predictions; nothing, and another ending, where there are none to be read."""
    found = [name for name in ("predictions.parquet", "predictions.csv") if os.path.lexists(work / name)]
    if not found:
        ending.status, ending.reason = "failed", "no predictions were written"
        return "", b""
    try:
        return found[0], read_regular(work / found[0], most_bytes(task))
    except OSError as error:
        ending.status, ending.reason = "invalid", f"the predictions were not opened: {error}"
        return "", b""


def _outcome(path: Path) -> dict[str, Any]:
    """What the worker says of itself; nothing where it says nothing sensible."""
    try:
        given = json.loads(read_regular(path, MOST_OUTCOME))
    except (OSError, ValueError, RecursionError):
        return {}
    kinds: dict[str, Any] = {
        **{f"{name}_seconds": (int, float) for name in SECONDS},
        "peak_memory": int,
        "status": str,
        "reason": str,
    }
    if not isinstance(given, dict):
        return {}
    known = {key: given[key] for key, kind in kinds.items() if isinstance(given.get(key), kind)}
    return {key: value for key, value in known.items() if isinstance(value, str) or 0 <= value < MOST_NUMBER}


def _score(run: Run, ending: _Ending, labels: Labels) -> None:
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
    return "\n".join(_printable(text).splitlines()[-LOG_LINES:])


def _printable(text: str) -> str:
    """Without control characters, and without what a record in UTF-8 cannot hold."""
    return _CONTROL.sub("", text).encode("utf-8", errors="replace").decode()
