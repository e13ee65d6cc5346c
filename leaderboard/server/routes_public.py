"""What everybody may read: the competition, its tasks, data, boards, history, health, pages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, HTMLResponse, Response

from leaderboard.making.bundles import MANIFEST, manifest
from leaderboard.record.refusal import Refusal
from leaderboard.server import models, models_boards
from leaderboard.server.answers import answer, holds, spell
from leaderboard.server.described import errors
from leaderboard.server.service import Served, Service
from leaderboard.views import board_json, competition_json, history_json, task_json, team_json

BYTES = "application/octet-stream"
router = APIRouter(tags=["public"])


@router.get("/api/competition", responses={200: {"model": models.Competition}, **errors()})
def competition(request: Request, service: Served) -> Response:
    """What is asked, when, and how often."""
    with service.contest.ledger.reading() as state:
        content = competition_json(service.contest, state, datetime.now(UTC))
    return answer(request, spell(content))


@router.get("/api/tasks", responses={200: {"model": list[models.TaskOfCompetition]}, **errors()})
def tasks(request: Request, service: Served) -> Response:
    """The tasks, in the order of their tracks."""
    contest = service.contest
    return answer(request, spell([task_json(contest, name) for name in contest.config.tasks]))


@router.get("/api/data", responses={200: {"model": list[models.DataFile]}, **errors()})
def data(request: Request, service: Served) -> Response:
    """The files that may be downloaded, with sizes and digests."""
    return answer(request, spell(_manifest(service)))


@router.head("/data/{file}", include_in_schema=False)
@router.get(
    "/data/{file}",
    response_class=FileResponse,
    responses={200: {"content": {BYTES: {}}}, **errors("unknown")},
)
def data_file(file: str, request: Request, service: Served) -> Response:
    """A file of the data bundle. Ranges are served; the ETag is the SHA-256 of the whole file."""
    for listed in _manifest(service):
        if listed["file"] == file:
            headers = {"ETag": f'"{listed["sha256"]}"', "Cache-Control": "no-cache"}
            if holds(request, headers["ETag"]):
                return Response(status_code=304, headers=headers)
            path = service.contest.public / listed["file"]
            return FileResponse(path, media_type=BYTES, filename=file, headers=headers)
    raise Refusal("unknown", "There is no such file.", given=file, do="GET /api/data lists them.")


@router.get("/api/leaderboard", responses={200: {"model": models_boards.Leaderboard}, **errors()})
def leaderboard(request: Request, service: Served) -> Response:
    """The boards of all tracks. Scores are those of the public part, rounded."""
    return answer(request, service.kept("leaderboard", lambda: _boards(service)))


@router.get("/api/teams/{team}", responses={200: {"model": models_boards.TeamPage}, **errors("unknown")})
def team_page(team: str, request: Request, service: Served) -> Response:
    """A team: its places and its submissions' public scores."""
    with service.contest.ledger.reading() as state:
        boards = service.standings.boards()
        if team not in state.teams or not state.teams[team].active:
            raise Refusal("unknown", "There is no such team.", given=team)
        content = team_json(service.contest, state, boards, team)
    return answer(request, spell(content))


@router.get("/api/history", responses={200: {"model": list[models_boards.Attempt]}, **errors()})
def history(request: Request, service: Served) -> Response:
    """All scored submissions, oldest first."""
    return answer(request, service.kept("history", lambda: _history(service)))


@router.get("/api/health", responses={200: {"model": models.Health}, **errors()})
def health(service: Served) -> dict[str, Any]:
    """Whether the journal can be read, and how many submissions wait for their scores."""
    now = datetime.now(UTC)
    with service.contest.ledger.reading() as state:
        queued = state.queued()
        oldest = (now - state.submissions[queued[0]].time).total_seconds() if queued else 0.0
        return {"status": "ok", "seq": state.seq, "queued": len(queued), "oldest": oldest, "time": now}


@router.head("/{path:path}", include_in_schema=False)
@router.get("/{path:path}", include_in_schema=False)
def page(path: str, request: Request, service: Served) -> Response:
    """A page for people."""
    found = None if path.startswith(("api/", "data/")) else service.site.page(path or "index.html")
    if found is None and "text/html" in request.headers.get("accept", ""):
        return HTMLResponse(service.site.missing(path), 404)
    if found is None:
        raise Refusal("unknown", "There is nothing at this address.", given=f"/{path}", do="Begin at /")
    return answer(request, *found)


def _manifest(service: Service) -> list[dict[str, Any]]:
    return manifest(service.contest) if (service.contest.public / MANIFEST).is_file() else []


def _boards(service: Service) -> Any:
    with service.contest.ledger.reading() as state:
        return board_json(service.contest, service.standings.boards(), state)


def _history(service: Service) -> Any:
    with service.contest.ledger.reading() as state:
        return history_json(service.contest, state)
