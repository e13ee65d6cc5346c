"""The JSON of boards, teams and history, with an example of each."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from leaderboard.server.models import ID, SHA, TIME, example_of

_PLACE: dict[str, Any] = {
    "rank": 1,
    "score": 0.713,
    "low": 0.701,
    "high": 0.725,
    "answered": 1,
    "asked": 1,
    "submission": ID,
    "time": TIME,
    "tasks": {"product_type": {"value": 0.713, "low": 0.701, "high": 0.725, "answered": True}},
}


class ShownTask(BaseModel):
    value: float
    low: float
    high: float
    answered: bool


class Place(BaseModel):
    """Where a team stands on a track. Equal ranks cannot be told apart; baselines have none."""

    rank: int | None
    score: float
    low: float
    high: float
    answered: int
    asked: int
    submission: str
    time: datetime
    tasks: dict[str, ShownTask]


class BoardRow(Place):
    team: str
    name: str
    baseline: bool


class Board(BaseModel):
    name: str
    title: str
    tasks: list[str]
    constant: float
    rows: list[BoardRow]


class Leaderboard(BaseModel):
    """The boards of all tracks, as of the journal's entry `seq`."""

    model_config = example_of(
        {
            "competition": "products-2026",
            "seq": 417,
            "head": SHA,
            "time": TIME,
            "tracks": [
                {
                    "name": "classification",
                    "title": "Classification",
                    "tasks": ["product_type"],
                    "constant": 0.012,
                    "rows": [
                        {"team": "blue-foxes", "name": "Blue Foxes", "baseline": False, **_PLACE},
                    ],
                }
            ],
        }
    )
    competition: str
    seq: int
    head: str
    time: datetime
    tracks: list[Board]


class Step(BaseModel):
    """A scored submission on a track, and the team's best score up to then."""

    submission: str
    time: datetime
    score: float
    best: float


class PublicTaskScore(BaseModel):
    status: str
    value: float | None
    low: float | None
    high: float | None


class PublicSubmission(BaseModel):
    submission: str
    time: datetime
    phase: str
    form: Literal["predictions", "code"]
    status: Literal["queued", "scored"]
    tracks: dict[str, float | None]
    tasks: dict[str, PublicTaskScore]


class TeamPage(BaseModel):
    """A team: where it stands, how it came there, and its submissions, newest first."""

    model_config = example_of(
        {
            "team": "blue-foxes",
            "name": "Blue Foxes",
            "baseline": False,
            "since": TIME,
            "tracks": {"classification": _PLACE},
            "progress": {"classification": [{"submission": ID, "time": TIME, "score": 0.713, "best": 0.713}]},
            "submissions": [
                {
                    "submission": ID,
                    "time": TIME,
                    "phase": "main",
                    "form": "predictions",
                    "status": "scored",
                    "tracks": {"classification": 0.713},
                    "tasks": {"product_type": {"status": "ok", "value": 0.713, "low": 0.701, "high": 0.725}},
                }
            ],
        }
    )
    team: str
    name: str
    baseline: bool
    since: datetime
    tracks: dict[str, Place]
    progress: dict[str, list[Step]]
    submissions: list[PublicSubmission]


class Attempt(BaseModel):
    """A scored submission: its score on each track, where it answers a task of the track."""

    model_config = example_of(
        {
            "submission": ID,
            "time": TIME,
            "team": "blue-foxes",
            "name": "Blue Foxes",
            "baseline": False,
            "tracks": {"classification": 0.713},
        }
    )
    submission: str
    time: datetime
    team: str
    name: str
    baseline: bool
    tracks: dict[str, float | None]
