"""`classmark submit`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from benchmark.cli.options import json_option
from leaderboard.cli.shared import competition_option

if TYPE_CHECKING:
    from leaderboard.client.client import Competition


@click.command("submit", short_help="hand in predictions or a solution")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "-m", "--note", default="", help="What you did: shown in the final report for a track's first three."
)
@click.option("--wait", is_flag=True, help="Wait for the score.")
@competition_option
@json_option
def command(files: tuple[str, ...], note: str, wait: bool, competition: str, json: bool) -> None:
    """Hand in predictions: a FILE for each task that you answer, named like it, or TASK=FILE.

    Where the competition takes code: one solution, as a folder, a Python file or an archive. All files are checked
    before they are sent; what has faults is listed and uses no quota. Sent again, the same files are counted once.
    """
    from benchmark.cli.output import print_json
    from leaderboard.cli.shared import quota_line
    from leaderboard.client.client import open_competition
    from leaderboard.client.packing import is_code

    contest = open_competition(competition)
    before = contest.joined.kept_receipts()
    if len(files) == 1 and is_code(Path(files[0])):
        receipt = contest.submit_code(files[0], note)
    else:
        receipt = contest.submit(_answers(contest, files), note)
    name = receipt["submission"]
    if not json:
        _show_receipt(contest, receipt, repeated=name in before)
    if wait:
        receipt = contest.wait_for(name)
    if json:
        print_json(receipt)
    else:
        _show_score(contest, receipt)
        click.echo(quota_line(contest.quota()))


def _answers(contest: Competition, files: tuple[str, ...]) -> dict[str, Path]:
    """The files by task. UserError for a file that names none, or one that another names too."""
    from benchmark.errors import UserError, did_you_mean
    from leaderboard.client.packing import is_code

    answers: dict[str, Path] = {}
    for text in files:
        named, _, rest = text.partition("=")
        path = Path(text) if Path(text).exists() or not rest else Path(rest)
        name = named if path != Path(text) else path.name.split(".")[0]
        if not path.exists():
            raise UserError(f"There is no file {path}.", do="Give a predictions file, or TASK=FILE.")
        if is_code(path):
            raise UserError(
                "A solution is submitted alone.",
                given=f"{path} among {len(files)} files",
                do="Submit it by itself.",
            )
        if name not in contest.joined.tasks:
            raise UserError(
                f"{name!r} is no task of this competition.",
                allowed=", ".join(contest.joined.tasks),
                given=text,
                do=did_you_mean(name, contest.joined.tasks) or f"Say which task it answers: TASK={path}",
            )
        if name in answers:
            raise UserError(
                f"Two files answer {name}.", given=f"{answers[name]} and {path}", do="Submit one."
            )
        answers[name] = path
    return answers


def _show_receipt(contest: Competition, receipt: dict[str, Any], repeated: bool) -> None:
    from leaderboard.cli.shared import when

    what = "These files were accepted before," if repeated else "Accepted"
    click.echo(f"{what} {when(receipt['time'])} UTC, as {receipt['submission']}. The receipt:")
    click.echo(f"  {contest.joined.receipts / receipt['submission']}.json")


def _show_score(contest: Competition, receipt: dict[str, Any]) -> None:
    """The public scores of a submission: each task, each track; what failed, with the end of its log."""
    from rich.text import Text

    from benchmark.cli.output import console, number, table, with_interval
    from leaderboard.client.plain import one_line
    from leaderboard.client.unscored import log, reason, unscored

    if not receipt["score"]:
        click.echo("Queued for scoring; `classmark history` shows the score.")
        return
    digits, tasks = contest.about()["public_precision"], receipt["score"]["tasks"]
    rows = [
        [
            one_line(name),
            with_interval(score, digits) if score["status"] == "ok" else one_line(score["status"]),
            Text(reason(score)),
        ]
        for name, score in tasks.items()
    ]
    console().print(table("", ["task", "public score", ""], rows))
    for name, score in receipt["score"]["tracks"].items():
        if score is not None:
            click.echo(f"Track {one_line(name)}: {number(score, digits)}")
    for first, *_ in unscored(tasks).values():
        if told := log(tasks[first]):
            click.echo(f"\nThe log of {one_line(first)} ends:\n{told}\n")
