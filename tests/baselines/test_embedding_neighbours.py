"""Approximate neighbours, judged twice."""

from __future__ import annotations

import pandas as pd
import pytest
from toys import toy_task

from tests.baselines.solver import given

pytest.importorskip("lightgbm")
pytest.importorskip("voyager")
pytest.importorskip("sentence_transformers")

from baselines.embedding_neighbours import affordable, build, supports


@pytest.mark.parametrize("kind", ["matching", "clustering"])
def test_it_answers_the_test_and_one_record(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    task = toy_task(kind, rows=400)
    seen = given(task)
    monkeypatch.chdir(task.folder)
    model = build(seen.task).fit(seen.X, seen.y)
    answer, one = model.predict(seen.test), model.predict(seen.test.iloc[:1])
    if kind == "clustering":
        assert len(answer) == len(seen.test)
        assert len(one) == 1
    else:
        assert answer["score"].between(0, 1).all()
        assert (answer["score"] >= 0.5).any()
        assert len(answer) <= 20 * len(seen.test)
        assert len({frozenset(pair) for pair in answer[["left_id", "right_id"]].to_numpy()}) == len(answer)
        assert len(one) == 0


def test_pairs_are_across_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    task = toy_task("matching", rows=400, source="shop")
    seen = given(task)
    monkeypatch.chdir(task.folder)
    pairs = build(seen.task).fit(seen.X, seen.y).predict(seen.test)
    shop = seen.test["shop"].astype(object)
    left, right = (shop.loc[list(pairs[side])].to_numpy() for side in ("left_id", "right_id"))
    both = pd.notna(left) & pd.notna(right)
    assert both.any()
    assert (left[both] != right[both]).all()


def test_without_time_nothing_is_embedded() -> None:
    seen = given(toy_task("matching"), seconds=0.001)
    assert affordable(seen.task, seen.X) == []
    seen = given(toy_task("matching"), seconds=600)
    assert affordable(seen.task, seen.X) == ["title"]


def test_it_refuses_rows_and_tables_of_numbers() -> None:
    assert not supports(given(toy_task("classification")).task)[0]
    price = {"name": "price", "type": "numeric", "description": ""}
    assert not supports(given(toy_task("matching", columns=[price], slices=[])).task)[0]
