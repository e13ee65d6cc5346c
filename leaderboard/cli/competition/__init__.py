"""`classmark competition`: what an organizer does, from the first day to the report."""

from __future__ import annotations

import click

from leaderboard.cli.competition.baseline import baseline
from leaderboard.cli.competition.cross import cross
from leaderboard.cli.competition.gate import close_gate, open_gate
from leaderboard.cli.competition.new import new
from leaderboard.cli.competition.records import export, rebuild, rescore, verify
from leaderboard.cli.competition.status import status
from leaderboard.cli.competition.teams import team, token


@click.group("competition", short_help="make and run a competition, for organizers")
def command() -> None:
    """Make and run a competition (for organizers)."""


for _each in (
    new,
    status,
    open_gate,
    close_gate,
    team,
    token,
    baseline,
    rescore,
    export,
    verify,
    rebuild,
    cross,
):
    command.add_command(_each)
