"""What a team's page shows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from leaderboard.pages.charts import Line, Reference, progress
from leaderboard.pages.view import View, compare_path
from leaderboard.record.outcome import outcome
from leaderboard.record.state import Submission, Team

NEIGHBOURS = 3


@dataclass(frozen=True)
class Attempt:
    """A submission in the list: its state, its scores as shown in public, and in which tracks it counts now.

    `failed` holds the status of tasks that have no score; why is told to the team alone.
    """

    submission: Submission
    status: str
    tracks: dict[str, float]
    tasks: dict[str, float]
    failed: dict[str, str]
    counts_in: tuple[str, ...]


def team(view: View, name: str) -> dict[str, Any]:
    """Where a team stands, how it came there, and every submission."""
    found = view.snapshot.teams[name]
    tracks, scores = [], {}
    for board in view.boards:
        row = view.row(board.track.name, name)
        if row is None:
            continue
        points = view.history(name, board.track)
        scores[board.track.name] = {point.submission: point.score for point in points}
        line = Line(
            "best so far",
            [(point.time, point.best) for point in view.steps(name, board.track)],
            "leader",
            [(point.time, point.score) for point in points],
        )
        baseline = next((one for one in board.rows if one.team.baseline and one.team.id != name), None)
        references = [Reference(baseline.team.name, view.round(baseline.score.value))] if baseline else []
        label = f"Scores of {found.name} in {board.track.title} over time"
        tracks.append(
            {
                "track": board.track,
                "place": view.place(board.track),
                "row": row,
                "of": sum(one.rank is not None for one in board.rows),
                "score": view.shown(row.score),
                "chart": partial(progress, [line], references, view.opens, view.until, label)
                if points
                else None,
                "tasks": _tasks(view, row),
            }
        )
    attempts = [
        _attempt(view, one, scores, tracks)
        for one in sorted(view.snapshot.of_team(name), key=lambda one: -one.seq)
    ]
    near, rest = _others(view, found)
    return {
        "team": found,
        "tracks": tracks,
        "attempts": attempts,
        "live": not view.published and any(one.status == "queued" for one in attempts),
        "near": near,
        "rest": rest,
    }


def _tasks(view: View, row: Any) -> list[tuple[str, Any, Any, bool]]:
    """Name, score, whisker and whether it was answered, for each task of the row's track."""
    scores = {name: view.shown(one) for name, one in row.tasks.items()}
    whiskers = view.whiskers(scores)
    return [(name, scores[name], whiskers[name], name in row.answered) for name in scores]


def _attempt(
    view: View, one: Submission, scores: dict[str, dict[str, float]], tracks: list[dict[str, Any]]
) -> Attempt:
    scoring = view.snapshot.scorings.get(one.id)
    tasks = scoring.tasks if scoring else {}
    status = outcome(score.status for score in tasks.values()) if scoring else "queued"
    counts = tuple(part["track"].name for part in tracks if part["row"].submission.id == one.id)
    return Attempt(
        submission=one,
        status=status,
        tracks={name: found[one.id] for name, found in scores.items() if one.id in found},
        tasks={name: view.round(score.value) for name, score in tasks.items() if score.value is not None},
        failed={name: score.status for name, score in tasks.items() if score.status != "ok"},
        counts_in=counts,
    )


def _others(view: View, team: Team) -> tuple[list[tuple[Team, str]], list[tuple[Team, str]]]:
    """Whom to compare with: the first of each track and the ones around, and everybody else."""
    near: dict[str, Team] = {}
    for board in view.boards:
        names = [row.team for row in board.rows]
        place = next((place for place, one in enumerate(names) if one.id == team.id), None)
        if place is not None:
            around = names[max(place - NEIGHBOURS, 0) : place + NEIGHBOURS + 1]
            near |= {one.id: one for one in [*names[:1], *around]}
    rest = sorted(
        (one for one in view.snapshot.teams.values() if one.id not in near), key=lambda one: one.name
    )
    first, second = (
        [(one, compare_path(one.id, team.id)) for one in teams if view.compared(one.id, team.id)]
        for teams in (near.values(), rest)
    )
    return first, second
