"""What the home page and the pages of tracks show."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

from leaderboard.config import Track
from leaderboard.pages.charts import Line, Reference, phases, progress
from leaderboard.pages.rendering import left
from leaderboard.pages.view import View
from leaderboard.standings.boards import Row, TrackBoard

GLANCE, LINES, LATEST = 5, 5, 8


def home(view: View) -> dict[str, Any]:
    """Both tracks at a glance, the phase and the time left, progress, what came in last."""
    snapshot, config = view.snapshot, view.config
    phase, coming = view.phase, config.next_phase(view.now)
    newest = sorted(snapshot.scorings.values(), key=lambda one: snapshot.submissions[one.submission].seq)
    latest = []
    for scoring in reversed(newest):
        submission = snapshot.submissions[scoring.submission]
        if submission.team in snapshot.teams and not snapshot.teams[submission.team].baseline:
            latest.append(
                (
                    snapshot.teams[submission.team],
                    submission,
                    _tracks_of(view, submission.team, submission.id),
                )
            )
        if len(latest) == LATEST:
            break
    return {
        "phase": phase,
        "coming": coming,
        "time_left": left(view.now, phase.closes) if phase else "",
        "time_to": left(view.now, coming.opens) if coming else "",
        "phases": partial(
            phases,
            [(one.name, one.opens, one.closes) for one in config.phases],
            view.now,
            "Phases of the competition",
        ),
        "teams": sum(not team.baseline for team in snapshot.teams.values()),
        "submissions": sum(
            len(snapshot.by_team[name]) for name, team in snapshot.teams.items() if not team.baseline
        ),
        "queued": sum(one not in snapshot.scorings for names in snapshot.by_team.values() for one in names),
        "tracks": [_glance(view, board) for board in view.boards],
        "latest": latest,
    }


def _tracks_of(view: View, team: str, submission: str) -> list[tuple[Track, float]]:
    """In which tracks a submission counts, and its score there."""
    points = ((track, view.history(team, track)) for track in view.config.tracks)
    return [(track, one.score) for track, found in points for one in found if one.submission == submission]


def _glance(view: View, board: TrackBoard) -> dict[str, Any]:
    ranked = [row for row in board.rows if row.rank is not None]
    best = next((row for row in board.rows if row.team.baseline), None)
    shown = [row for row in board.rows if row in ranked[:GLANCE] or row is best]
    return {**_table(view, board, shown), "best_baseline": best, "chart": _progress(view, board)}


def track(view: View, board: TrackBoard) -> dict[str, Any]:
    """The whole board."""
    return {**_table(view, board, list(board.rows)), "chart": _progress(view, board)}


def _table(view: View, board: TrackBoard, rows: list[Row]) -> dict[str, Any]:
    """Rows of a board with their marks, on one scale."""
    scores = {row.team.id: view.shown(row.score) for row in rows}
    constant = view.round(board.constant.value)
    baselines = {row.team.id for row in rows if row.team.baseline}
    return {
        "track": board.track,
        "place": view.place(board.track),
        "rows": rows,
        "shared": {rank for rank, count in Counter(row.rank for row in board.rows).items() if count > 1},
        "scores": scores,
        "constant": constant,
        "whiskers": view.whiskers(scores, baselines),
        "tasks": {
            row.team.id: {name: view.round(one.value) for name, one in row.tasks.items()} for row in rows
        },
        "sparklines": {row.team.id: view.sparkline(row.team.id, board.track) for row in rows},
        "counts": {row.team.id: len(view.snapshot.by_team.get(row.team.id, ())) for row in rows},
    }


def _progress(view: View, board: TrackBoard) -> Any:
    """The best scores over time of those who lead now; None while there is nothing to draw."""
    ranked = [row for row in board.rows if row.rank is not None][:LINES]
    lines = [
        Line(
            row.team.name,
            [(point.time, point.best) for point in view.steps(row.team.id, board.track)],
            "leader" if place == 0 else "other",
        )
        for place, row in enumerate(ranked)
    ]
    baseline = next((row for row in board.rows if row.team.baseline), None)
    references = [Reference(baseline.team.name, view.round(baseline.score.value))] if baseline else []
    if not lines:
        return None
    first = "first" if len(lines) == 1 else f"first {len(lines)}"
    label = f"Best score over time of the {first} in {board.track.title}"
    return partial(progress, lines, references, view.opens, view.until, label)
