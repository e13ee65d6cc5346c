"""Cards are a closed vocabulary."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from toys import toy_card

from benchmark.card import read_card
from benchmark.catalog import card_names, datasets_folder, load_card, load_recipe
from benchmark.errors import UserError


@pytest.mark.parametrize("name", card_names())
def test_every_card_and_recipe_of_the_suite_loads(name: str) -> None:
    card = load_card(name)
    assert card.name == name
    assert callable(load_recipe(name))
    assert (datasets_folder() / name / "README.md").is_file()
    assert card.digest, "a version is fixed: its digest stands on the card"
    ablation = datasets_folder() / name / "ablation.json"
    assert not ablation.exists() or json.loads(ablation.read_text())["digest"] == card.digest


def test_datasets_is_no_package() -> None:
    assert not list(datasets_folder().rglob("__init__.py"))


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        ("classification", {"metrik": "accuracy"}, "metrik: unknown key. Did you mean 'metric'?"),
        ("classification", {"columns": [{"name": "a", "typ": "text"}]}, "columns.a.typ: unknown key"),
        ("classification", {"kind": "ranking"}, "kind"),
        ("classification", {"metric": "pair_f1"}, "does not belong to classification"),
        ("classification", {"metric": "macro_f2"}, "macro_f1"),
        ("clustering", {"metric": "ari"}, "cannot be a headline"),
        ("classification", {"metric": "log_loss"}, "needs probabilities"),
        ("classification", {"version": "one"}, "version"),
        ("classification", {"target": "title"}, "target is not a feature"),
        ("classification", {"ignore": "twin"}, "belong to matching and clustering"),
        ("matching", {"source": "nowhere"}, "feature column"),
        ("matching", {"hard_negatives": "near"}, "belongs to clustering"),
        ("clustering", {"ignorable": [{"name": "colour", "column": "nowhere"}]}, "feature column"),
        ("classification", {"split": {"folds": 5, "column": "x"}}, "give folds, or a column, or shares"),
        ("classification", {"split": {"train": 0.9}}, "sum to 1"),
        ("classification", {"columns": []}, "at least one"),
        ("classification", {"columns": [{"name": "a", "description": ""}]}, "columns.a.type: this key is required"),
        ("classification", {"slices": [{"name": "a", "column": "shop"}] * 2}, "the names of [[slices]] repeat"),
        ("classification", {"columns": [{"name": "family", "type": "text", "description": ""}]}, "suite's own"),
        ("classification", {"columns": [{"name": "a", "type": "text", "description": "", "unit": "m"}]}, "numeric"),
    ],
)  # fmt: skip
def test_faults_are_named(kind: str, change: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError) as caught:
        toy_card(kind, **change)
    assert message in str(caught.value)


def test_all_faults_are_listed_at_once() -> None:
    with pytest.raises(UserError) as caught:
        toy_card("classification", version="one", labels="open")
    assert "version: String should match" in str(caught.value)
    assert "labels: Input should be 'public' or 'secret', and is 'open'" in str(caught.value)


def test_a_card_that_is_no_toml(tmp_path: Path) -> None:
    (tmp_path / "card.toml").write_text("name = ")
    with pytest.raises(UserError, match="not TOML"):
        read_card(tmp_path / "card.toml")
