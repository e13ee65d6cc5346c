"""Scorings: what a submission is worth on the public and on the private part, task by task, and their recording.

Numbers are those of `classmark score TASK FILE --part PART`. Hidden labels are read here; what leaves is the bodies of
`scored` and `constants` entries, the public one for the competition's record, the private one for the other.
"""

from __future__ import annotations

import gzip
import io
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.checking import check
from benchmark.intervals import DRAWS, Estimate, draw, interval
from benchmark.labels import Labels, Part
from benchmark.scoring import Brief, brief, constant_counts, headline
from benchmark.task import Task
from leaderboard.contest import Contest
from leaderboard.record.ledger import Addition, Ledger
from leaderboard.record.state import Scoring, State, Submission, TaskScore
from leaderboard.record.vault import Vault
from leaderboard.scoring.failures import raise_outage, report_failure
from leaderboard.scoring.running import run_code

SCORER = f"classmark {version('classmark')}"
MOST_MESSAGE = 2_000
MOST_CLASSES = 1_000


@dataclass(frozen=True)
class ScoredParts:
    """The bodies of one scoring's entries, one for each record."""

    public: dict[str, Any]
    private: dict[str, Any]


@dataclass
class _Sheet:
    """One part of one submission, while it is scored."""

    tasks: dict[str, TaskScore] = field(default_factory=dict)
    draws: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    report: dict[str, Any] = field(default_factory=dict)

    def enter(self, task: str, found: Estimate) -> None:
        """Take in a headline. Only finite numbers are kept; a score that is none is a failure."""
        if not np.isfinite(found.value):
            self.tasks[task] = TaskScore("failed", message="The score is not a finite number.")
            return
        low, high, draws = found.low, found.high, found.draws
        if draws is None or not np.isfinite(draws).all():
            low, high, draws = None, None, np.full(DRAWS, found.value)
        self.tasks[task] = TaskScore("ok", found.value, low, high)
        self.draws[task] = draws.astype(np.float32)

    def body(self, submission: str, vault: Vault, reports: Vault | None = None) -> dict[str, Any]:
        return {
            "submission": submission,
            "tasks": {name: asdict(score) for name, score in self.tasks.items()},
            "draws": vault.put([_packed(self.draws)]) if self.draws else "",
            "report": reports.put([_zipped(self.report)]) if reports and self.report else "",
            "scorer": SCORER,
            "reason": "",
        }


def score_submission(
    contest: Contest,
    submission: Submission,
    cpus: Sequence[int] = (0,),
    stop: threading.Event | None = None,
) -> ScoredParts:
    """Score a submission on both parts. Whatever goes wrong with a task is that task's status, and no more.

    Code is run first, on `cpus`; KeyboardInterrupt where `stop` is set meanwhile. Raises OSError where draws cannot
    be written.
    """
    public, private = _Sheet(), _Sheet()
    for name, answer in _answers(contest, submission, cpus, stop or threading.Event()).items():
        if isinstance(answer, TaskScore):
            public.tasks[name] = private.tasks[name] = answer
            continue
        what = f"submission {submission.id}, {name}"
        try:
            _score(contest, name, answer, public, private)
        except Exception as error:
            raise_outage(error)
            message = report_failure(contest, what, error)
            public.tasks[name] = private.tasks[name] = TaskScore("failed", message=message)
            for sheet in (public, private):
                sheet.draws.pop(name, None)
    return ScoredParts(
        public.body(submission.id, contest.draws, contest.reports),
        private.body(submission.id, contest.private_draws),
    )


def score_constants(contest: Contest) -> ScoredParts:
    """The constant answer of every task on both parts: what stands in where a team has not answered."""
    sheets: dict[Part, _Sheet] = {"public": _Sheet(), "private": _Sheet()}
    for name in contest.config.tasks:
        task, labels = contest.task(name), contest.labels(name)
        for part, sheet in sheets.items():
            sheet.enter(name, _constant(task, labels, part))
    return ScoredParts(
        sheets["public"].body("", contest.draws), sheets["private"].body("", contest.private_draws)
    )


def record_scoring(
    contest: Contest,
    submission: str,
    reason: str = "",
    cpus: Sequence[int] = (0,),
    stop: threading.Event | None = None,
) -> None:
    """Score a submission and write it down; one that has a scoring only where a reason is given.

    The private record is written first: who is killed in between leaves the submission queued, and the next scoring
    finds its private half there.
    """
    with contest.ledger.reading() as state:
        found, done = state.submissions[submission], submission in state.scorings
    if done and not reason:
        return
    parts = score_submission(contest, found, cpus, stop)
    for ledger, body in ((contest.private_ledger, parts.private), (contest.ledger, parts.public)):
        _record(ledger, "scored", body | {"reason": reason})


