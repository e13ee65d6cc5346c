"""A slice is a task of its own: small, with whole families on one side, labels where scoring finds them."""

from __future__ import annotations

import pandas as pd
import pytest
from toys import KINDS, right_answer, toy_card, toy_records, toy_task

from benchmark import score
from benchmark.errors import UserError
from benchmark.hardships import NEVER_SEEN, one_row, possible, suffering
from benchmark.home import hidden_folder
from benchmark.labels import load_labels
from benchmark.prepare import prepare
from benchmark.slices import cut
from benchmark.task import open_task


@pytest.mark.parametrize("kind", KINDS)
def test_a_slice_is_scored_like_any_task(kind: str) -> None:
    task = toy_task(kind, rows=800)
    with cut(task) as part:
        tiny = part.variant("plain")
        assert set(tiny.test.index) | set(tiny.labelled.index) <= set(task.labelled.index)
        assert 20 <= len(tiny.test) < len(tiny.labelled) < 200
        labels = load_labels(tiny).frame
        assert not set(labels["family"]) & set(tiny.labelled["family"])
        known = task.labelled.loc[tiny.test_ids]
        assert labels["target"].tolist() == known[task.target].tolist()
        assert tiny.test["title"].equals(known["title"])
        assert score(tiny, right_answer(tiny, labels)).headline.value == 1.0
        if kind == "classification":
            assert set(labels["target"]) <= set(tiny.train[task.target]) <= set(tiny.classes)
        else:
            assert (labels["target"].value_counts() > 1).sum() > 2
    assert not tiny.folder.exists()
    assert not hidden_folder(tiny.name, tiny.version).exists()


def test_the_same_slice_at_every_call() -> None:
    task = toy_task("matching", rows=800)
    with cut(task) as one, cut(task) as two:
        assert one.rows.equals(two.rows)
        assert one.variant("plain").version != two.variant("plain").version


def test_hardships_hurt_the_test_rows_only() -> None:
    task = toy_task("classification", rows=800)
    with cut(task) as part:
        plain, hard, one = (
            part.variant(name, change)
            for name, change in (
                ("plain", suffering([])),
                ("hard", suffering(possible(task.columns))),
                ("one", one_row),
            )
        )
        assert plain.test.equals(part.rows.loc[plain.test_ids, plain.test.columns])
        assert NEVER_SEEN in set(hard.test["shop"])
        assert hard.train["shop"].cat.categories.tolist()[-1] == NEVER_SEEN
        assert NEVER_SEEN not in set(hard.labelled["shop"])
        assert hard.test.isna().all(axis=1).any()
        assert pd.DataFrame(hard.labelled).drop(columns="shop").equals(plain.labelled.drop(columns="shop"))
        assert len(one.test) == len(load_labels(one).frame) == 1


def test_values_of_the_classes_come_along() -> None:
    records = toy_records("classification", 400)
    for name in records["label"].unique():
        records[f"value:{name}"] = (records["label"] == name).astype(float)
    task = open_task(prepare(toy_card("classification"), lambda raw: records))
    with cut(task) as part:
        tiny = part.variant("plain")
        assert tiny.values is not None
        assert task.values is not None
        assert tiny.values.equals(task.values.loc[tiny.labelled.index, tiny.classes])
        assert load_labels(tiny).values(tiny.classes) is not None


def test_too_few_families() -> None:
    records = toy_records("matching", 80).assign(split="test")
    records.loc[:3, "split"], records.loc[4:7, "split"] = "train", "validation"
    card = toy_card("matching", split={"column": "split"})
    task = open_task(prepare(card, lambda raw: records))
    with pytest.raises(UserError, match="too few families"), cut(task):
        pass
