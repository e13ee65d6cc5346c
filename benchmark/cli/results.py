"""`classmark results`: a row for every recorded run, failures too."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchmark.cli.options import json_option
from benchmark.cli.output import console, number, print_json, size, table, with_interval

if TYPE_CHECKING:
    from benchmark.records import Record

_COLUMNS = ["task", "solution", "fold", "seed", "status", "headline or reason", "budget", "seconds", "memory"]


@click.command("results")
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path))
@json_option
def command(folders: tuple[Path, ...], json: bool) -> None:
    """List the records in FOLDERS (default: results under CLASSMARK_HOME)."""
    from benchmark.home import results_folder
    from benchmark.records import read_records

    records = read_records(folders or [results_folder()])
    if json:
        print_json([record.as_row() for record in records])
        return
    rows = [_row(record) for record in records]
    console().print(table("", _COLUMNS, rows, right=["fold", "seed", "budget", "seconds", "memory"]))


def _row(record: Record) -> tuple[object, ...]:
    from rich.text import Text

    run = record.run
    result = with_interval(record.score["headline"]) if record.score else run["reason"][:60]
    return (
        Text(run["task"]),
        Text(run["solution"]),
        run["fold"],
        run["seed"],
        run["status"],
        Text(result),
        f"{run['budget']['seconds']:g}",
        number(run["seconds"]["total"], 1),
        size(run["peak_memory"]),
    )
