"""`classmark tasks`: what there is to work on."""

from __future__ import annotations

from typing import Any

import click

from benchmark.cli.options import json_option
from benchmark.cli.output import console, print_json, table


@click.command("tasks")
@json_option
def command(json: bool) -> None:
    """List the tasks."""
    from benchmark.load import list_tasks

    listing = [_describe(name) for name in list_tasks()]
    if json:
        print_json(listing)
        return
    rows = [
        (one["name"], one["kind"], one["metric"], one["rows"] if one["prepared"] else "-", one["title"])
        for one in listing
    ]
    console().print(table("", ["task", "kind", "headline", "rows", "what"], rows, right=["rows"]))
    if not all(one["prepared"] for one in listing):
        console().print("\nWithout rows: not prepared yet. classmark prepare TASK --raw DIR does it.")
    console().print("\nclassmark show TASK tells more.")


def _describe(name: str) -> dict[str, Any]:
    from benchmark.catalog import load_card
    from benchmark.home import task_folder
    from benchmark.task import open_task

    card = load_card(name)
    folder = task_folder(card.name, card.version)
    prepared = folder.is_dir()
    return {
        "name": card.name,
        "version": card.version,
        "kind": card.kind,
        "title": card.title,
        "metric": str(card.headline),
        "labels": card.labels,
        "board": card.board,
        "licence": card.licence,
        "prepared": prepared,
        "rows": open_task(folder).card["sizes"]["rows"] if prepared else None,
    }
