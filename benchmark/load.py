"""Find tasks and load them, preparing on the way what can be prepared without asking."""

from __future__ import annotations

import os
from pathlib import Path

from benchmark.card import Card
from benchmark.catalog import card_names, load_card, load_recipe
from benchmark.errors import UserError
from benchmark.home import task_folder
from benchmark.prepare import prepare
from benchmark.tables import Format
from benchmark.task import Task, open_task


def list_tasks() -> list[str]:
    """The names of all tasks.

    >>> "flipkart" in list_tasks()
    True
    """
    return card_names()


def load_task(name: str | Path, fold: int | None = None, format: Format = "parquet") -> Task:
    """Load a task by its name, or a prepared task folder by its path.

    A task that is not prepared yet is prepared where that needs no consent: its raw files stand under
    CLASSMARK_RAW, or may be downloaded by default, or it has none. Otherwise UserError says what to do.
    """
    if isinstance(name, Path) or os.sep in name:
        return open_task(Path(name), fold, format)
    card = load_card(name)
    folder = task_folder(card.name, card.version)
    if not folder.exists():
        folder = _prepare(card)
    return open_task(folder, fold, format)


def _prepare(card: Card) -> Path:
    raw = os.environ.get("CLASSMARK_RAW")
    if not raw and not all(source.default_download for source in card.sources):
        raise UserError(
            f"Task {card.name} {card.version} is not prepared on this machine.",
            do=f"classmark prepare {card.name} --raw DIR    (or --download; see datasets/{card.name}/README.md)",
        )
    return prepare(card, load_recipe(card.name), Path(raw) if raw else None)
