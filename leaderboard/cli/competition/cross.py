"""`classmark competition cross DIR`: the other team's algorithm on their data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from benchmark.cli.options import json_option, names
from benchmark.cli.output import console, number, print_json, table, with_interval
from leaderboard.cli.competition.options import folder_argument, open_contest


@click.command("cross")
@folder_argument
@click.option(
    "--task",
    "tasks",
    multiple=True,
    callback=names,
    help="Further tasks, such as product_type+seed7, with commas between.",
)
@json_option
def cross(folder: Path, tasks: list[str], json: bool) -> None:
    """Run every team's code on every task.

    What is recorded is not run again. A team's code is what it selected, else its newest. Scores are over both parts
    of the test: they are yours alone until the end.
    """
    from benchmark.cli.run import RunProgress
    from benchmark.load import load_task
    from leaderboard.standings.cross import cross as run_cross
    from leaderboard.standings.cross import find_entrants, keep

    contest = open_contest(folder)
    extra = [load_task(name) for name in tasks]
    with RunProgress(len(find_entrants(contest)) * (len(contest.config.tasks) + len(extra))) as progress:
        found = run_cross(contest, extra, progress.change)
    paths = keep(contest, found)
    if json:
        print_json(found)
        return
    _show(found)
    click.echo(f"All of it, with every paired difference: {', '.join(map(str, paths))}")


def _show(found: dict[str, Any]) -> None:
    from rich.markup import escape

    teams = {one["submission"]: escape(one["name"]) for one in found["solutions"]}
    for task in found["tasks"]:
        title = f"{task['task']}: {task['metric']}, the constant answer has {number(task['constant'])}"
        rows = [
            (
                cell["rank"],
                teams[cell["submission"]],
                cell["submission"],
                with_interval(cell),
                ", ".join(f"{count} {status}" for status, count in cell["endings"].items()),
            )
            for cell in task["cells"]
        ]
        console().print(table(title, ("rank", "team", "submission", "score", "runs"), rows), end="\n\n")
    for track in found["tracks"]:
        means = [
            (
                cell["rank"],
                teams[cell["submission"]],
                cell["submission"],
                with_interval(cell),
                f"{cell['answered']}/{cell['asked']}",
            )
            for cell in track["cells"]
        ]
        count = len(track["tasks"])
        title = f"Track {track['track']}, {count} {'task' if count == 1 else 'tasks'}"
        columns = ("rank", "team", "submission", "mean score", "tasks done")
        console().print(table(title, columns, means), end="\n\n")
