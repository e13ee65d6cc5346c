"""`classmark show TASK`: what a task is and asks, with sample rows and the predictions format."""

from __future__ import annotations

from json import loads
from typing import TYPE_CHECKING, Any

import click

from benchmark.catalog import datasets_folder
from benchmark.cli.options import json_option
from benchmark.cli.output import console, number, print_json, table, with_interval

if TYPE_CHECKING:
    from benchmark.task import Task

SAMPLE = 3
MOST_CLASSES = 12


@click.command("show")
@click.argument("task")
@json_option
def command(task: str, json: bool) -> None:
    """Show what TASK (a name, or the path of a prepared folder) is and asks."""
    from benchmark.load import load_task

    loaded = load_task(task)
    if json:
        print_json(loaded.card | {"predictions_format": loaded.predictions_format()})
        return
    _page(loaded)


def _page(task: Task) -> None:
    out, card = console(), task.card
    sizes = card["sizes"]
    out.print(f"\n[bold]{card['title']}[/bold]   {task.name} {task.version}")
    out.print(card["summary"], style="italic")
    split = (
        f"{task.folds} group folds"
        if task.folds
        else ", ".join(f"{sizes.get(part, 0)} {part}" for part in ("train", "validation", "test"))
    )
    facts = [
        ("kind", task.kind),
        ("target", f"{task.target} ({sizes['labels']} {'classes' if task.classes else 'entities'})"),
        ("headline", f"{task.metric}: {task.metric.title}"),
        ("rows", f"{sizes['rows']} in {sizes['families']} families: {split}"),
        ("pictures", sizes["pictures"] or "none"),
        ("labels", card["labels"] + ("" if card["board"] else " (on no board)")),
        *([("oracle", with_interval(card["oracle"]))] if "oracle" in card else []),
        ("licence", card["licence"]),
        ("digest", task.digest[:16]),
    ]
    out.print(table("", ["", ""], facts))
    out.print(table("\nColumns", ["column", "type", "missing", "what"], _columns(task), right=["missing"]))
    if task.classes:
        out.print(table("\nClasses", ["class", "rows", "share"], _classes(task), right=["rows", "share"]))
    if ablation := _ablation(task):
        out.print(ablation)
    for ignorable in task.ignorable:
        words = ", ".join([*ignorable.words, *ignorable.patterns][:12])
        out.print(f"\nTo be ignored: {ignorable.name} (in {ignorable.column}): {words}, ...")
    out.print("\n[bold]Sample rows[/bold]")
    out.print(_sample(task))
    out.print("\n[bold]Predictions[/bold]")
    out.print(task.predictions_format(), markup=False)
    out.print(f"\n[bold]Next[/bold]\n  task = load_task({task.name!r})    # from benchmark import load_task")
    out.print(
        f"  classmark run --task {task.name} --solution tfidf_linear"
        if task.classes
        else f"  classmark run --task {task.name} --solution neighbours"
    )


def _columns(task: Task) -> list[tuple[str, ...]]:
    frame = task.train
    rows: list[tuple[str, ...]] = []
    for column in task.columns:
        more = f" [{column.unit}]" if column.unit else ""
        more += f" ({len(column.values)} values)" if column.values else ""
        missing = f"{frame[column.name].isna().mean():.0%}"
        rows.append((column.name, column.type, missing, (column.description + more).replace("[", "\\[")))
    return rows


def _ablation(task: Task) -> Any:
    """What `classmark ablate` has kept beside the prepared task, or the suite has published beside the card."""
    for folder in (task.folder, datasets_folder() / task.name):
        path = folder / "ablation.json"
        if not path.is_file() or (found := loads(path.read_text(encoding="utf-8")))["digest"] != task.digest:
            continue
        rows = [
            (one["name"], number(one["value"]), number(one["low"]), number(one["high"]))
            for one in [*found["sets"], *found["differences"]]
        ]
        title = (
            f"\nWhat text, numbers and pictures add ({found['metric']}, {found['scored']} rows out of fold)"
        )
        return table(title, ["columns", "value", "low", "high"], rows, right=["value", "low", "high"])
    return None


def _classes(task: Task) -> list[tuple[Any, ...]]:
    counts = task.train[task.target].value_counts()
    shown = [(name, count, f"{count / counts.sum():.1%}") for name, count in counts.items()]
    if len(shown) <= MOST_CLASSES:
        return shown
    rest = counts.iloc[MOST_CLASSES - 3 : -2]
    return [*shown[: MOST_CLASSES - 3], (f"... {len(rest)} more", rest.sum(), ""), *shown[-2:]]


def _sample(task: Task) -> Any:
    import pandas as pd

    frame = task.train.head(SAMPLE)
    rows = []
    for name in frame.columns:
        cells = ["-" if pd.isna(value) else _short(str(value)) for value in frame[name]]
        rows.append((name, *cells))
    return table("", ["", *frame.index], rows)


def _short(text: str, width: int = 34) -> str:
    text = " ".join(text.split()).replace("[", "\\[")
    return text if len(text) <= width else text[: width - 1] + "…"
