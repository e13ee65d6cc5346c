"""`classmark history`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from benchmark.cli.options import json_option
from leaderboard.cli.shared import competition_option

MOST_SHOWN = 60
"""Letters of a note; --json has all."""


@click.command("history", short_help="list your team's submissions")
@competition_option
@json_option
def command(competition: str, json: bool) -> None:
    """Your team's submissions, newest first, with their public scores; `*` marks those that you selected.

    Receipts that are kept here are compared with what the server says now: it should have each one unchanged.
    """
    from rich.text import Text

    from benchmark.cli.output import console, number, print_json, table
    from leaderboard.cli.shared import when
    from leaderboard.client.client import open_competition
    from leaderboard.client.plain import one_line
    from leaderboard.client.unscored import word

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
                one_line(one["submission"]) + (" *" if one["submission"] in selected else ""),
                when(one["time"]),
                word(one),
                *(number(scores.get(track), about["public_precision"]) for track in tracks),
                Text(_short(one_line(one["note"]))),
            ]
        )
    if rows:
        columns = ["submission", "time (UTC)", "status", *map(one_line, tracks), "note"]
        console().print(table("", columns, rows, right=columns[1:-1]))
    else:
        click.echo("Your team has submitted nothing yet.")
    for one in submissions:
        for remark in _remarks(one["score"] or {}):
            click.echo(f"{one_line(one['submission'])}: {one_line(remark)}")
    if lost := contest.lost_receipts(submissions):
        click.echo(
            f"warning: the server contradicts {len(lost)} of your receipts: {', '.join(lost)}. They are kept in "
            f"{contest.joined.receipts}; show them to the organizer.",
            err=True,
        )


def _remarks(score: dict[str, Any]) -> Iterator[str]:
    """Why a submission was scored again, and why tasks of it have no score."""
    from leaderboard.client.unscored import unscored

    if score.get("reason"):
        yield f"scored again: {score['reason']}"
    for (status, reason), tasks in unscored(score.get("tasks", {})).items():
        yield f"{', '.join(tasks)}, {status}: {reason}"


def _short(note: str) -> str:
    return note if len(note) <= MOST_SHOWN else note[: MOST_SHOWN - 1] + "…"
