"""`classmark history`."""

from __future__ import annotations

import click

from benchmark.cli.options import json_option
from leaderboard.cli.shared import competition_option

MOST_SHOWN = 60
"""Letters of a note; --json has all."""


@click.command("history")
@competition_option
@json_option
def command(competition: str, json: bool) -> None:
    """Your team's submissions, newest first, with their public scores; `*` marks those that you selected.

    Receipts that are kept here are compared with what the server says now: it should have each one unchanged.
    """
    from rich.text import Text

    from benchmark.cli.output import console, number, print_json, table
    from leaderboard.cli.shared import when
    from leaderboard.client import open_competition
    from leaderboard.plain import one_line

    contest = open_competition(competition)
    submissions, selected = contest.submissions(), contest.selection()
    if json:
        print_json([one | {"selected": one["submission"] in selected} for one in submissions])
        return
    about = contest.about()
    tracks = [track["name"] for track in about["tracks"]]
    rows: list[list[object]] = []
    for one in submissions:
        scores = one["score"]["tracks"] if one["score"] else {}
        rows.append(
            [
                one["submission"] + (" *" if one["submission"] in selected else ""),
                when(one["time"]),
                one_line(one["status"]),
                *(number(scores.get(track), about["public_precision"]) for track in tracks),
                Text(_short(one_line(one["note"]))),
            ]
        )
    if not rows:
        click.echo("Your team has submitted nothing yet.")
    else:
        columns = ["submission", "time (UTC)", "status", *tracks, "note"]
        console().print(table("", columns, rows, right=["time (UTC)", *tracks]))
    for one in submissions:
        for task, score in (one["score"]["tasks"] if one["score"] else {}).items():
            if score["status"] != "ok":
                click.echo(
                    f"{one['submission']}, {one_line(task)}: {one_line(score['status'])}. {one_line(score['message'])}"
                )
    if lost := contest.lost_receipts(submissions):
        click.echo(
            f"warning: the server contradicts {len(lost)} of your receipts: {', '.join(lost)}. They are kept in "
            f"{contest.joined.receipts}; show them to the organizer.",
            err=True,
        )


def _short(note: str) -> str:
    return note if len(note) <= MOST_SHOWN else note[: MOST_SHOWN - 1] + "…"
