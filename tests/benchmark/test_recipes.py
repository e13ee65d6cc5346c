"""What a recipe returns wrongly is refused in the author's words, before anything is written."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from toy_datasets import toy_datasets
from toys import toy_card, toy_records

from benchmark import load_task
from benchmark.catalog import card_names, cards, load_card, load_recipe
from benchmark.cli.prepare import prepare_one
from benchmark.edition import Edition
from benchmark.errors import UserError
from benchmark.prepare import prepare
from benchmark.task import open_task

RECORDS = toy_records("classification")
FEW = RECORDS.head(40).assign(label=[f"class {row}" for row in range(40)])


def changed(**columns: Any) -> pd.DataFrame:
    return RECORDS.assign(**columns)


@pytest.mark.parametrize(
    ("given", "card", "messages"),
    [
        (None, {}, ["returns no records", "NoneType"]),
        ([1, 2], {}, ["returns no records", "list"]),
        (RECORDS.head(0), {}, ["returns no records", "an empty table"]),
        (RECORDS.drop(columns="shop"), {}, ["shop (categorical)", "title, price"]),
        (RECORDS, {"families": ["prod"]}, ["prod (family)"]),
        (RECORDS, {"stratify": "prod"}, ["prod (stratify)"]),
        (pd.concat([RECORDS, RECORDS[["title"]]], axis=1), {}, ["two columns of one name"]),
        (changed(label=RECORDS["label"].mask(RECORDS.index < 3)), {}, ["without a label", "3 of 200 records: 0, 1, 2"]),
        (changed(label=RECORDS["label"].mask(RECORDS.index == 9, "")), {}, ["without a label", "1 of 200 records: 9"]),
        (changed(label=RECORDS["label"].mask(RECORDS.index == 9, "lamp ")), {}, ["begins or ends with a space"]),
        (changed(label="lamp"), {}, ["nothing to tell apart"]),
        (changed(price=np.inf), {}, ["'price'", "infinite numbers", "200 of 200"]),
        (changed(picture=b"hello"), {}, ["is no picture", "PNG or JPEG", "b'hello'"]),
        (changed(picture="nowhere.png"), {}, ["is no picture", "nowhere.png"]),
        (changed(picture=Path("/")), {}, ["is no picture"]),
        (changed(part_of="training"), {"split": {"column": "part_of"}}, ["is no split", "train and test"]),
        (changed(fresh="no"), {"split": {"test_only": "fresh"}}, ["marks records", "True or False", "'no'"]),
        (RECORDS, {"metric": "recoverable_value"}, ["value of each decision", "value:<class>", "value:chair"]),
        (FEW, {}, ["too few records or families", "40 strata"]),
    ],
)  # fmt: skip
def test_what_no_task_can_be_made_of(
    given: Any, card: dict[str, Any], messages: list[str], home: Path
) -> None:
    with pytest.raises(UserError) as caught:
        prepare(toy_card("classification", **card), lambda raw: given)
    for message in messages:
        assert message in str(caught.value)
    assert not [path for path in home.rglob("*") if path.is_file()]


def test_a_path_may_be_a_text(tmp_path: Path) -> None:
    (tmp_path / "one.png").write_bytes(RECORDS["picture"][1])
    records = changed(picture=str(tmp_path / "one.png"))
    task = open_task(prepare(toy_card("classification"), lambda raw: records))
    assert task.image(task.train["picture"].iloc[0]) is not None


def test_codes_with_missing_cells_stay_whole_numbers() -> None:
    records = changed(shop=np.where(RECORDS.index % 3 == 0, np.nan, RECORDS.index % 5))
    task = open_task(prepare(toy_card("classification"), lambda raw: records))
    assert list(task.train["shop"].cat.categories) == ["0", "1", "2", "3", "4"]


@pytest.fixture
def recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Writes the recipe of the task toy_classification, which nothing has loaded yet."""

    def write(code: str) -> None:
        toy_datasets(tmp_path / "datasets", monkeypatch)
        (tmp_path / "datasets" / "toy_classification" / "prepare.py").write_text(code)

    return write


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("def record(raw): pass\n", "AttributeError: .*'records'"),
        ("def records(raw)\n", r"SyntaxError: .*line 1"),
        ("import no_such_package\n", "failed at toy_classification/prepare.py:1.\n.*ModuleNotFoundError"),
        (
            "def records(raw):\n    return {}['a']\n",
            "failed at toy_classification/prepare.py:2.\n.*KeyError: 'a'",
        ),
        ("def records(raw):\n    raw.path('a')\n", "There is no source of task toy_classification 'a'"),
    ],
)
def test_a_recipe_that_fails_is_named_with_its_line(
    recipe: Callable[[str], None], code: str, message: str
) -> None:
    recipe(code)
    with pytest.raises(UserError, match=message):
        prepare_one("toy_classification", None, False, Edition())


def test_a_task_in_the_making_is_prepared_anew_and_a_fixed_one_is_held(
    recipe: Callable[[str], None], tmp_path: Path
) -> None:
    code = "from toys import toy_records\n\n\ndef records(raw):\n    return toy_records('classification', {rows})\n"
    recipe(code.format(rows=200))
    first = open_task(prepare_one("toy_classification", None, False, Edition()))
    card = load_card("toy_classification").model_copy(update={"digest": first.digest})
    assert open_task(prepare(card, load_recipe("toy_classification"))).digest == first.digest
    prepare_one("toy_classification", None, False, Edition())

    (tmp_path / "datasets" / "toy_classification" / "prepare.py").write_text(code.format(rows=100))
    sys.modules.pop(load_recipe("toy_classification").__module__)
    second = open_task(prepare_one("toy_classification", None, False, Edition()))
    assert second.card["sizes"]["rows"] == 100
    with pytest.raises(UserError, match=r"different from what its card fixes(.|\n)*Move .* away"):
        prepare(card, load_recipe("toy_classification"))


def test_a_card_in_the_making_stops_no_other_task(recipe: Callable[[str], None], tmp_path: Path) -> None:
    recipe("")
    (tmp_path / "datasets" / "broken").mkdir()
    (tmp_path / "datasets" / "broken" / "card.toml").write_text('name = "broken"\n')
    readable, [fault] = cards()
    assert len(readable) == len(card_names()) - 1
    assert "columns: this key is required" in str(fault)


def test_the_edition_that_is_here_is_named(recipe: Callable[[str], None]) -> None:
    recipe("from toys import toy_records\n\n\ndef records(raw):\n    return toy_records('classification')\n")
    prepare_one("toy_classification", None, False, Edition(seed=3))
    with pytest.raises(UserError, match=r"take the edition that is here: toy_classification\+seed3"):
        load_task("toy_classification+secret-01234567")
