"""What a team is shown of its own submissions: receipt, status, public scores. Rounded to the public precision."""

from __future__ import annotations

from statistics import fmean
from typing import Any

from leaderboard.accepting import receipt
from leaderboard.config import Track
from leaderboard.contest import Contest
from leaderboard.state import Scoring, State, Submission


def submission_json(contest: Contest, state: State, submission: Submission) -> dict[str, Any]:
    """The receipt, with "status" and "score"."""
    scoring = state.scoring(submission.id)
    return {
        **receipt(contest, submission),
        "status": "scored" if scoring else "queued",
        "score": scoring and _score_json(contest, state, scoring),
    }


def history_json(contest: Contest, state: State) -> list[dict[str, Any]]:
    """All scored submissions of teams that take part, oldest first: time, team, track scores."""
    found = []
    for submission in state.submissions.values():
        team, scoring = state.teams[submission.team], state.scoring(submission.id)
        if not team.active or not scoring:
            continue
        found.append(
            {
                "submission": submission.id,
                "time": submission.time.isoformat(timespec="milliseconds"),
                "team": team.id,
                "name": team.name,
                "baseline": team.baseline,
                "tracks": _tracks_json(contest, state, scoring),
            }
        )
    return found


def _score_json(contest: Contest, state: State, scoring: Scoring) -> dict[str, Any]:
    digits = contest.config.public_precision
    tasks = {
        name: {
            "status": score.status,
            "value": _rounded(score.value, digits),
            "low": _rounded(score.low, digits),
            "high": _rounded(score.high, digits),
            "message": score.message,
        }
        for name, score in scoring.tasks.items()
    }
    return {
        "tracks": _tracks_json(contest, state, scoring),
        "tasks": tasks,
        "scored": scoring.time.isoformat(timespec="milliseconds"),
        "reason": scoring.reason,
    }


def _tracks_json(contest: Contest, state: State, scoring: Scoring) -> dict[str, float | None]:
    digits = contest.config.public_precision
    return {
        track.name: _rounded(_track_score(track, scoring, state.constant), digits)
        for track in contest.config.tracks
    }


def _track_score(track: Track, scoring: Scoring, constant: Scoring | None) -> float | None:
    """The mean over the track's tasks, with the constant answer's score where there is no other.

    None for a submission that answers none of them.
    """
    answered = [name for name in track.names if _value(scoring, name) is not None]
    values = [_value(scoring if name in answered else constant, name) for name in track.names]
    known = [value for value in values if value is not None]
    return fmean(known) if answered and len(known) == len(track.names) else None


def _value(scoring: Scoring | None, task: str) -> float | None:
    score = scoring.tasks.get(task) if scoring else None
    return score.value if score and score.status == "ok" else None


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
