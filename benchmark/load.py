"""Find tasks and load them, preparing on the way what can be prepared without asking."""

from __future__ import annotations

import os
from pathlib import Path

from benchmark.card import Card
from benchmark.catalog import card_names, cards, load_card, load_recipe
from benchmark.edition import Edition, parse_edition
from benchmark.errors import UserError
from benchmark.home import home, task_folder
from benchmark.prepare import prepare
from benchmark.tables import Format
from benchmark.task import Task, open_task


def list_tasks() -> list[str]:
    """The names of all tasks.

    >>> "flipkart" in list_tasks()
    True
    """
    return card_names()


def embedded_tasks() -> list[str]:
    """The names of the tasks that need no raw files: their recipes make the records up.

    >>> "product_type" in embedded_tasks()
    True
    """
    return [card.name for card in cards()[0] if not card.sources]


def load_task(name: str | Path, fold: int | None = None, format: Format = "parquet") -> Task:
    """Load a task by its name, or a prepared task folder by its path.

    A name may say which edition: `product_type+full`, `product_type+seed3`, `product_type+secret-2b81e07c`. A task
    that is not prepared yet is prepared where that needs no consent: its raw files stand under CLASSMARK_RAW, or
    may be downloaded by default, or it has none. Otherwise UserError says what to do.
    """
    if isinstance(name, Path) or os.sep in name:
        return open_task(Path(name), fold, format)
    name, _, wanted = name.partition("+")
    card = load_card(name)
    edition = parse_edition(wanted)
    version = edition.version(card) if edition else f"{card.version}+{wanted}"
    folder = task_folder(card.name, version)
    if not folder.exists():
        if edition is None:
            raise _not_prepared(card, version, f"classmark prepare {card.name} --secret FILE")
        folder = _prepare(card, edition)
    return open_task(folder, fold, format)


def _prepare(card: Card, edition: Edition) -> Path:
    raw = os.environ.get("CLASSMARK_RAW")
    if not raw and not all(source.default_download for source in card.sources):
        raise _not_prepared(
            card, edition.version(card), f"classmark prepare {card.name} --raw DIR    (or --download)"
        )
    return prepare(card, load_recipe(card.name), Path(raw) if raw else None, edition=edition)


def _not_prepared(card: Card, version: str, do: str) -> UserError:
    """The editions that are here are named: after a download from a competition it is mostly one of these."""
    there = sorted(path.name for path in task_folder(card.name, "").glob("*") if path.is_dir())
    names = [f"{card.name}+{name.partition('+')[2]}" for name in there if name.startswith(f"{card.version}+")]
    return UserError(
        f"Task {card.name} {version} is not prepared on this machine.",
        given=f"CLASSMARK_HOME={home()}",
        do=do + "".join(f"\n           or take the edition that is here: {name}" for name in names),
    )
