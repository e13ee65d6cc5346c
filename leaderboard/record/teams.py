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
    """Add a team and return it with its token. UserError for a name that is taken, empty, long or unprintable."""
    name = " ".join(name.split())
    if not 0 < len(name) <= MOST_NAME or any(unicodedata.category(letter)[0] == "C" for letter in name):
        raise UserError(
            "This is no name for a team.", allowed=f"1 to {MOST_NAME} printable letters", given=repr(name)
        )
    token = "" if baseline else _PREFIX + secrets.token_urlsafe(32)

    def decide(state: State) -> list[Addition]:
        if any(_folded(team.name) == _folded(name) for team in state.teams.values()):
            raise UserError(f"There is a team {name!r} already.", do="Choose another name.")
        body = {"team": _slug(name, state), "name": name, "token": _digest(token), "baseline": baseline}
        return [("team_added", body)]

    [entry] = ledger.record(decide)
    with ledger.reading() as state:
        return state.teams[entry.body["team"]], token


def remove_team(ledger: Ledger, team: str) -> None:
    """Take a team's token away. What it handed in stays on record and leaves the boards."""

    def decide(state: State) -> list[Addition]:
        return [("team_removed", {"team": _known(state, team).id})]

    ledger.record(decide)


def rotate_token(ledger: Ledger, team: str) -> str:
    """Give a team a new token; the old one is void at once."""
    token = _PREFIX + secrets.token_urlsafe(32)

    def decide(state: State) -> list[Addition]:
        return [("token_rotated", {"team": _known(state, team).id, "token": _digest(token)})]

    ledger.record(decide)
    return token


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
            do="Use the token that the organizer gave to your team: classmark join URL --token TOKEN",
        )
    return team


def _known(state: State, name: str) -> Team:
    found = [team for team in state.teams.values() if name in (team.id, team.name)]
    if not found:
        raise unknown_name("team", name, state.teams)
    return found[0]


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest() if token else ""


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _slug(name: str, state: State) -> str:
    """The name in letters that may stand in an address; with a number where it is taken."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "team"
    numbers = (f"{slug}-{number}" for number in range(2, len(state.teams) + 3))
    return slug if slug not in state.teams else next(one for one in numbers if one not in state.teams)
