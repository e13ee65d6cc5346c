"""The JSON of the API, with an example of each. What is answered is built elsewhere; tests hold the two together."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

_TIME = "2026-03-01T12:00:00.000+00:00"
_SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_ID = "0c9f6a2e4b1d4e0f"
_RECEIPT: dict[str, Any] = {
    "competition": "products-2026",
    "submission": _ID,
    "team": "blue-foxes",
    "time": _TIME,
    "form": "predictions",
    "files": {"product_type": _SHA},
    "digest": _SHA,
    "note": "gradient boosting, tuned",
    "phase": "main",
    "seq": 417,
    "head": _SHA,
    "status": "queued",
    "score": None,
}
_SCORE: dict[str, Any] = {
    "tracks": {"classification": 0.713},
    "tasks": {
        "product_type": {"status": "ok", "value": 0.713, "low": 0.701, "high": 0.725, "message": ""},
    },
    "scored": "2026-03-01T12:00:01.200+00:00",
    "reason": "",
}
_PLACE: dict[str, Any] = {
    "rank": 1,
    "score": 0.713,
    "low": 0.701,
    "high": 0.725,
    "answered": 1,
    "asked": 1,
    "submission": _ID,
    "time": _TIME,
    "tasks": {"product_type": {"value": 0.713, "low": 0.701, "high": 0.725, "answered": True}},
}


def _example(content: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [content]})


class Fault(BaseModel):
    """One kind of fault in a file: `rows` are the first row numbers, counted from 1 after the header."""

    code: str
    message: str
    count: int
    rows: list[int]
    examples: list[str]


class Problem(BaseModel):
    """What was wrong, what is allowed, what was given, what to do."""

    code: str
    problem: str
    allowed: str
    given: str
    do: str
    faults: dict[str, list[Fault]]
    request_id: str


class Error(BaseModel):
    """Every error has this shape."""

    error: Problem


class Phase(BaseModel):
    name: str
    opens: datetime
    closes: datetime


class Quota(BaseModel):
    """What a team has used and has left; a total of 0 is no limit."""

    model_config = _example(
        {
            "used_today": 2,
            "per_day": 5,
            "used": 17,
            "total": 0,
            "left": 3,
            "resets": "2026-03-02T00:00:00.000+00:00",
        }
    )
    used_today: int
    per_day: int
    used: int
    total: int
    left: int
    resets: datetime


class TrackOfCompetition(BaseModel):
    name: str
    title: str
    tasks: list[str]
    prizes: list[str]


class Competition(BaseModel):
    """What is asked, when, and how often. `seq` and `head` are the newest entry of the journal."""

    model_config = _example(
        {
            "name": "products-2026",
            "title": "Products 2026",
            "text": "Sort products into types, and find the same product again.",
            "contact": "host@example.org",
            "rules": "# Rules\n",
            "phases": [{"name": "main", "opens": _TIME, "closes": "2026-07-01T00:00:00+00:00"}],
            "phase": "main",
            "gate": "",
            "reason": "",
            "tracks": [
                {
                    "name": "classification",
                    "title": "Classification",
                    "tasks": ["product_type"],
                    "prizes": ["1,000 EUR"],
                }
            ],
            "quota": {"per_day": 5, "total": 0},
            "selected": 2,
            "code": {"allowed": False},
            "public_precision": 3,
            "final": False,
            "seq": 417,
            "head": _SHA,
        }
    )
    name: str
    title: str
    text: str
    contact: str
    rules: str
    phases: list[Phase]
    phase: str | None
    gate: str
    reason: str
    tracks: list[TrackOfCompetition]
    quota: dict[str, Any]
    selected: int
    code: dict[str, Any]
    public_precision: int
    final: bool
    seq: int
    head: str


class TaskOfCompetition(BaseModel):
    """A task, and the file of the data bundle that holds it."""

    model_config = _example(
        {
            "name": "product_type",
            "version": "1.0.0",
            "digest": _SHA,
            "kind": "classification",
            "metric": "macro_f1",
            "track": "classification",
            "title": "Product types",
            "summary": "Sort the items of a shop into its types.",
            "sizes": {"rows": 20_000, "train": 12_000, "validation": 2_000, "test": 6_000},
            "file": "product_type-1.0.0.zip",
        }
    )
    name: str
    version: str
    digest: str
    kind: str
    metric: str
    track: str
    title: str
    summary: str
    sizes: dict[str, Any]
    file: str | None


class DataFile(BaseModel):
    """A file that may be downloaded from `/data/{file}`."""

    model_config = _example(
        {"file": "product_type-1.0.0.zip", "size": 8_123_456, "sha256": _SHA, "task": "product_type"}
    )
    file: str
    size: int
    sha256: str
    task: str | None


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

    model_config = _example(
        {
            "competition": "products-2026",
            "seq": 417,
            "head": _SHA,
            "time": _TIME,
            "tracks": [
                {
                    "name": "classification",
                    "title": "Classification",
                    "tasks": ["product_type"],
                    "constant": 0.012,
                    "rows": [
                        {
                            "rank": 1,
                            "team": "blue-foxes",
                            "name": "Blue Foxes",
                            "baseline": False,
                            "score": 0.713,
                            "low": 0.701,
                            "high": 0.725,
                            "answered": 1,
                            "asked": 1,
                            "submission": _ID,
                            "time": _TIME,
                            "tasks": {
                                "product_type": {
                                    "value": 0.713,
                                    "low": 0.701,
                                    "high": 0.725,
                                    "answered": True,
                                }
                            },
                        }
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

    model_config = _example(
        {
            "team": "blue-foxes",
            "name": "Blue Foxes",
            "baseline": False,
            "since": _TIME,
            "tracks": {"classification": _PLACE},
            "progress": {
                "classification": [{"submission": _ID, "time": _TIME, "score": 0.713, "best": 0.713}]
            },
            "submissions": [
                {
                    "submission": _ID,
                    "time": _TIME,
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

    model_config = _example(
        {
            "submission": _ID,
            "time": _TIME,
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


class Health(BaseModel):
    """`queued` submissions wait for their scores, the oldest for `oldest` seconds."""

    model_config = _example({"status": "ok", "seq": 417, "queued": 2, "oldest": 1.4, "time": _TIME})
    status: Literal["ok"]
    seq: int
    queued: int
    oldest: float
    time: datetime


class TaskScore(BaseModel):
    """The public score on one task. `message` says why there is none."""

    status: str
    value: float | None
    low: float | None
    high: float | None
    message: str


class Score(BaseModel):
    tracks: dict[str, float | None]
    tasks: dict[str, TaskScore]
    scored: datetime
    reason: str


class Receipt(BaseModel):
    """These files were accepted then; `head` is the digest of the journal's entry `seq` that says so. Keep it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [_RECEIPT, {**_RECEIPT, "status": "scored", "score": _SCORE}]}
    )
    competition: str
    submission: str
    team: str
    time: datetime
    form: Literal["predictions", "code"]
    files: dict[str, str]
    digest: str
    note: str
    phase: str
    seq: int
    head: str
    status: Literal["queued", "scored"]
    score: Score | None


class Selection(BaseModel):
    """The submissions that count on the private part. None: the best one on the public part counts."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"submissions": [_ID]}]})
    submissions: list[Annotated[str, Field(max_length=64)]] = Field(max_length=100)


class Me(BaseModel):
    """The team whose token was sent."""

    model_config = _example(
        {"team": "blue-foxes", "name": "Blue Foxes", "since": _TIME, "baseline": False, "submissions": 17}
    )
    team: str
    name: str
    since: datetime
    baseline: bool
    submissions: int
