"""`classmark competition export`, `verify`, `rebuild` and `rescore`: the records of a competition."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from benchmark.cli.options import json_option
from benchmark.cli.output import console, number, print_json, table
from leaderboard.cli.competition.options import folder_argument, open_contest


@click.command("export")
@folder_argument
@click.argument("out", type=click.Path(path_type=Path))
def export(folder: Path, out: Path) -> None:
    """Write the record as tables into the new folder OUT.

    CSV, Parquet and JSON of teams, submissions, scores and the journal, without tokens. Scores are exact here; what
    participants may see is rounded: classmark publish.
    """
    from leaderboard.record.exporting import export as write

    paths = write(open_contest(folder), out)
    click.echo("\n".join(map(str, paths)))


@click.command("verify")
@folder_argument
@click.option(
    "--receipt",
    "receipts",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A receipt that a team holds, as JSON. May be given again.",
)
@json_option
def verify(folder: Path, receipts: tuple[Path, ...], json: bool) -> None:
    """Check that the records are whole and MLflow shows them.

    The chains, every file, receipts, and each run in MLflow; exit code 1 and a line for each fault. MLflow is behind
    while `classmark serve` does not run: `rebuild` brings it up too.
    """
    from leaderboard.mlflow_store.verifying import verify as faults_of

    faults = faults_of(open_contest(folder), receipts)
    if json:
        print_json({"ok": not faults, "faults": faults})
    else:
        click.echo("\n".join(faults) if faults else "The records are whole, and MLflow shows what they say.")
    sys.exit(1 if faults else 0)


@click.command("rebuild")
@folder_argument
@click.option("--uri", default="", help="Build at this MLflow tracking URI.  [default: the competition's]")
@click.option("--private-uri", default="", help="The same for private scores.")
def rebuild(folder: Path, uri: str, private_uri: str) -> None:
    """Make MLflow's leaderboards anew from the record. What was there is put aside."""
    from leaderboard.mlflow_store.verifying import rebuild as build

    written = build(open_contest(folder), uri, private_uri)
    click.echo(f"MLflow holds {written} scorings, public and private.")


@click.command("rescore")
@folder_argument
@click.option("--reason", required=True, help="Why; teams are told it.")
@click.option(
    "--labels",
    multiple=True,
    metavar="TASK=FILE",
    help="Mended labels of a task: a Parquet or CSV file of id and target, every test row. May be given again.",
)
@json_option
def rescore(folder: Path, reason: str, labels: tuple[str, ...], json: bool) -> None:
    """Score every submission again, and show who moved.

    For mended labels or metrics. Old scores stay on record. An interrupted one is begun again by the same command.
    """
    from rich.progress import Progress

    from leaderboard.scoring.rescoring import rescore as score_again

    contest, mended = open_contest(folder), _mended(labels)
    with Progress(console=console(stderr=True)) as progress:
        bar = progress.add_task("scoring", total=None, visible=False)
        told = score_again(
            contest,
            reason,
            mended,
            lambda done, count: progress.update(bar, completed=done, total=count, visible=True),
        )
    if json:
        print_json(told)
        return
    for task, change in told["labels"].items():
        click.echo(f"{task}: {change['rows']} labels changed")
    click.echo(f"{told['submissions']} submissions scored again: {reason}")
    for part in ("public", "private"):
        _show_moves(part, told[part])


def _show_moves(part: str, moves: list[dict[str, Any]]) -> None:
    from rich.markup import escape

    if not moves:
        click.echo(f"\nOn the {part} part nobody's score or rank changed.")
        return
    rows = [
        (
            escape(move["name"]),
            move["track"],
            " -> ".join("-" if rank is None else str(rank) for rank in move["rank"]),
            " -> ".join(map(number, move["score"])),
            ", ".join(move["tasks"]),
        )
        for move in moves
    ]
    console().print(
        table(f"\nWho moved on the {part} part", ("team", "track", "rank", "score", "tasks"), rows)
    )


def _mended(labels: tuple[str, ...]) -> dict[str, Path]:
    given = dict(text.partition("=")[::2] for text in labels)
    if wrong := [task for task, path in given.items() if not path]:
        raise click.BadParameter(f"TASK=FILE; got {wrong[0]!r}", param_hint="--labels")
    return {task: Path(path) for task, path in given.items()}
