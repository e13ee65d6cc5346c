"""`classmark score TASK FILE`: metrics with intervals, slices, and where the score comes from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from benchmark.cli.options import json_option
from benchmark.cli.output import console, number, print_json, table, with_interval

if TYPE_CHECKING:
    from benchmark.scoring import Score

WORST = 12


@click.command("score")
@click.argument("task")
@click.argument("predictions", type=click.Path(path_type=Path))
@click.option("--fold", type=int, help="Which fold of a task with folds.  [default: 0]")
@click.option("--part", type=click.Choice(["public", "private"]), help="Only this part of the test rows.")
@json_option
def command(
    task: str,
    predictions: Path,
    fold: int | None,
    part: Literal["public", "private"] | None,
    json: bool,
) -> None:
    """Score a PREDICTIONS file (Parquet or CSV) for TASK, where the labels are on this machine."""
    from benchmark.load import load_task
    from benchmark.scoring import score

    found = score(load_task(task, fold), predictions, part)
    if json:
        print_json(found.as_dict())
    else:
        _page(found)


def _page(found: Score) -> None:
    out, given = console(), found.as_dict()
    headline = given["headline"]
    where = f" {given['part']} part" if given["part"] else ""
    where += f" fold {given['fold']}" if given["fold"] is not None else ""
    out.print(
        f"\n[bold]{headline['metric']} {with_interval(headline)}[/bold]   {given['task']} "
        f"{given['version']}{where}, {given['rows']} rows in {given['families']} families"
    )
    out.print(f"the constant answer scores {number(given['constant'])}; intervals are 95 %, by family\n")
    if given["oracle"]:
        out.print(
            f"the oracle, who knows all evidence, scores {with_interval(given['oracle'])}: "
            f"[bold]{given['oracle']['way']:z.0%} of the way[/bold] from the constant answer to there\n"
        )
    rows = [
        (name, number(value["value"]), number(value["low"]), number(value["high"]), metric.title)
        for metric, (name, value) in zip(found.metrics, given["metrics"].items(), strict=True)
    ]
    out.print(table("", ["metric", "value", "low", "high", "what"], rows, right=["value", "low", "high"]))
    for name, values in given["slices"].items():
        rows_of = [
            (value, number(one["value"]), number(one["low"]), number(one["high"]))
            for value, one in values.items()
        ]
        out.print(
            table(
                f"\n{headline['metric']} by {name}",
                [name, "value", "low", "high"],
                rows_of,
                right=["value", "low", "high"],
            )
        )
    worst = found.breakdown.head(WORST)
    cells = [
        [number(cell) if isinstance(cell, float) else cell for cell in row]
        for row in worst.itertuples(index=False)
    ]
    names = [str(name) for name in worst.columns]
    what = "classes" if found.task.classes else "true clusters"
    title = f"\nThe worst {what} ({len(worst)} of {len(found.breakdown)})"
    out.print(table(title, names, cells, right=names[1:]))
