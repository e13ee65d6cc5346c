"""Probabilistic record linkage."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from toys import toy_task

pytest.importorskip("splink")

from baselines._linkage import directions, lists, rare, words
from baselines._pairs import pair_f1
from baselines.splink import build, supports
from tests.baselines.solver import given


def test_candidates_are_bounded_whatever_the_texts() -> None:
    """300 records that share one word, 100 pairs that share one of their own: the bound keeps the rare words."""
    texts = [f"lamp mx{record // 2}" for record in range(300)]
    found = words(texts, r"\w+")
    for bound, kept in ((100, 0), (200, 150), (45_100, 151)):
        chosen = rare(found, bound)
        sizes = chosen.groupby("word").size()
        assert len(sizes) == kept
        assert (sizes * (sizes - 1) // 2).sum() <= bound


def test_records_without_a_word_have_no_list_and_no_direction() -> None:
    texts = ["mx40 lamp", "", "lamp"]
    assert lists(words(texts, r"\b\w*\d\w*\b"), 3).to_pylist() == [["mx40"], None, None]
    assert [vector is None for vector in directions(texts, seed=0).to_pylist()] == [False, True, False]


def test_vectors_of_few_axes_keep_who_is_alike() -> None:
    texts = [f"lamp number {record * 7919 % 1000} {noun}" for record in range(50) for noun in ("red", "blue")]
    vectors = np.array(directions(texts, seed=0).to_pylist())
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    similarity = vectors @ vectors.T
    np.fill_diagonal(similarity, -1)
    assert (similarity.argmax(axis=1) == np.arange(100) ^ 1).mean() > 0.9


def test_scores_tell_matches_and_pairs_stand_once() -> None:
    seen = given(toy_task("matching", rows=400))
    model = build(seen.task).fit(seen.X, seen.y)
    pairs = model.predict(seen.test)
    assert pairs["score"].between(0, 1).all()
    assert len(pairs) <= 20 * len(seen.test)
    assert len({frozenset(pair) for pair in pairs[["left_id", "right_id"]].to_numpy()}) == len(pairs)
    assert set(pairs["left_id"]) | set(pairs["right_id"]) <= set(seen.test.index)
    found = model._pairs(seen.X)
    entity = np.asarray(pd.factorize(seen.y)[0], np.int64)
    assert pair_f1(found, found.similarity >= model.threshold, entity) > 0.7


def test_pairs_are_across_sources() -> None:
    seen = given(toy_task("matching", rows=400, source="shop"))
    pairs = build(seen.task).fit(seen.X, seen.y).predict(seen.test)
    shop = seen.test["shop"].astype(object)
    left, right = (shop.loc[list(pairs[side])].to_numpy() for side in ("left_id", "right_id"))
    both = pd.notna(left) & pd.notna(right)
    assert both.any()
    assert (left[both] != right[both]).all()


def test_a_rare_category_speaks_more_for_a_match_than_a_common_one() -> None:
    """Two pairs of equal titles, one pair of the shop that all are of, one of a shop that two are of."""
    seen = given(toy_task("matching", rows=400))
    shops = pd.CategoricalDtype(["north", "south"])
    title = pd.Series([f"lamp {record // 2}" for record in range(len(seen.X))], dtype="string")
    shop = pd.Series(["south"] * 2 + ["north"] * (len(seen.X) - 2), dtype=shops)
    table = seen.X.assign(title=title.to_numpy(), shop=shop.to_numpy(), price=np.nan, seen=pd.NaT)
    table["seen"] = pd.to_datetime(table["seen"], utc=True)
    model = build(seen.task).fit(seen.X, seen.y)
    found = model._pairs(table)
    weight = dict(
        zip(zip(found.left.tolist(), found.right.tolist(), strict=True), found.similarity, strict=True)
    )
    assert weight[0, 1] > weight[2, 3] + 3


def test_less_time_means_fewer_candidates(capsys: pytest.CaptureFixture[str]) -> None:
    seen, hurried = (given(toy_task("matching", rows=400), seconds) for seconds in (60, 0.01))
    build(seen.task).fit(seen.X, seen.y)
    build(hurried.task).fit(hurried.X, hurried.y)
    many, few = (
        int(line.split()[0]) for line in capsys.readouterr().out.splitlines() if "candidate pairs" in line
    )
    assert few < many


@pytest.mark.parametrize("kind", ["matching", "clustering"])
def test_one_test_record(kind: str) -> None:
    seen = given(toy_task(kind))
    answer = build(seen.task).fit(seen.X, seen.y).predict(seen.test.iloc[:1])
    assert len(answer) == (0 if kind == "matching" else 1)


def test_columns_may_be_called_anything() -> None:
    seen = given(toy_task("clustering"))
    odd = {"price": 'select "l".*', "shop": "unique_id", "title": "text_0"}
    columns = tuple(replace(column, name=odd.get(column.name, column.name)) for column in seen.task.columns)
    model = build(replace(seen.task, columns=columns, ignorable=())).fit(seen.X.rename(columns=odd), seen.y)
    assert len(model.predict(seen.test.rename(columns=odd))) == len(seen.test)


def test_it_refuses_rows_and_tables_without_text() -> None:
    assert not supports(given(toy_task("classification")).task)[0]
    price = {"name": "price", "type": "numeric", "description": ""}
    seen = given(toy_task("matching", columns=[price], slices=[]))
    assert supports(seen.task) == (False, "it blocks on the words of texts, and the task has no text column")
