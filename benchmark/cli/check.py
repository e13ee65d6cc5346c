"""`classmark check TASK FILE`: all faults of a predictions file at once, no labels needed."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from benchmark.cli.options import json_option
from benchmark.cli.output import print_json


@click.command("check")
@click.argument("task")
@click.argument("predictions", type=click.Path(path_type=Path))
@click.option("--fold", type=int, help="Which fold of a task with folds.  [default: 0]")
@json_option
def command(task: str, predictions: Path, fold: int | None, json: bool) -> None:
    """Check a PREDICTIONS file (Parquet or CSV) for TASK; exit code 2 where it has faults."""
    from benchmark.checking import check
    from benchmark.load import load_task

    report = check(load_task(task, fold), predictions)
    if json:
        print_json(report.as_dict())
        sys.exit(0 if report.ok else 2)
    report.raise_if_faulty()
    click.echo(f"{predictions} is fine: {report.rows} rows for {report.task}.")
