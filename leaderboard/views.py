"""What the API answers about a competition, as JSON: settings, tasks, boards, teams. All of it is for everybody.

Scores are those of the public part, rounded to the settings' precision. Nothing here knows a private score, a label,
a note or a message to a team.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import accumulate
from typing import Any

from benchmark.comparing.sampled import Sampled
from leaderboard.config import Track
from leaderboard.contest import Contest
from leaderboard.making.bundles import task_file
from leaderboard.record.accepting import require_open
from leaderboard.record.journal import spelled
from leaderboard.record.refusal import Refusal
from leaderboard.record.state import Scoring, State, Submission, TaskScore
from leaderboard.standings.boards import Row, TrackBoard
from leaderboard.standings.points import track_score


def competition_json(contest: Contest, state: State, now: datetime) -> dict[str, Any]:
    """What is asked, when, and how often. `phase` is the one in which a submission would be taken now, or None."""
    config = contest.config
    return {
        "name": config.name,
        "record": state.record,
        "title": config.title,
        "text": config.text,
        "contact": config.contact,
        "rules": contest.rules,
        "phases": [
            {"name": phase.name, "opens": spelled(phase.opens), "closes": spelled(phase.closes)}
            for phase in config.phases
        ],
        "phase": _phase(contest, state, now),
        "gate": state.gate,
        "reason": state.reason,
        "tracks": [
            {
                "name": track.name,
                "title": track.title,
                "tasks": list(track.names),
                "prizes": list(track.prizes),
            }
            for track in config.tracks
        ],
        "quota": config.quota.model_dump(),
        "selected": config.selected,
        "code": config.code.model_dump() if config.code.allowed else {"allowed": False},
        "public_precision": config.public_precision,
        "final": state.final is not None,
        "seq": state.seq,
        "head": state.head,
    }


def task_json(contest: Contest, name: str) -> dict[str, Any]:
    """A task of the competition, and the file of the data bundle that holds it."""
    task, config = contest.task(name), contest.config
    file = task_file(task)
    return {
        "name": task.name,
        "version": task.version,
        "digest": task.digest,
        "kind": task.kind,
        "metric": str(task.metric),
        "track": config.track_of(name).name,
        "title": task.card["title"],
        "summary": task.card["summary"],
        "sizes": task.card["sizes"],
        "file": file if (contest.public / file).is_file() else None,
    }


def board_json(contest: Contest, boards: Iterable[TrackBoard], state: State) -> dict[str, Any]:
    """The boards of all tracks."""
    digits = contest.config.public_precision
    return {
        "competition": contest.config.name,
        "seq": state.seq,
        "head": state.head,
        "time": spelled(state.time),
        "tracks": [
            {
                "name": board.track.name,
                "title": board.track.title,
                "tasks": list(board.track.names),
                "constant": rounded(board.constant.value, digits),
                "rows": [
                    {
                        "team": row.team.id,
                        "name": row.team.name,
                        "baseline": row.team.baseline,
                        **_place(row, digits),
                    }
                    for row in board.rows
                ],
            }
            for board in boards
        ],
    }


def team_json(contest: Contest, state: State, boards: Iterable[TrackBoard], team: str) -> dict[str, Any]:
    """A team: where it stands in each track, how it came there, and its submissions, newest first."""
    found, config = state.teams[team], contest.config
    own = [state.submissions[name] for name in state.by_team.get(team, [])]
    places = {
        board.track.name: _place(row, config.public_precision)
        for board in boards
        for row in board.rows
        if row.team.id == team
    }
    return {
        "team": found.id,
        "name": found.name,
        "baseline": found.baseline,
        "since": spelled(found.since),
        "tracks": places,
        "progress": {
            track.name: _progress(track, own, state, config.public_precision) for track in config.tracks
        },
        "submissions": [_attempt(contest, one, state) for one in reversed(own)],
    }


def history_json(contest: Contest, state: State) -> list[dict[str, Any]]:
    """All scored submissions of teams that take part, oldest first: time, team, track scores."""
    found = []
    for submission in state.submissions.values():
        team, scoring = state.teams[submission.team], state.scoring(submission.id)
        if team.active and scoring:
            found.append(
                {
                    "submission": submission.id,
                    "time": spelled(submission.time),
                    "team": team.id,
                    "name": team.name,
                    "baseline": team.baseline,
                    "tracks": tracks_json(contest, scoring, state.constant),
                }
            )
    return found


def tracks_json(contest: Contest, scoring: Scoring, constant: Scoring | None) -> dict[str, float | None]:
    """A submission's score in each track, None in one that it does not enter."""
    config = contest.config
    return {
        track.name: rounded(track_score(track, scoring, constant), config.public_precision)
        for track in config.tracks
    }


def rounded(value: float | None, digits: int) -> float | None:
    """A score as it is shown: half to even, never -0.0.

    >>> rounded(0.0625, 3), rounded(-0.0001, 3), rounded(None, 3)
    (0.062, 0.0, None)
    """
    return None if value is None else round(value, digits) + 0.0


def shown(score: Sampled, digits: int) -> dict[str, float | None]:
    """A score with its interval, rounded: value, low, high."""
    low, high = score.interval
    return {
        "value": rounded(score.value, digits),
        "low": rounded(low, digits),
        "high": rounded(high, digits),
    }


def _place(row: Row, digits: int) -> dict[str, Any]:
    score = shown(row.score, digits)
    return {
        "rank": row.rank,
        "score": score["value"],
        "low": score["low"],
        "high": score["high"],
        "answered": len(row.answered),
        "asked": len(row.tasks),
        "submission": row.submission.id,
        "time": spelled(row.submission.time),
        "tasks": {
            name: {**shown(one, digits), "answered": name in row.answered} for name, one in row.tasks.items()
        },
    }


def _attempt(contest: Contest, submission: Submission, state: State) -> dict[str, Any]:
    scoring, digits = state.scoring(submission.id), contest.config.public_precision
    return {
        "submission": submission.id,
        "time": spelled(submission.time),
        "phase": submission.phase,
        "form": submission.form,
        "status": "scored" if scoring else "queued",
        "tracks": tracks_json(contest, scoring, state.constant) if scoring else {},
        "tasks": {name: _task_score(one, digits) for name, one in scoring.tasks.items()} if scoring else {},
    }


def _task_score(score: TaskScore, digits: int) -> dict[str, Any]:
    return {
        "status": score.status,
        "value": rounded(score.value, digits),
        "low": rounded(score.low, digits),
        "high": rounded(score.high, digits),
    }


def _progress(track: Track, own: Iterable[Submission], state: State, digits: int) -> list[dict[str, Any]]:
    """The scored submissions that enter a track, oldest first, with the best score so far."""
    scored = [(one, found) for one in own if (found := state.scoring(one.id))]
    scores = [(one, track_score(track, found, state.constant)) for one, found in scored]
    known = [(one, value) for one, value in scores if value is not None]
    best = accumulate((value for _, value in known), max)
    return [
        {
            "submission": one.id,
            "time": spelled(one.time),
            "score": rounded(value, digits),
            "best": rounded(top, digits),
        }
        for (one, value), top in zip(known, best, strict=True)
    ]


def _phase(contest: Contest, state: State, now: datetime) -> str | None:
    try:
        return require_open(contest.config, state, now)
    except Refusal:
        return None
