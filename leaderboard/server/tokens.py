"""Who sends a request: the team whose token stands in `Authorization: Bearer`."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from leaderboard.record.state import Team
from leaderboard.record.teams import team_of_token
from leaderboard.server.service import Served

_bearer = HTTPBearer(auto_error=False, description="The token that the organizer gave to your team: `cm_...`")


def _team(
    request: Request,
    service: Served,
    given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Team:
    with service.contest.ledger.reading() as state:
        team = team_of_token(state, given.credentials if given else "")
    request.state.team = team.id
    return team


Sender = Annotated[Team, Depends(_team)]
