"""The contract test: a solution on tiny slices of tasks, so that what would fail in an hour is known in a minute.

Every trial is an ordinary run, in the sandbox and under a budget. On each slice a solution meets a plain test, the same
again, one with all the hardships of `hardships.py`, and a single row; where the hardships are too much, each alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from benchmark.budget import Budget
from benchmark.errors import HostTrouble, UserError
from benchmark.failures import FORMAT, IMPORTS, LIMITS, NO_ENVIRONMENT, OUTSIDE, SIGNATURE, explain
from benchmark.files import temporary_folder
from benchmark.hardships import EMPTY_ROWS, HARDSHIPS, one_row, possible, suffering
from benchmark.records import Record
from benchmark.repeating import differing
from benchmark.run import Run
from benchmark.runner import plan, run_all
from benchmark.slices import Slice, cut
from benchmark.solutions import Solution
from benchmark.task import Task

Progress = Callable[[str], None]

SUPPORTS, PLAIN, AGAIN, HARD, ONE_ROW = (
    "supports",
    "plain test",
    "same seed again",
    "hardships",
    "one-row test",
)
OF_EVERY_RUN = (IMPORTS, SIGNATURE, PLAIN, FORMAT, OUTSIDE, LIMITS)
_OF_ANY_RUN = (OUTSIDE, LIMITS)  # what may come up first in a later run
DEMANDS = (SUPPORTS, *OF_EVERY_RUN, AGAIN, *HARDSHIPS, HARD, ONE_ROW)
_ADVICE = {
    PLAIN: "The last lines of the log say where it fails, on rows of the task as they are.",
    AGAIN: "Give task.seed to all that draws at random, and let nothing depend on the clock or on the order of a set.",
    "unseen categories": "A test has categories that training had not: give them a code of their own.",
    "missing categories": "Any cell of a category may be empty: make that a category, or fill it.",
    "missing pictures": "Any picture may be missing, its cell is None then: skip it, and fill its features.",
    "missing texts": "Any text may be missing: X[column].fillna('').",
    "missing numbers": "Any number or time may be missing: fill it, or take a model that knows NaN.",
    EMPTY_ROWS: "A row may have no cell filled: answer what is likeliest without any.",
    HARD: "It bears each hardship alone, and not all of them in one test.",
    ONE_ROW: "A test may have a single row: nothing in predict(X) may need a second one.",
    SUPPORTS: "Try it on a task that it does: --task.",
}


@dataclass(frozen=True)
class Finding:
    """A demand that the solution misses on the tasks, what happened, what to do, and the last lines of the log."""

    demand: str
    tasks: tuple[str, ...]
    what: str
    do: str
    log: str = field(default="", repr=False)


@dataclass
class Trial:
    """What became of a solution on a slice of one task: the record of the plain test, and which demands it met.

    A demand that was not put is not in `met`.
    """

    slice: Slice
    plain: Record | None = None
    met: dict[str, bool] = field(default_factory=dict)

    @property
    def task(self) -> Task:
        return self.slice.task

    @property
    def supported(self) -> bool:
        return self.plain is None or self.plain.run["status"] != "unsupported"

    @property
    def reason(self) -> str:
        """Why the plain test did not end ok, in the run's or the solution's words."""
        return str(self.plain.run["reason"]) if self.plain else ""

    def as_dict(self) -> dict[str, Any]:
        run, score = (self.plain.run, self.plain.score) if self.plain else ({}, None)
        return {
            "task": self.task.name,
            "version": self.task.version,
            "kind": self.task.kind,
            "status": run.get("status"),
            "reason": self.reason,
            "seconds": run.get("seconds", {}).get("total"),
            "peak_memory": run.get("peak_memory"),
            "metric": str(self.task.metric),
            "headline": score["headline"]["value"] if score else None,
            "constant": score["constant"] if score else None,
            "met": self.met,
        }


@dataclass(frozen=True)
class Contract:
    """What the contract test found."""

    solution: str
    trials: list[Trial]
    findings: list[Finding]

    @property
    def ok(self) -> bool:
        return not self.findings

    def as_dict(self) -> dict[str, Any]:
        """As JSON; the schema is in docs/formats.md."""
        return {
            "solution": self.solution,
            "ok": self.ok,
            "tasks": [trial.as_dict() for trial in self.trials],
            "findings": [asdict(finding) for finding in self.findings],
        }


def check_solution(
    solution: Solution,
    tasks: Iterable[Task],
    budget: Budget,
    trusted: bool = False,
    jobs: int = 1,
    progress: Progress = lambda step: None,
) -> Contract:
    """Try a solution on a slice of each task; `budget` is that of one run, of which there are four per task.

    Raises UserError for ready predictions, and for foreign code that is not trusted where there is no sandbox;
    HostTrouble where it could not be run through no fault of its own.
    """
    if solution.form == "predictions":
        raise UserError(f"{solution.name} holds predictions.", do="classmark check TASK FILE")
    with ExitStack() as stack:
        test = _Test(solution, budget, trusted, jobs, progress, stack.enter_context(temporary_folder()))
        for task in tasks:
            progress(f"{task.name}: cutting a slice")
            test.trials.append(Trial(stack.enter_context(cut(task))))
        test.make()
        return Contract(solution.name, test.trials, _merged(test.findings))


@dataclass
class _Test:
    solution: Solution
    budget: Budget
    trusted: bool
    jobs: int
    progress: Progress
    results: Path
    trials: list[Trial] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def make(self) -> None:
        for trial, demand, record in self._plain():
            trial.plain = record
            if trial.supported and self._see(trial, demand, record):
                trial.met = dict.fromkeys(OF_EVERY_RUN, True)
        if not any(trial.supported for trial in self.trials):
            for trial in self.trials:
                self._miss(trial, SUPPORTS, f"It says that it does not do this: {trial.reason}")
        good, suffered = [trial for trial in self.trials if trial.met.get(PLAIN)], []
        for trial, demand, record in self._run([(t, d) for t in good for d in (AGAIN, HARD, ONE_ROW)]):
            if demand == HARD and not record.ok:
                suffered.append((trial, record))
            elif self._see(trial, demand, record) and demand == HARD:
                trial.met |= dict.fromkeys(possible(trial.task.columns), True)
            elif record.ok and demand == AGAIN:
                self._compare(trial, record)
        self._alone(suffered)

    def _plain(self) -> list[tuple[Trial, str, Record]]:
        """The plain tests; the first alone where the solution's environment cannot be built."""
        first = self._run([(trial, PLAIN) for trial in self.trials[:1]])
        if any(record.run["reason"].startswith(NO_ENVIRONMENT) for _, _, record in first):
            return first
        return first + self._run([(trial, PLAIN) for trial in self.trials[1:]])

    def _alone(self, suffered: Sequence[tuple[Trial, Record]]) -> None:
        """Which of the hardships it was; empty rows only say something new where no single one was too much."""
        singles = [(t, name) for t, _ in suffered for name in possible(t.task.columns) if name != EMPTY_ROWS]
        for trial, name, record in self._run(singles):
            self._see(trial, name, record)
        unclear = [one for one in suffered if all(one[0].met.get(name, True) for name in HARDSHIPS)]
        empty = self._run([(trial, EMPTY_ROWS) for trial, _ in unclear])
        for (trial, together), (_, _, record) in zip(unclear, empty, strict=True):
            if self._see(trial, EMPTY_ROWS, record):
                self._see(trial, HARD, together)

    def _compare(self, trial: Trial, record: Record) -> None:
        assert trial.plain is not None
        first, second = (next(one.folder.glob("predictions.*")) for one in (trial.plain, record))
        count, rows = differing(trial.task, first, second)
        if count:
            self._miss(trial, AGAIN, f"{count} of {rows} predictions differ between two runs with seed 0.")

    def _see(self, trial: Trial, demand: str, record: Record) -> bool:
        """Whether the run ended ok, which meets the demand; a finding where it did not."""
        if record.ok:
            trial.met[demand] = True
            return True
        failure = explain(record)
        meant = (
            failure.demand
            if failure.demand and (demand == PLAIN or failure.demand in _OF_ANY_RUN)
            else demand
        )
        self._miss(trial, meant, failure.what, failure.do, failure.log)
        return False

    def _miss(self, trial: Trial, demand: str, what: str, do: str = "", log: str = "") -> None:
        trial.met[demand] = False
        self.findings.append(Finding(demand, (trial.task.name,), what, do or _ADVICE[demand], log))

    def _run(self, wanted: Sequence[tuple[Trial, str]]) -> list[tuple[Trial, str, Record]]:
        """Make the runs side by side; the records in order."""
        runs = []
        for trial, demand in wanted:
            runs += plan(
                [self.solution], [_variant(trial.slice, demand)], [0], None, self.budget, self.trusted
            )
        demands = {run.key: demand for run, (_, demand) in zip(runs, wanted, strict=True)}

        def show(run: Run, change: Any) -> None:
            if change is None or isinstance(change, str):
                self.progress(f"{run.task.name}: {change or demands[run.key]}")

        records = run_all(runs, self.results, self.jobs, "local", False, show)
        for record in records:
            if record.run["host"]:
                raise HostTrouble(record.run["reason"])
        return [(trial, demand, record) for (trial, demand), record in zip(wanted, records, strict=True)]


def _variant(part: Slice, demand: str) -> Task:
    if demand == HARD:
        return part.variant(demand, suffering(possible(part.task.columns)))
    if demand == ONE_ROW:
        return part.variant(demand, one_row)
    return part.variant(demand, suffering([demand] if demand in HARDSHIPS else []))


def _merged(findings: Iterable[Finding]) -> list[Finding]:
    """One finding for all tasks on which the same happened, in the order of the demands."""
    found: dict[tuple[str, str, str], Finding] = {}
    for one in findings:
        same = found.get(key := (one.demand, one.what, one.do))
        found[key] = replace(same, tasks=(*same.tasks, *one.tasks)) if same else one
    return sorted(found.values(), key=lambda finding: DEMANDS.index(finding.demand))
