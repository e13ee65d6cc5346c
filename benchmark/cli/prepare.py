"""`classmark prepare TASK...`: from raw files, or from a seed, to standard tables."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from benchmark.cli.options import json_option
from benchmark.cli.output import console, print_json

if TYPE_CHECKING:
    from rich.status import Status

    from benchmark.edition import Edition


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
@click.option("--size", default="", help="Size of an embedded task: small or full.  [default: small]")
@click.option(
    "--secret",
    type=click.Path(path_type=Path),
    help="File of `classmark secret new`: an embedded task becomes a contest set with labels of its own.",
)
@json_option
def command(
    tasks: tuple[str, ...],
    raw: Path | None,
    download: bool,
    seed: int,
    size: str,
    secret: Path | None,
    json: bool,
) -> None:
    """Prepare TASKS (names, `embedded`, or `all`): opaque ids, families, split, tables, hidden labels."""
    from benchmark.catalog import load_card
    from benchmark.edition import Edition, read_secret
    from benchmark.load import embedded_tasks, list_tasks
    from benchmark.task import open_task

    if secret and seed:
        raise click.UsageError("Give --seed or --secret: a secret takes the seed's place.")
    many = {("all",): list_tasks, ("embedded",): embedded_tasks}
    names = many[tasks]() if tasks in many else list(tasks)
    edition = Edition(size, seed, read_secret(secret) if secret else None)
    for name in names:
        edition.version(load_card(name))
    made: list[dict[str, Any]] = []
    for folder in _prepared(names, raw, download, edition):
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


def _prepared(names: list[str], raw: Path | None, download: bool, edition: Edition) -> Iterator[Path]:
    """The folders of the prepared tasks as they are done: one after the other, or several at a time."""
    cores = os.cpu_count() or 1
    if len(names) == 1 or cores == 1:
        for name in names:
            with console(stderr=True).status(name) as status:
                yield prepare_one(name, raw, download, edition, partial(_show, status, name))
        return
    from rich.progress import track

    with ProcessPoolExecutor(min(len(names), cores), get_context("spawn")) as pool:
        waiting = [pool.submit(prepare_one, name, raw, download, edition) for name in names]
        done = (each.result() for each in as_completed(waiting))
        yield from track(done, "preparing", len(names), console=console(stderr=True))


def _show(status: Status, name: str, step: str) -> None:
    status.update(f"{name}: {step}")


def prepare_one(
    name: str,
    raw: Path | None,
    download: bool,
    edition: Edition,
    progress: Callable[[str], None] = lambda step: None,
) -> Path:
    """Prepare a task by its name, perhaps in another process; anew where no digest on its card fixes it yet."""
    from benchmark.catalog import load_card, load_recipe
    from benchmark.prepare import prepare

    card = load_card(name)
    return prepare(card, load_recipe(name), raw, download, progress, edition, anew=not card.digest)
