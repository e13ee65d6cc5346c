"""What a team is shown of its own submissions: receipt, status, public scores and what kept one from being scored."""

from __future__ import annotations

from typing import Any

from leaderboard.contest import Contest
from leaderboard.record.accepting import receipt
from leaderboard.record.journal import spelled
from leaderboard.record.state import Scoring, State, Submission
from leaderboard.views import rounded, tracks_json


def queued_json(contest: Contest, submission: Submission) -> dict[str, Any]:
    """The receipt of a submission that has just been accepted."""
    return {**receipt(contest, submission), "status": "queued", "score": None}


def submission_json(contest: Contest, state: State, submission: Submission) -> dict[str, Any]:
    """The receipt, with "status" and "score"."""
    queued, scoring = queued_json(contest, submission), state.scoring(submission.id)
    if scoring is None:
        return queued
    return {**queued, "status": "scored", "score": _score_json(contest, state, scoring)}


def _score_json(contest: Contest, state: State, scoring: Scoring) -> dict[str, Any]:
    digits = contest.config.public_precision
    tasks = {
        name: {
            "status": score.status,
            "value": rounded(score.value, digits),
            "low": rounded(score.low, digits),
            "high": rounded(score.high, digits),
            "message": score.message,
        }
        for name, score in scoring.tasks.items()
    }
    return {
        "tracks": tracks_json(contest, scoring, state.constant),
        "tasks": tasks,
        "scored": spelled(scoring.time),
        "reason": scoring.reason,
    }
