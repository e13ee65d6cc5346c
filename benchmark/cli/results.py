"""`classmark results`: a row for every recorded run, failures too."""

from __future__ import annotations

from pathlib import Path

import click

from benchmark.cli.options import json_option
from benchmark.cli.output import console, number, print_json, size, table, with_interval


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
    rows = []
    for record in records:
        run, seconds = record.run, record.run["seconds"]
        result = (
            with_interval(record.score["headline"])
            if record.score
            else run["reason"][:60].replace("[", "\\[")
        )
        rows.append(
            (
                run["task"],
                run["solution"],
                run["fold"],
                run["seed"],
                f"{run['budget']['seconds']:g} s",
                run["status"],
                result,
                number(seconds["fit"], 1),
                number(seconds["predict"], 1),
                size(run["peak_memory"]),
                run["started"][:16].replace("T", " "),
            )
        )
    columns = [
        "task",
        "solution",
        "fold",
        "seed",
        "budget",
        "status",
        "headline or reason",
        "fit s",
        "predict s",
        "memory",
        "started (UTC)",
    ]
    console().print(table("", columns, rows, right=["fold", "seed", "fit s", "predict s", "memory"]))
