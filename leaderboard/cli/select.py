"""`classmark select`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from benchmark.cli.options import json_option
from leaderboard.cli.shared import competition_option

if TYPE_CHECKING:
    from leaderboard.client.client import Competition


@click.command("select", short_help="select the submissions that count")
@click.argument("submissions", nargs=-1, metavar="[ID]...")
@click.option("--none", is_flag=True, help="Take the selection back.")
@competition_option
@json_option
def command(submissions: tuple[str, ...], none: bool, competition: str, json: bool) -> None:
    """Select the submissions that count on the private part; without an ID, show which are selected.

    The beginning of an ID is enough. A new selection replaces the one before; where there is none, your best
    submission on the public part counts. One that failed on every task may be selected, with a warning.
    """
    from benchmark.cli.output import print_json
    from benchmark.errors import UserError
    from leaderboard.client.client import open_competition

    if none and submissions:
        raise UserError("--none goes without submissions.", given=" ".join(submissions))
    contest = open_competition(competition)
    chosen = contest.select(submissions) if submissions or none else contest.selection()
    if failed := _failed(contest, chosen):
        click.echo(
            f"warning: no task of {', '.join(failed)} has a score: it does not count. In a track where no selected "
            f"submission has a score, your best one on the public part counts.",
            err=True,
        )
    if json:
        print_json({"submissions": chosen})
    elif chosen:
        click.echo(f"Selected: {', '.join(chosen)}")
    else:
        click.echo("Nothing is selected: your best submission on the public part counts.")


def _failed(contest: Competition, chosen: list[str]) -> list[str]:
    """The chosen submissions that have been scored and have no score."""
    from leaderboard.client.unscored import word

    listed = contest.submissions() if chosen else []
    return [one["submission"] for one in listed if one["submission"] in chosen and word(one) == "failed"]
