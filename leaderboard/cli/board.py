"""`classmark leaderboard`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from benchmark.cli.options import json_option
from leaderboard.cli.shared import competition_option

if TYPE_CHECKING:
    from rich.table import Table


@click.command("leaderboard", short_help="show the boards of a competition")
@click.option("--track", default="", help="Only this track.")
@competition_option
@json_option
def command(track: str, competition: str, json: bool) -> None:
    """The boards: who is ahead on the public part. Equal ranks cannot be told apart.

    After the end, where the report with the private places is.
    """
    from benchmark.cli.output import console, number, print_json
    from benchmark.errors import unknown_name
    from leaderboard.cli.shared import best_so_far, sparkline, when
    from leaderboard.client.client import open_competition

    contest = open_competition(competition)
    content = contest.boards()
    boards = {board["name"]: board for board in content["tracks"]}
    if track and track not in boards:
        raise unknown_name("track", track, boards)
    chosen = [boards[track]] if track else list(boards.values())
    if json:
        print_json(content | {"tracks": chosen})
        return
    about, own = contest.about(), contest.submissions()
    digits = about["public_precision"]
    shown = console()
    for board in chosen:
        shown.print(_table(board, contest.joined.team, digits))
        if not board["rows"]:
            click.echo("Nobody has a score here yet.")
        if best := best_so_far(own, board["name"]):
            click.echo(
                f"Your best, from the first submission on: {sparkline(best[-60:])} {number(best[-1], digits)}"
            )
        click.echo()
    click.echo(f"As of {when(content['time'])} UTC. A rank is one more than the teams that are surely ahead.")
    if about["final"]:
        click.echo(
            f"The competition has ended, and the boards above are public scores. The report has the private scores and "
            f"places:\n  {contest.joined.url}/report.html"
        )


def _table(board: dict[str, Any], own: str, digits: int) -> Table:
    from rich.text import Text

    from benchmark.cli.output import table, with_interval
    from leaderboard.cli.shared import when
    from leaderboard.client.plain import one_line

    rows: list[list[object]] = []
    for row in board["rows"]:
        name = Text(one_line(row["name"]))
        if row["team"] == own:
            name.append(" (you)")
            name.stylize("bold green")
        if row["baseline"]:
            name.append(" (baseline)")
            name.stylize("dim")
        score = with_interval({"value": row["score"], "low": row["low"], "high": row["high"]}, digits)
        rows.append([row["rank"], name, score, f"{row['answered']}/{row['asked']}", when(row["time"])])
    columns = ["rank", "team", "score", "tasks", "submitted (UTC)"]
    return table(f"Track {one_line(board['title'])}", columns, rows, right=["rank", "tasks"])