def record_constants(contest: Contest, reason: str = "") -> None:
    """Score the constant answers and write them down; where they are on record, only for a reason."""
    parts = score_constants(contest)
    for ledger, body in ((contest.private_ledger, parts.private), (contest.ledger, parts.public)):
        _record(ledger, "constants", body | {"reason": reason})


def record_failure(contest: Contest, submission: str, message: str) -> None:
    """Write down that a submission could not be scored at all, in words that the team may read."""
    with contest.ledger.reading() as state:
        found = state.submissions[submission]
    names = list(contest.config.tasks) if found.form == "code" else list(found.files)
    sheet = _Sheet({name: TaskScore("failed", message=message) for name in names})
    body = sheet.body(submission, contest.draws)
    for ledger in (contest.private_ledger, contest.ledger):
        _record(ledger, "scored", body)


def read_draws(vault: Vault, digest: str) -> dict[str, NDArray[np.float64]]:
    """The draws of a scoring, by task: float64 (1000,)."""
    if not digest:
        return {}
    with np.load(vault.path(digest), allow_pickle=False) as arrays:
        return {name: arrays[name].astype(np.float64) for name in arrays.files}


def read_report(contest: Contest, digest: str) -> dict[str, Any]:
    """What a scoring found on the public part, by task: `{"check", "metrics", "classes"}`."""
    if not digest:
        return {}
    found: dict[str, Any] = json.loads(gzip.decompress(contest.reports.path(digest).read_bytes()))
    return found


def _answers(
    contest: Contest, submission: Submission, cpus: Sequence[int], stop: threading.Event
) -> Mapping[str, Path | TaskScore]:
    if submission.form == "code":
        return run_code(contest, submission, cpus, stop)
    return {name: contest.submissions.path(digest) for name, digest in submission.files.items()}


def _score(contest: Contest, name: str, answer: Path, public: _Sheet, private: _Sheet) -> None:
    task = contest.task(name)
    report = check(task, answer)
    if not report.ok:
        message = "; ".join(map(str, report.faults))[:MOST_MESSAGE]
        public.tasks[name] = private.tasks[name] = TaskScore("invalid", message=message)
        public.report[name] = {"check": report.as_dict(), "metrics": {}, "classes": []}
        return
    labels = contest.labels(name)
    private.enter(name, headline(task, report.answer, labels, "private"))
    found = brief(task, report.answer, labels, "public")
    public.enter(name, found.headline)
    public.report[name] = {"check": report.as_dict(), **_printed(task, found)}


def _constant(task: Task, labels: Labels, part: Part) -> Estimate:
    counts = constant_counts(task, labels, labels.in_part(part))
    value, draws = float(task.metric.value(counts.sum(axis=0))), draw(task.metric, counts, task.digest)
    low, high = np.clip(interval(value, draws), *task.metric.bounds).tolist()
    return Estimate(value, low, high, draws)


def _record(ledger: Ledger, kind: str, body: dict[str, Any]) -> None:
    """Add a scoring. Where there is one, it takes a reason, and something to say that the newest does not say."""

    def decide(state: State) -> list[Addition]:
        newest = state.scoring(body["submission"]) if kind == "scored" else state.constant
        again = newest is not None and (not body["reason"] or _says(newest) == body)
        return [] if again else [(kind, body)]

    ledger.record(decide)


def _says(scoring: Scoring) -> dict[str, Any]:
    return {key: value for key, value in asdict(scoring).items() if key not in ("time", "seq")}


def _printed(task: Task, found: Brief) -> dict[str, Any]:
    """The metrics, and the table of classes; of true clusters there is none, for nobody knows them by name.

    A number that is not finite becomes null.
    """
    metrics = {str(metric): value if np.isfinite(value) else None for metric, value in found.metrics.items()}
    classes = found.breakdown.head(MOST_CLASSES) if task.kind == "classification" else found.breakdown[:0]
    table = classes.astype(object).where(classes.notna(), None)
    return {"metrics": metrics, "classes": table.to_dict("records")}


def _packed(draws: dict[str, NDArray[np.float32]]) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **draws)
    return buffer.getvalue()


def _zipped(report: dict[str, Any]) -> bytes:
    text = json.dumps(report, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return gzip.compress(text.encode(), compresslevel=6, mtime=0)
