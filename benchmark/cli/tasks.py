"""`classmark tasks`: what there is to work on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from benchmark.cli.options import json_option
from benchmark.cli.output import console, print_json, table

if TYPE_CHECKING:
    from benchmark.card import Card


@click.command("tasks")
@json_option
def command(json: bool) -> None:
    """List the tasks."""
    from benchmark.catalog import cards

    readable, faulty = cards()
    listing = [_describe(card) for card in readable]
    for fault in faulty:
        click.echo(f"{fault}\n", err=True)
    if json:
        print_json(listing)
        return
    rows = [
        (one["name"], one["kind"], one["metric"], one["rows"] if one["prepared"] else "-", one["title"])
        for one in listing
    ]
    console().print(table("", ["task", "kind", "headline", "rows", "what"], rows, right=["rows"]))
    if not all(one["prepared"] for one in listing):
        console().print(
            "\nWithout rows: not prepared yet. classmark prepare TASK does it; real data: with --raw DIR."
        )
    console().print("\nclassmark show TASK tells more.")


def _describe(card: Card) -> dict[str, Any]:
    from benchmark.home import task_folder
    from benchmark.task import open_task

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
