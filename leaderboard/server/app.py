"""The app: one competition over HTTP."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from leaderboard.contest import Contest
from leaderboard.server.envelope import Envelope
from leaderboard.server.errors import add_error_handlers
from leaderboard.server.limits import Limits
from leaderboard.server.routes_public import router
from leaderboard.server.routes_team import team_routes
from leaderboard.server.service import Service

_ABOUT = """
Read the boards, download the data, hand in predictions. Every error has one shape and says what to do.
Times are UTC. Scores are those of the public part, rounded.
"""


def create_app(contest: Contest | Path, limits: Limits | None = None, proxied: bool = False) -> FastAPI:
    """The app for a competition, or for the one in a folder. `proxied`: a proxy of ours stands before it."""
    if isinstance(contest, Path):
        contest = Contest(contest)
    contest.require_made()
    service = Service(contest, limits or Limits())
    app = FastAPI(
        title=contest.config.title,
        description=_ABOUT,
        version=version("classmark"),
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.service = service
    add_error_handlers(app)
    app.include_router(team_routes(contest.config))
    app.include_router(router)
    app.add_middleware(Envelope, rates=service.rates, proxied=proxied)
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]
    return app


def _described(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI description. FastAPI adds an error of its own shape to every route with a parameter: that goes."""
    made = FastAPI.openapi(app)
    for operation in (one for operations in made["paths"].values() for one in operations.values()):
        if "HTTPValidationError" in str(operation["responses"].get("422")):
            del operation["responses"]["422"]
    for name in ("HTTPValidationError", "ValidationError"):
        made["components"]["schemas"].pop(name, None)
    return made
