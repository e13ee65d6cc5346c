"""`classmark competition open` and `close`: the gate, by hand; and the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from benchmark.cli.options import json_option
from benchmark.cli.output import console, number, print_json, table, with_interval
from leaderboard.cli.competition.options import folder_argument, open_contest

_reason = click.option("--reason", required=True, help="What teams are told.")


@click.command("open")
@folder_argument
@_reason
@click.option("--extra-time", is_flag=True, help="Whatever the dates say, until `close`.")
def open_gate(folder: Path, reason: str, extra_time: bool) -> None:
    """Take submissions again, as the dates say."""
    from datetime import UTC, datetime

    from leaderboard.record.gate import move_gate

    contest = open_contest(folder)
    move_gate(contest, "open" if extra_time else "by the dates", reason)
    if extra_time:
        click.echo(
            f"✓ open: {reason}\n  The dates close it no more; this does: classmark competition close {folder}"
        )
        return
    phase = contest.config.phase_at(datetime.now(UTC))
    now = f"{phase.name} closes at {phase.closes:%Y-%m-%d %H:%M} UTC" if phase else "no phase is open now"
    click.echo(f"✓ by the dates: {now}")


@click.command("close")
@folder_argument
@click.option("--reason", default="", help="What teams are told.")
@click.option("--final", is_flag=True, help="End the competition for good: private scores, report, winners.")
@json_option
def close_gate(folder: Path, reason: str, final: bool, json: bool) -> None:
    """Take no submissions from now on. With --final, once and for ever, and make the report.

    Before the last phase is over, --final needs a --reason too.
    """
    from datetime import UTC, datetime

    from leaderboard.record.gate import move_gate

    if not (final or reason):
        raise click.UsageError("Give --reason, or --final.")
    contest = open_contest(folder)
    if reason:
        move_gate(contest, "closed", reason)
        if not json:
            click.echo(f"✓ closed: {reason}")
    if final:
        from leaderboard.standings.closing import close

        found = close(contest, datetime.now(UTC), early=bool(reason))
        _show(found, folder, contest.config.public_precision, json)


def _show(final: dict[str, Any], folder: Path, precision: int, json: bool) -> None:
    from json import loads

    from rich.markup import escape

    from leaderboard.standings.closing import FINE
    from leaderboard.standings.similar import sentences

    if json:
        print_json(final)
        return
    numbers = ("the same in public", "best in public", "public place")
    columns = ("place", "team", "private score", *numbers, "rank between", "prize")
    digits = max(FINE, precision)
    for track in final["tracks"]:
        prizes = {one["team"]: one["prize"] for one in track["winners"]}
        rows = [
            (
                row["place"],
                escape(row["name"]),
                with_interval(row["private"], digits),
                number(row["public"], digits),
                number(row["public_best"], digits),
                row["public_place"],
                "-".join(map(str, row["ranks"])),
                escape(prizes.get(row["team"], "")),
            )
            for row in track["rows"]
        ]
        console().print(table(escape(track["title"]), columns, rows, right=numbers))
        for pair in track["undecided"]:
            places = " and ".join(map(str, pair["places"]))
            click.echo(f"Places {places} cannot be told apart: {with_interval(pair['difference'], digits)}")
        click.echo()
    click.echo(
        'Places follow the private score of one submission, whose public score is "the same in public".\n'
        '"Best in public" is of whichever submission of the team was best there: "public place" follows it.'
    )
    private = folder / "private"
    for line in sentences(loads((private / "similar.json").read_text(encoding="utf-8"))):
        click.echo(f"For you alone: {line}")
    click.echo(
        f"The end is on record. For you alone: {private / 'report.json'} has all scores, {private / 'similar.json'}\n"
        f"predictions of different teams that are almost the same: look at it before you announce anything.\n"
        f"Next: classmark publish {folder} OUT"
    )
