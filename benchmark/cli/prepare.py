"""`classmark prepare TASK...`: from raw files to standard tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from benchmark.cli.options import json_option
from benchmark.cli.output import console, print_json


@click.command("prepare")
@click.argument("tasks", nargs=-1, required=True)
@click.option(
    "--raw",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    envvar="CLASSMARK_RAW",
    help="Folder of raw files; without it they are downloaded where that is allowed.  [env: CLASSMARK_RAW]",
)
@click.option("--download", is_flag=True, help="Consent to download files whose licence is not stated.")
@click.option(
    "--seed", default=0, show_default=True, help="Seed of ids and split; another seed is another version."
)
@json_option
def command(tasks: tuple[str, ...], raw: Path | None, download: bool, seed: int, json: bool) -> None:
    """Prepare TASKS (names, or `all`): opaque ids, families, split, tables, hidden labels."""
    from benchmark.catalog import load_card, load_recipe
    from benchmark.load import list_tasks
    from benchmark.prepare import prepare
    from benchmark.task import open_task

    names = list_tasks() if tasks == ("all",) else tasks
    cards = [load_card(name) for name in names]
    made: list[dict[str, Any]] = []
    for card in cards:
        with console(stderr=True).status(f"{card.name}: starting") as status:
            folder = prepare(
                card,
                load_recipe(card.name),
                raw,
                seed,
                download,
                lambda step, name=card.name: status.update(f"{name}: {step}"),  # type: ignore[misc]
            )
        task = open_task(folder)
        made.append(
            {
                "task": task.name,
                "version": task.version,
                "folder": str(folder),
                "digest": task.digest,
                "sizes": task.card["sizes"],
            }
        )
        if not json:
            sizes = task.card["sizes"]
            console().print(
                f"[green]✓[/green] {task.name} {task.version}: {sizes['rows']} rows in "
                f"{sizes['families']} families, {sizes['pictures']} pictures\n  {folder}",
                soft_wrap=True,
            )
    if json:
        print_json(made)
