"""`classmark competition export`, `verify`, `rebuild` and `rescore`: the records of a competition."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from benchmark.cli.options import json_option
from benchmark.cli.output import print_json
from leaderboard.cli.competition.options import folder_argument, open_contest


@click.command("export")
@folder_argument
@click.argument("out", type=click.Path(path_type=Path))
def export(folder: Path, out: Path) -> None:
    """Write every public score, and the journal without tokens, into the new folder OUT: CSV, Parquet, JSON.

    Scores are exact here; what participants may see is rounded: classmark publish.
    """
    from leaderboard.exporting import export as write

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
    """Check the chains, every file, receipts, and that MLflow shows what the record says; exit code 1 if not."""
    from leaderboard.verifying import verify as faults_of

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
    from leaderboard.verifying import rebuild as build

    written = build(open_contest(folder), uri, private_uri)
    click.echo(f"MLflow holds {written} scorings, public and private.")


@click.command("rescore")
@folder_argument
@click.option("--reason", required=True, help="Why; teams are told it.")
@click.option(
    "--labels",
    multiple=True,
    metavar="TASK=FILE",
    help="Mended labels of a task, like home/hidden/TASK/VERSION/labels.parquet. May be given again.",
)
@json_option
def rescore(folder: Path, reason: str, labels: tuple[str, ...], json: bool) -> None:
    """Score every submission again, and show who moved. Old scores stay on record."""
    from leaderboard.rescoring import rescore as score_again

    moves = score_again(open_contest(folder), reason, _mended(labels))
    if json:
        print_json(moves)
        return
    print(moves)


def _mended(labels: tuple[str, ...]) -> dict[str, Path]:
    given = dict(text.partition("=")[::2] for text in labels)
    for task, path in given.items():
        if not path:
            raise click.BadParameter(f"TASK=FILE; got {task!r}", param_hint="--labels")
    return {task: Path(path) for task, path in given.items()}
