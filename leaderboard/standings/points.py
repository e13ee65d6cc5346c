"""Point scores: what each submission is worth in each track, as one number."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from leaderboard.config import Track
from leaderboard.record.state import Scoring, State, Submission


def task_value(scoring: Scoring | None, task: str) -> float | None:
    """The headline on a task; None where there is none that is ok."""
    score = scoring.tasks.get(task) if scoring else None
    return score.value if score and score.status == "ok" else None


def constant_value(constant: Scoring | None, task: str) -> float:
    """What a task without an answer counts: the constant answer's score, 0 before that is known."""
    return task_value(constant, task) or 0.0


def track_score(track: Track, scoring: Scoring, constant: Scoring | None) -> float | None:
    """The mean headline over the track's tasks; a task without one counts as the constant answer.

    None for a submission that answers no task of the track: it does not enter it.
    """
    values = [task_value(scoring, name) for name in track.names]
    if all(value is None for value in values):
        return None
    pairs = zip(track.names, values, strict=True)
    return float(
        np.mean([constant_value(constant, name) if value is None else value for name, value in pairs])
    )


class Points:
    """The track scores of all scored submissions, by track and team; taken in one by one."""

    def __init__(self, tracks: Iterable[Track]) -> None:
        self._tracks = tuple(tracks)
        self._scores: dict[tuple[str, str], dict[str, float]] = {}

    def take(self, submission: Submission, state: State) -> None:
        """Take in the newest scoring of a submission; what was known of it before is forgotten."""
        scoring = state.scoring(submission.id)
        for track in self._tracks:
            own = self._scores.setdefault((track.name, submission.team), {})
            value = track_score(track, scoring, state.constant) if scoring else None
            if value is None:
                own.pop(submission.id, None)
            else:
                own[submission.id] = value

    def of(self, track: str, team: str) -> dict[str, float]:
        """The scores of a team's submissions that enter a track."""
        return self._scores.get((track, team), {})
