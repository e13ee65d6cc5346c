"""`classmark ablate TASK`: what text, numbers and pictures each add to a task."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchmark.cli.options import json_option

if TYPE_CHECKING:
    from baselines.ablating.ablation import Ablation


@click.command("ablate", short_help="tell what text, numbers and pictures each add to a task")
@click.argument("task")
@click.option("--seeds", type=click.IntRange(1), default=2, show_default=True, help="How many seeds.")
@click.option("--folds", type=click.IntRange(2), default=3, show_default=True, help="How many group folds.")
@click.option("--rows", type=click.IntRange(30), help="Only so many rows, whole families of them.")
@click.option(
    "--plot", type=click.Path(path_type=Path, dir_okay=False), help="Draw into this .png or .svg file too."
)
@json_option
def command(task: str, seeds: int, folds: int, rows: int | None, plot: Path | None, json: bool) -> None:
    """Tell what text, numbers and pictures each add to TASK (a name, or the path of a prepared folder).

    A committee of three learners predicts every row out of fold, with all columns, with each modality alone and
    with each left out. Needs the hidden labels. The result is kept beside the card; `classmark show` shows it.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from baselines.ablating.ablation import ablate, store
    from baselines.ablating.plot import write_plot
    from benchmark.cli.output import console, print_json
    from benchmark.comparing.plot import plot_format
    from benchmark.load import load_task

    if plot:
        plot_format(plot)
    loaded = load_task(task)
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console(stderr=True)) as bar:
        shown = bar.add_task("", total=None)
        found = ablate(
            loaded,
            seeds,
            folds,
            rows,
            progress=lambda what, done, total: bar.update(
                shown, description=what, completed=done, total=total
            ),
        )
    store(found, loaded)
    if plot:
        write_plot(found, plot)
    if json:
        print_json(found.as_dict())
    else:
        _page(found, loaded.folder)


def _page(found: Ablation, folder: Path) -> None:
    from baselines.ablating.ablation import FILE, PLOT, summary_rows
    from benchmark.cli.output import console, number, table

    out = console()
    out.print(
        f"\n[bold]{found.metric}[/bold]   {found.task} {found.version}, {found.scored} rows in "
        f"{found.families} families, each predicted out of fold\n{', '.join(found.learners)}; "
        f"{found.seeds} seeds, {found.folds} folds; intervals are 95 %, by family, differences paired\n",
        soft_wrap=True,
    )
    rows = [
        (name, number(value), number(low), number(high), what)
        for name, value, low, high, what in summary_rows(found.as_dict())
    ]
    out.print(table("", ["columns", "value", "low", "high", ""], rows, right=["value", "low", "high"]))
    out.print(f"\nKept as {folder / FILE} and {PLOT}.", soft_wrap=True)
