"""Nearest neighbours with one threshold."""

from __future__ import annotations

import pandas as pd
import pytest
from toys import toy_task

from baselines.neighbours import build, supports
from tests.baselines.solver import given


def test_scores_are_in_bounds_and_pairs_stand_once() -> None:
    seen = given(toy_task("matching", rows=400))
    pairs = build(seen.task).fit(seen.X, seen.y).predict(seen.test)
    assert pairs["score"].between(0, 1).all()
    assert len({frozenset(pair) for pair in pairs[["left_id", "right_id"]].to_numpy()}) == len(pairs)
    assert len(pairs) <= 20 * len(seen.test)
    assert set(pairs["left_id"]) | set(pairs["right_id"]) <= set(seen.test.index)


def test_pairs_are_across_sources() -> None:
    seen = given(toy_task("matching", rows=400, source="shop"))
    pairs = build(seen.task).fit(seen.X, seen.y).predict(seen.test)
    shop = seen.test["shop"].astype(object)
    left, right = (shop.loc[list(pairs[side])].to_numpy() for side in ("left_id", "right_id"))
    both = pd.notna(left) & pd.notna(right)
    assert both.any()
    assert (left[both] != right[both]).all()


def test_it_takes_the_text_that_tells_most(capsys: pytest.CaptureFixture[str]) -> None:
    columns = [{"name": name, "type": "text", "description": ""} for name in ("title", "shop")]
    seen = given(toy_task("clustering", columns=columns, slices=[]))
    clusters = build(seen.task).fit(seen.X, seen.y).predict(seen.test)
    assert len(clusters) == len(seen.test)
    lines = capsys.readouterr().out.splitlines()
    score = {line.split(": ")[0]: float(line.split(": ")[1]) for line in lines if ": " in line}
    assert set(score) == {"title + shop", "title", "shop"}
    assert score["title"] > score["shop"]


@pytest.mark.parametrize("kind", ["matching", "clustering"])
def test_one_test_record(kind: str) -> None:
    seen = given(toy_task(kind))
    answer = build(seen.task).fit(seen.X, seen.y).predict(seen.test.iloc[:1])
    assert len(answer) == (0 if kind == "matching" else 1)


def test_it_refuses_rows_and_tables_without_text() -> None:
    assert not supports(given(toy_task("classification")).task)[0]
    price = {"name": "price", "type": "numeric", "description": ""}
    seen = given(toy_task("matching", columns=[price], slices=[]))
    assert supports(seen.task) == (False, "it compares texts, and the task has no text column")
