"""What a team does with its token: submit, look at its own submissions, select."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from starlette.responses import JSONResponse

from leaderboard.config import Config
from leaderboard.record.accepting import MOST_KEY, quota
from leaderboard.record.refusal import Refusal
from leaderboard.record.selecting import select
from leaderboard.server import models
from leaderboard.server.described import errors, submission_form
from leaderboard.server.intake import take_in
from leaderboard.server.service import Served
from leaderboard.server.shown import submission_json
from leaderboard.server.tokens import Sender

_KEY = re.compile(rf"[\x21-\x7e]{{1,{MOST_KEY}}}")
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        description="Your name for this submission. The same files give the same receipt again, unless they come under "
        "another name: then they are another submission.",
        examples=["try-17"],
    ),
]


def team_routes(config: Config) -> APIRouter:
    """The routes; the form of a submission names the tasks of this competition."""
    router = APIRouter(tags=["team"])
    form = submission_form(list(config.tasks), config.code.allowed)
    refused = errors("no token", "closed", "conflict", "too slow", "too large", "invalid", "quota")
    router.post(
        "/api/submissions",
        status_code=201,
        response_class=JSONResponse,
        responses={
            201: {"model": models.Receipt, "description": "accepted; this is the receipt"},
            200: {"model": models.Receipt, "description": "these files were accepted before"},
            **refused,
        },
        openapi_extra={"requestBody": form},
    )(submit)
    router.get("/api/submissions", responses=_responses(list[models.Receipt]))(submissions)
    router.get("/api/submissions/{submission}", responses=_responses(models.Receipt, "unknown"))(submission)
    router.get("/api/quota", responses=_responses(models.Quota))(quota_left)
    router.get("/api/selection", responses=_responses(models.Selection))(selection)
    router.put("/api/selection", responses=_responses(models.Selection, "closed", "unknown", "invalid"))(
        set_selection
    )
    router.get("/api/me", responses=_responses(models.Me))(me)
    return router


def _responses(model: Any, *codes: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"model": model}, **errors("no token", *codes)}


async def submit(request: Request, service: Served, team: Sender, idempotency_key: Key = "") -> Response:
    """Hand in predictions: one file (Parquet or CSV) for each task that you answer, in a part named by the task.

    The submission is yours and on record once you hold the receipt. A file with faults is refused with all of its
    faults, and uses no quota.
    """
    if idempotency_key and not _KEY.fullmatch(idempotency_key):
        raise Refusal(
            "invalid",
            "The idempotency key is wrong.",
            allowed=f"1 to {MOST_KEY} printable ASCII characters without spaces",
            given=idempotency_key,
        )
    made, new = await take_in(request, service, team, idempotency_key)
    headers = {"Location": f"/api/submissions/{made['submission']}", "Cache-Control": "no-store"}
    return JSONResponse(made, 201 if new else 200, headers)


def submissions(service: Served, team: Sender) -> list[dict[str, Any]]:
    """Your submissions, newest first."""
    with service.contest.ledger.reading() as state:
        own = reversed(state.by_team.get(team.id, []))
        return [submission_json(service.contest, state, state.submissions[name]) for name in own]


def submission(submission: str, service: Served, team: Sender) -> dict[str, Any]:
    """One of your submissions, with its public scores once it has been scored."""
    with service.contest.ledger.reading() as state:
        found = state.submissions.get(submission)
        if found is None or found.team != team.id:
            raise Refusal("unknown", "There is no such submission of your team.", given=submission)
        return submission_json(service.contest, state, found)


def quota_left(service: Served, team: Sender) -> dict[str, Any]:
    """How many submissions you have used and have left."""
    with service.contest.ledger.reading() as state:
        return quota(service.contest.config, state, team.id, datetime.now(UTC))


def selection(service: Served, team: Sender) -> dict[str, Any]:
    """The submissions that you chose for the private part."""
    with service.contest.ledger.reading() as state:
        return {"submissions": list(state.selections.get(team.id, ()))}


def set_selection(given: models.Selection, service: Served, team: Sender) -> dict[str, Any]:
    """Choose the submissions that count on the private part; the choice before is replaced."""
    service.rates.change(team.id)
    return {"submissions": list(select(service.contest, team.id, given.submissions))}


def me(service: Served, team: Sender) -> dict[str, Any]:
    """Whose token this is."""
    with service.contest.ledger.reading() as state:
        count = len(state.by_team.get(team.id, []))
    return {
        "team": team.id,
        "name": team.name,
        "since": team.since,
        "baseline": team.baseline,
        "submissions": count,
    }
