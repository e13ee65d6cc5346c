"""Where the task folders are, and how their cards and recipes are loaded. Knows no task by name."""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Protocol

from benchmark.card import Card, read_card
from benchmark.errors import UserError, unknown_name
from benchmark.streams import Streams

if TYPE_CHECKING:
    import pandas as pd

_PACKAGE = "_classmark_datasets"


class Raw(Protocol):
    """What a recipe makes records of: raw files, or random streams and a size where it makes them up."""

    streams: Streams
    size: str

    def path(self, source: str) -> Path: ...


Recipe = Callable[[Raw], "pd.DataFrame | tuple[pd.DataFrame, pd.DataFrame]"]
"""Records, and the posterior of their labels where the recipe knows it (see `benchmark.posterior`)."""


def datasets_folder() -> Path:
    """The folder of task folders: inside the installed wheel, else beside this package."""
    packaged = Path(__file__).parent / "_datasets"
    return packaged if packaged.is_dir() else Path(__file__).parent.parent / "datasets"


def card_names() -> list[str]:
    """The names of all task folders that have a card."""
    return sorted(path.parent.name for path in datasets_folder().glob("*/card.toml"))


def cards() -> tuple[list[Card], list[UserError]]:
    """All cards that can be read, and what is wrong with the others: one in the making stops nothing."""
    found, faulty = [], []
    for name in card_names():
        try:
            found.append(load_card(name))
        except UserError as error:
            faulty.append(error)
    return found, faulty


@cache
def load_card(name: str) -> Card:
    """The card of a task by its name. UserError with did-you-mean for an unknown one."""
    if name not in card_names():
        raise unknown_name("task", name, card_names())
    card = read_card(datasets_folder() / name / "card.toml")
    if card.name != name:
        raise UserError(f"The card in datasets/{name} is called {card.name!r}.", allowed=name)
    return card


def load_recipe(name: str) -> Recipe:
    """The `records` function of a task's `prepare.py`.

    Task folders are loaded by path as parts of a private package, so that a recipe may import its neighbours
    (`from . import words`) and no folder needs an `__init__.py`.
    """
    if _PACKAGE not in sys.modules:
        package = ModuleType(_PACKAGE)
        package.__path__ = [str(datasets_folder())]
        sys.modules[_PACKAGE] = package
    load_card(name)
    with recipe_errors(name):
        recipe: Recipe = importlib.import_module(f"{_PACKAGE}.{name}.prepare").records
    return recipe


@contextmanager
def recipe_errors(task: str) -> Iterator[None]:
    """What goes wrong in a recipe's own code is told with its place there, as a UserError."""
    folder = datasets_folder()
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if Path(frame.filename).is_relative_to(folder)]
        at = f" at {Path(own[-1].filename).relative_to(folder)}:{own[-1].lineno}" if own else ""
        raise UserError(
            f"The recipe of {task} failed{at}.",
            given=f"{type(error).__name__}: {error}",
            do=f"Mend {folder.name}/{task}/prepare.py.",
        ) from error
