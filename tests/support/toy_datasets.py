"""Toy tasks as task folders, so that what finds tasks by name finds them: cards with secret labels, and others."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from toys import KINDS, toy_card

from benchmark import catalog

_RECIPE = "from toys import toy_records\n\n\ndef records(raw):\n    return toy_records({kind!r})\n"
_NUMBERS = count()


def toy_datasets(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make `folder` the place of all tasks: a toy of each kind, one with folds, one public, one for no board."""
    for kind in KINDS:
        _write(folder, kind, labels="secret")
    _write(folder, "classification", name="toy_folds", labels="secret", split={"folds": 5})
    _write(folder, "classification", name="toy_public", labels="public")
    _write(folder, "classification", name="toy_unranked", labels="secret", board=False)
    monkeypatch.setattr(catalog, "datasets_folder", lambda: folder)
    monkeypatch.setattr(
        catalog, "_PACKAGE", f"toys_of_{next(_NUMBERS)}"
    )  # no recipe of another test's toys is kept
    catalog.load_card.cache_clear()


def _write(folder: Path, kind: str, **changes: Any) -> None:
    card = toy_card(kind, **changes)
    place = folder / card.name
    place.mkdir(parents=True)
    content = card.model_dump(mode="json", exclude_defaults=True) | {"labels": card.labels}
    (place / "card.toml").write_text(_toml(content), encoding="utf-8")
    (place / "prepare.py").write_text(_RECIPE.format(kind=kind))


def _toml(content: dict[str, Any]) -> str:
    return "".join(f"{key} = {_value(value)}\n" for key, value in content.items())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_value(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value)
