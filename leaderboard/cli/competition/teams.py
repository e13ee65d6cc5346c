"""`classmark competition team` and `token`."""

from __future__ import annotations

from pathlib import Path

import click

from benchmark.cli.options import json_option
from benchmark.cli.output import print_json
from leaderboard.cli.competition.options import folder_argument, open_contest


@click.group("team")
def team() -> None:
    """Add and remove teams."""


@team.command("add")
@folder_argument
@click.argument("name")
@json_option
def add(folder: Path, name: str, json: bool) -> None:
    """Add a team by its NAME and show its token: once, and never again."""
    from leaderboard.record.teams import add_team

    made, token = add_team(open_contest(folder).ledger, name)
    _show(made.id, made.name, token, json)


@team.command("remove")
@folder_argument
@click.argument("name", metavar="TEAM")
def remove(folder: Path, name: str) -> None:
    """Void a TEAM's token and take the team off the boards. What it handed in stays on record."""
    from leaderboard.record.teams import remove_team

    removed = remove_team(open_contest(folder).ledger, name)
    click.echo(f"✓ {removed.name} ({removed.id}) is removed")


@click.group("token")
def token() -> None:
    """Give teams new tokens."""


@token.command("rotate")
@folder_argument
@click.argument("name", metavar="TEAM")
@json_option
def rotate(folder: Path, name: str, json: bool) -> None:
    """Give a TEAM a new token; the old one is void at once."""
    from leaderboard.record.teams import rotate_token

    given, fresh = rotate_token(open_contest(folder).ledger, name)
    _show(given.id, given.name, fresh, json)


def _show(team_id: str, name: str, token: str, json: bool) -> None:
    if json:
        print_json({"team": team_id, "name": name, "token": token})
        return
    click.echo(
        f"{name} ({team_id}): this token is shown once. Give it to the team, over a channel that you trust:\n\n"
        f"  {token}\n\n"
        f"The team pastes it when this asks for it:\n\n"
        f"  classmark join URL"
    )
