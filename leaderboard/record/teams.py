"""Teams and their tokens. A token is shown once and kept as a digest: it has 256 random bits, so SHA-256 is enough."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata

from benchmark.errors import UserError, unknown_name
from leaderboard.record.ledger import Addition, Ledger
from leaderboard.record.refusal import Refusal
from leaderboard.record.state import State, Team

MOST_NAME = 60
_PREFIX = "cm_"


def add_team(ledger: Ledger, name: str, baseline: bool = False) -> tuple[Team, str]:
    """Add a team and return it with its token.

    UserError for a name that is taken, empty, long or unprintable, and once the competition has ended.
    """
    name = " ".join(name.split())
    if not 0 < len(name) <= MOST_NAME or any(unicodedata.category(letter)[0] == "C" for letter in name):
        raise UserError(
            "This is no name for a team.", allowed=f"1 to {MOST_NAME} printable letters", given=repr(name)
        )
    token = "" if baseline else _PREFIX + secrets.token_urlsafe(32)

    def decide(state: State) -> list[Addition]:
        if state.final is not None:
            raise UserError(
                "The competition has ended for good: a new team could submit nothing.",
                given=f"the end at {state.final['time']}",
                do="Add teams to a competition that runs; for a new one: classmark competition new DIR",
            )
        _require_free(name, state)
        body = {"team": _slug(name, state), "name": name, "token": _digest(token), "baseline": baseline}
        return [("team_added", body)]

    [entry] = ledger.record(decide)
    with ledger.reading() as state:
        return state.teams[entry.body["team"]], token


def remove_team(ledger: Ledger, team: str) -> Team:
    """Take a team's token away, and return it. What it handed in stays on record and leaves the boards.

    UserError for a team that is not there, was removed, or that cannot be told from another.
    """

    def decide(state: State) -> list[Addition]:
        return [("team_removed", {"team": _active(state, team).id})]

    [entry] = ledger.record(decide)
    with ledger.reading() as state:
        return state.teams[entry.body["team"]]


def rotate_token(ledger: Ledger, team: str) -> tuple[Team, str]:
    """Give a team a new token; the old one is void at once. UserError as `remove_team`, and for a baseline."""
    token = _PREFIX + secrets.token_urlsafe(32)

    def decide(state: State) -> list[Addition]:
        found = _active(state, team)
        if found.baseline:
            raise UserError(f"{found.name} is a baseline: it has no token.")
        return [("token_rotated", {"team": found.id, "token": _digest(token)})]

    [entry] = ledger.record(decide)
    with ledger.reading() as state:
        return state.teams[entry.body["team"]], token


def team_of_token(state: State, token: str) -> Team:
    """The team that a token belongs to. Refusal for any other text.

    Looked up by digest, so that the time taken tells nothing of the token; compared once more in constant time.
    """
    digest = _digest(token)
    team = state.teams.get(state.by_token.get(digest, ""))
    if not token or team is None or not team.active or not hmac.compare_digest(team.token, digest):
        raise Refusal(
            "no token",
            "The token is missing, wrong or void.",
            do="Use the token that the organizer gave to your team: `classmark join URL` asks for it.",
        )
    return team


def _require_free(name: str, state: State) -> None:
    found = next((team for team in state.teams.values() if _folded(team.name) == _folded(name)), None)
    if found and found.active:
        raise UserError(f"There is a team {found.name!r} already.", given=name, do="Choose another name.")
    if found:
        raise UserError(
            f"A team that was removed had the name {found.name!r}.",
            given=name,
            do="Choose another name: what that team handed in stays on record under this one.",
        )


def _active(state: State, name: str) -> Team:
    """The team of this id or name."""
    found = [team for team in state.teams.values() if name in (team.id, team.name)]
    if not found:
        raise unknown_name("team", name, state.teams)
    if len(found) > 1:
        raise UserError(
            f"{name!r} is one team's id and another's name.",
            allowed="; ".join(f"{team.id}: {team.name}" for team in found),
            do="Name the team by its id, or by its name, whichever is its alone.",
        )
    if not found[0].active:
        raise UserError(
            f"{found[0].name} has been removed.",
            do="Add it under another name: classmark competition team add DIR NAME",
        )
    return found[0]


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest() if token else ""


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _slug(name: str, state: State) -> str:
    """The name in letters that may stand in an address; with a number where it is taken."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].rstrip("-") or "team"
    numbers = (f"{slug}-{number}" for number in range(2, len(state.teams) + 3))
    return slug if slug not in state.teams else next(one for one in numbers if one not in state.teams)
