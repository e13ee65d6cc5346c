"""`classmark join`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from leaderboard.client.client import Competition


@click.command("join", short_help="join a competition with your team's token")
@click.argument("url")
@click.option("--token", help="The token of your team; asked for where it is not given.")
@click.option("--insecure", is_flag=True, help="Let the token travel in the clear, over http.")
def command(url: str, token: str | None, insecure: bool) -> None:
    """Join the competition at URL with your team's token, and show what it asks.

    Both are kept under CLASSMARK_HOME, for your eyes only. The other commands speak of the competition joined last.
    """
    from benchmark.errors import UserError
    from leaderboard.client.client import join
    from leaderboard.client.connection import required_url

    required_url(url, insecure)
    if token is None and not sys.stdin.isatty():
        raise UserError("A team has a token.", do="Give it with --token, or in CLASSMARK_JOIN_TOKEN.")
    _show(join(url, token or click.prompt("Token of your team", hide_input=True), insecure))


def _show(contest: Competition) -> None:
    from benchmark.cli.output import console, table
    from leaderboard.cli.shared import quota_line, when
    from leaderboard.client.plain import lines, one_line

    about, tasks = contest.about(), contest.tasks()
    shown = console()
    click.echo(f"Joined {contest.joined.title} as {contest.joined.team_name}.")
    if about["text"]:
        click.echo("\n" + lines(about["text"]))
    click.echo()
    phases = [
        [one_line(phase["name"]), when(phase["opens"]), when(phase["closes"]), _state(phase, about)]
        for phase in about["phases"]
    ]
    shown.print(table("", ["phase", "opens (UTC)", "closes (UTC)", ""], phases))
    click.echo()
    rows = [
        [one_line(task[key]) for key in ("name", "track", "metric")]
        + [f"{task['sizes']['rows']:,}", one_line(task["title"])]
        for task in tasks
    ]
    shown.print(table("", ["task", "track", "metric", "rows", "title"], rows, right=["rows"]))
    click.echo()
    for track in about["tracks"]:
        if track["prizes"]:
            prizes = "; ".join(map(one_line, track["prizes"]))
            click.echo(f"Prizes of {one_line(track['title'])}: {prizes}")
    click.echo(quota_line(contest.quota()))
    click.echo(
        f"At the end up to {about['selected']} submissions that you select count, on rows not scored before."
    )
    click.echo(_code(about["code"]))
    if about["gate"] == "open":
        click.echo("Extra time: submissions are taken until the organizer closes.")
    click.echo("\nNext:  classmark download")


def _code(code: dict[str, Any]) -> str:
    if not code["allowed"]:
        return "Predictions are taken, and no code."
    limits = "{seconds}, {memory} of memory, {cores} cores and {disk} of disk".format(**code)
    return f"Code is taken, too, and has {limits} for each task."


def _state(phase: dict[str, Any], about: dict[str, Any]) -> str:
    from datetime import UTC, datetime

    from leaderboard.cli.shared import how_long

    now = datetime.now(UTC)
    opens, closes = (datetime.fromisoformat(phase[key]) for key in ("opens", "closes"))
    if about["final"] or now >= closes:
        return "over"
    if about["gate"] == "closed":
        return "closed by the organizer"
    if now < opens:
        return f"opens in {how_long((opens - now).total_seconds())}"
    return f"open for {how_long((closes - now).total_seconds())}"
