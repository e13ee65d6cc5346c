"""`classmark select`."""

from __future__ import annotations

import click

from benchmark.cli.options import json_option
from leaderboard.cli.shared import competition_option


@click.command("select", short_help="select the submissions that count")
@click.argument("submissions", nargs=-1, metavar="[ID]...")
@click.option("--none", is_flag=True, help="Take the selection back.")
@competition_option
@json_option
def command(submissions: tuple[str, ...], none: bool, competition: str, json: bool) -> None:
    """Select the submissions that count on the private part; without an ID, show which are selected.

    The beginning of an ID is enough. A new selection replaces the one before; where there is none, your best
    submission on the public part counts.
    """
    from benchmark.cli.output import print_json
    from benchmark.errors import UserError
    from leaderboard.client.client import open_competition

    if none and submissions:
        raise UserError("--none goes without submissions.", given=" ".join(submissions))
    contest = open_competition(competition)
    chosen = contest.select(submissions) if submissions or none else contest.selection()
    if json:
        print_json({"submissions": chosen})
    elif chosen:
        click.echo(f"Selected: {', '.join(chosen)}")
    else:
        click.echo("Nothing is selected: your best submission on the public part counts.")
