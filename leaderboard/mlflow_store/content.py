"""What MLflow shows of each scored submission: a pure function of the record, to be written, checked, written again.

The scheme is written down in docs/mlflow.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from leaderboard.contest import Contest
from leaderboard.record.journal import Entry
from leaderboard.record.state import Scoring, Submission, Team, scoring_of

SUBMISSION = "classmark.submission"
NUMBER = "classmark.scoring"
_MOST_TEXT = 4_000


@dataclass(frozen=True)
class Headline:
    """A task's score with its interval, beside the constant answer's."""

    value: float
    low: float | None
    high: float | None
    constant: float | None


@dataclass(frozen=True)
class RunContent:
    """One run, as its `number`th scoring makes it, counted from 1. Times are milliseconds.

    `fixed` tags are those that no scoring changes; the last of `tags` is its number.
    """

    submission: str
    number: int
    name: str
    start: int
    end: int
    status: str
    params: dict[str, str]
    fixed: dict[str, str]
    tags: dict[str, str]
    metrics: dict[str, float]
    headlines: dict[str, Headline]
    report: str


class Reading:
    """Reads scorings, entry by entry, of the public record or of the private one."""

    def __init__(self, contest: Contest, private: bool) -> None:
        self._contest, self._private = contest, private
        self._ledger = contest.private_ledger if private else contest.ledger
        self._constant: Scoring | None = None
        self._numbers: dict[str, int] = {}
        self._seq = 0

    def new(self) -> Iterator[RunContent]:
        """What each scoring makes of its run, for the scorings that were recorded since the last call.

        A private record that was copied after the public one may know scorings of submissions that are not on it.
        """
        for entry in self._ledger.journal.entries(self._seq):
            self._seq = entry.seq
            if entry.kind == "constants":
                self._constant = scoring_of(entry)
            elif entry.kind == "scored" and (content := self._content(entry)):
                yield content

    def is_done(self) -> bool:
        """Whether nothing was recorded since the last call of `new`."""
        return self._ledger.journal.last() == self._seq

    def _content(self, entry: Entry) -> RunContent | None:
        scoring = scoring_of(entry)
        with self._contest.ledger.reading() as state:
            submission = state.submissions.get(scoring.submission)
            if submission is None:
                return None
            team = state.teams[submission.team]
        number = self._numbers[submission.id] = self._numbers.get(submission.id, 0) + 1
        ended_ok = any(task.status == "ok" for task in scoring.tasks.values())
        return RunContent(
            submission=submission.id,
            number=number,
            name=team.name,
            start=_milliseconds(submission.time),
            end=_milliseconds(scoring.time),
            status="FINISHED" if ended_ok else "FAILED",
            params=_params(submission, team),
            fixed=_fixed(submission),
            tags=_tags(scoring, number),
            metrics=self._metrics(scoring),
            headlines=self._headlines(scoring),
            report="" if self._private else scoring.report,
        )

    def _metrics(self, scoring: Scoring) -> dict[str, float]:
        """The headline of each task, and of each track the mean and how many of its tasks have an answer."""
        found: dict[str, float] = {}
        for track in self._contest.config.tracks:
            means: list[float] = []
            answered = 0
            for name in track.names:
                task = scoring.tasks.get(name)
                if task is not None and task.value is not None:
                    answered += 1
                    means.append(task.value)
                    found[metric_name(self._contest, name)] = task.value
                elif (
                    self._constant is not None and (stand_in := self._constant.tasks[name].value) is not None
                ):
                    means.append(stand_in)
            if len(means) == len(track.names):
                found[f"{track.name}/mean"] = float(np.mean(means))
            found[f"{track.name}/answered"] = float(answered)
        return found

    def _headlines(self, scoring: Scoring) -> dict[str, Headline]:
        return {
            name: Headline(task.value, task.low, task.high, self._constant_of(name))
            for name, task in scoring.tasks.items()
            if task.value is not None
        }

    def _constant_of(self, task: str) -> float | None:
        return self._constant.tasks[task].value if self._constant else None


def metric_name(contest: Contest, task: str) -> str:
    """`<task>/<headline>`, in letters that MLflow takes."""
    headline = str(contest.task(task).metric).replace("@", "_at_").replace("=", "_")
    return f"{task}/{headline}"


def _params(submission: Submission, team: Team) -> dict[str, str]:
    return {
        "submission": submission.id,
        "team": team.id,
        "baseline": "yes" if team.baseline else "no",
        "form": submission.form,
        "phase": submission.phase,
        "files": ", ".join(sorted(submission.files))[:_MOST_TEXT],
    }


def _fixed(submission: Submission) -> dict[str, str]:
    tags = {
        SUBMISSION: submission.id,
        "classmark.seq": str(submission.seq),
        "classmark.head": submission.head,
        "classmark.digest": submission.digest,
        "classmark.note": submission.note,
        "mlflow.user": submission.team,
    }
    return {key: value for key, value in tags.items() if value}


def _tags(scoring: Scoring, number: int) -> dict[str, str]:
    amiss = {name: task for name, task in sorted(scoring.tasks.items()) if task.status != "ok"}
    tags = {
        "classmark.scorer": scoring.scorer,
        "classmark.reason": scoring.reason[:_MOST_TEXT],
        "classmark.status": ", ".join(f"{name}: {task.status}" for name, task in amiss.items()) or "ok",
        "classmark.messages": "\n\n".join(f"{name}: {task.message}" for name, task in amiss.items())[
            :_MOST_TEXT
        ],
        NUMBER: str(number),
    }
    return {key: value for key, value in tags.items() if value}


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
