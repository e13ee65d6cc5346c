"""`classmark download`."""

from __future__ import annotations

from pathlib import Path

import click

from benchmark.cli.options import names
from leaderboard.cli.shared import competition_option


@click.command("download", short_help="download its data, rules and starter")
@click.option(
    "--task", "tasks", multiple=True, callback=names, help="Tasks, with commas between.  [default: all]"
)
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the starter and the rules go.  [default: a folder named like the competition]",
)
@competition_option
def command(tasks: list[str], into: Path | None, competition: str) -> None:
    """Download the data, the starter and the rules. After a break the same command goes on.

    Tasks are unpacked where `load_task` finds them. With --task, these tasks alone come.
    """
    from leaderboard.client.client import open_competition

    contest = open_competition(competition)
    target = into or Path(contest.joined.name)
    folders = contest.download(tasks, into or (None if tasks else target))
    for name, folder in folders.items():
        click.echo(f"{name}: {folder}")
    if into or not tasks:
        click.echo(f"starter and rules: {target}")
    name = next(iter(folders))
    click.echo(
        f"\nIn Python:  from leaderboard import open_competition\n            task = open_competition().task({name!r})"
    )
    click.echo(f"Then:       classmark submit {name}.parquet -m 'what you did'")
