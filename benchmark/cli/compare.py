"""`classmark compare`: tracks, tasks and paired differences over recorded runs."""

from __future__ import annotations

from pathlib import Path

import click

from benchmark.cli.options import json_option, names
from benchmark.cli.output import console, print_json, table

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("compare")
@click.argument("results", nargs=-1, type=click.Path(path_type=Path))
@click.option("--task", multiple=True, callback=names, help="Only these tasks, with commas between.")
@click.option(
    "--solution",
    multiple=True,
    callback=names,
    help="Only these solutions, NAME or NAME@DIGEST, with commas.",
)
@click.option("--budget", help="Only runs under this budget, such as 120s or 120s,8GB,2cores.")
@click.option("--pair", nargs=2, metavar="A B", help="A - B on every track and task, with intervals.")
@click.option("--plot", type=_FILE, help="Draw score against cost into a .png or .svg file.")
@click.option("--markdown", type=_FILE, help="Write the tables into a Markdown file.")
@click.option("--csv", type=_FILE, help="Write a row per solution and task into a CSV file.")
@json_option
def command(
    results: tuple[Path, ...],
    task: list[str],
    solution: list[str],
    budget: str | None,
    pair: tuple[str, str] | None,
    plot: Path | None,
    markdown: Path | None,
    csv: Path | None,
    json: bool,
) -> None:
    """Tell who is ahead in the records below RESULTS (default: results under CLASSMARK_HOME)."""
    from rich.markup import escape

    from benchmark.comparing.comparison import compare
    from benchmark.comparing.plot import draw, plot_format
    from benchmark.comparing.report import as_csv, as_dict
    from benchmark.comparing.selection import select
    from benchmark.comparing.sheets import NUMBERS, footer, sheets
    from benchmark.comparing.sheets import markdown as as_markdown
    from benchmark.files import write_bytes
    from benchmark.home import results_folder
    from benchmark.records import read_records

    form = plot_format(plot) if plot else None
    records = read_records(results or [results_folder()])
    comparison = compare(select(records, task, solution, budget))
    differences = comparison.pair(*pair) if pair else []
    if plot and form:
        write_bytes(plot, draw(comparison, form))
    if markdown:
        write_bytes(markdown, as_markdown(comparison, differences).encode())
    if csv:
        write_bytes(csv, as_csv(comparison).encode())
    if json:
        print_json(as_dict(comparison, differences))
        return
    out = console()
    for sheet in sheets(comparison, differences):
        rows = [[escape(cell) for cell in row] for row in sheet.rows]
        columns = [escape(name) for name in sheet.columns]
        out.print(f"\n[bold]{escape(sheet.title)}[/bold]")
        out.print(table("", columns, rows, right=list(NUMBERS)))
    out.print()
    for line in footer(comparison):
        out.print(line, markup=False, style="bold" if line.startswith("Note") else "dim")
