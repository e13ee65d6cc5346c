"""The JSON of the API, with an example of each. What is answered is built elsewhere; tests hold the two together."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

TIME = "2026-03-01T12:00:00.000+00:00"
SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
ID = "0c9f6a2e4b1d4e0f"
_RECEIPT: dict[str, Any] = {
    "competition": "products-2026",
    "submission": ID,
    "team": "blue-foxes",
    "time": TIME,
    "form": "predictions",
    "files": {"product_type": SHA},
    "digest": SHA,
    "note": "gradient boosting, tuned",
    "phase": "main",
    "seq": 417,
    "head": SHA,
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


def example_of(content: Any) -> ConfigDict:
    """The settings of a model that has this example."""
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

    model_config = example_of(
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
    """What is asked, when, and how often.

    `record` is the digest of the journal's first entry, `seq` and `head` are its newest one.
    """

    model_config = example_of(
        {
            "name": "products-2026",
            "record": SHA,
            "title": "Products 2026",
            "text": "Sort products into types, and find the same product again.",
            "contact": "host@example.org",
            "rules": "# Rules\n",
            "phases": [{"name": "main", "opens": TIME, "closes": "2026-07-01T00:00:00+00:00"}],
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
            "head": SHA,
        }
    )
    name: str
    record: str
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

    model_config = example_of(
        {
            "name": "product_type",
            "version": "1.0.0",
            "digest": SHA,
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

    model_config = example_of(
        {"file": "product_type-1.0.0.zip", "size": 8_123_456, "sha256": SHA, "task": "product_type"}
    )
    file: str
    size: int
    sha256: str
    task: str | None


class Health(BaseModel):
    """`queued` submissions wait for their scores, the oldest for `oldest` seconds."""

    model_config = example_of({"status": "ok", "seq": 417, "queued": 2, "oldest": 1.4, "time": TIME})
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

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"submissions": [ID]}]})
    submissions: list[Annotated[str, Field(max_length=64)]] = Field(max_length=100)


class Me(BaseModel):
    """The team whose token was sent."""

    model_config = example_of(
        {"team": "blue-foxes", "name": "Blue Foxes", "since": TIME, "baseline": False, "submissions": 17}
    )
    team: str
    name: str
    since: datetime
    baseline: bool
    submissions: int
