"""The duplicates task, and the catalogue that it shares with variants."""

from __future__ import annotations

import importlib
from functools import cache
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from benchmark.catalog import load_card, load_recipe
from benchmark.streams import Streams

FEATURES = [column.name for column in load_card("duplicates").columns]


def raw_of(key: str) -> Any:
    return SimpleNamespace(streams=Streams(key.encode(), "duplicates", "1.0.0"), size="small")


@cache
def made(key: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    found: Any = load_recipe("duplicates")(raw_of(key))
    return found[0], found[1]


@pytest.fixture(scope="module")
def listings() -> ModuleType:
    load_recipe("duplicates")
    return importlib.import_module("_classmark_datasets._market.catalogue.listings")


@pytest.fixture(scope="module")
def market(listings: ModuleType) -> Any:
    return listings.make_market(raw_of("seed 0"), exact=True)


def test_same_key_same_records() -> None:
    first, posterior = made("seed 0")
    made.cache_clear()
    again, posterior_again = made("seed 0")
    pd.testing.assert_frame_equal(first, again)
    pd.testing.assert_frame_equal(posterior, posterior_again)


def test_other_key_other_world() -> None:
    one, other = made("seed 0")[0], made("seed 1")[0]
    for column in ("title", "picture", "product_id"):
        assert not set(one[column].dropna()) & set(other[column].dropna())


def test_what_the_card_asks_for_is_there() -> None:
    frame, _ = made("seed 0")
    card = load_card("duplicates")
    assert set(FEATURES) | {card.target, "line", "new", "evidence"} <= set(frame)
    assert frame[[card.target, "line", "title", "seller"]].notna().all().all()
    assert 4_900 < len(frame) < 5_100


def test_sizes_of_products_and_lines() -> None:
    frame, _ = made("seed 0")
    products = frame.groupby("product_id")
    assert products["line"].nunique().max() == 1
    assert products.size().max() <= 6
    assert 0.1 < (products.size() == 1).mean() < 0.2
    lines = frame.groupby("line")
    assert lines.size().max() <= 40
    assert lines["product_id"].nunique().between(2, 8).all()


def test_no_seller_has_a_product_twice() -> None:
    frame, _ = made("seed 0")
    assert not frame.duplicated(["product_id", "seller"]).any()


def test_products_of_a_line_differ_in_more_than_nothing(market: Any) -> None:
    for line in market.lines:
        assert len(np.unique(line.at, axis=0)) == len(line.at)
        assert {"colour", "size"} <= set(line.axes)


def test_new_lines_are_of_new_sellers_brands_or_wordings(market: Any) -> None:
    old = {line.brand for line in market.lines if not line.new}
    assert 0.08 < np.mean([line.new for line in market.lines]) < 0.16
    for line, chosen in zip(market.lines, market.sold_by, strict=True):
        assert {market.sellers[seller].new for seller in chosen} == {line.new_seller}
        told = [line.brand not in old, line.new_seller, line.new_wording]
        assert any(told) if line.new else not any(told)


def test_posterior_is_calibrated_and_of_the_line() -> None:
    frame, posterior = made("seed 0")
    assert posterior.groupby("row")["probability"].sum().sub(1).abs().max() < 1e-9
    line_of = dict(zip(frame["product_id"], frame["line"], strict=True))
    assert (posterior["answer"].map(line_of).to_numpy() == frame["line"].to_numpy()[posterior["row"]]).all()
    true = posterior["answer"].to_numpy() == frame["product_id"].to_numpy()[posterior["row"]]
    mean_true = posterior.loc[true, "probability"].sum() / len(frame)
    assert mean_true == pytest.approx((posterior["probability"] ** 2).sum() / len(frame), abs=0.02)
    largest = posterior.groupby("row")["probability"].max()
    assert ((largest >= 0.9) == (frame["evidence"] == "decidable")).mean() > 0.999


def test_modalities_decide_together(market: Any) -> None:
    report = market.oracle.report()
    assert report["joint"] >= 0.2
    assert report["complete"] >= 0.75
    assert 0.6 <= report["decidable"] <= 0.8
    for modality in ("text", "numbers", "pictures"):
        assert 0.4 < report[modality] < report["all"] - 0.15


def test_capacities_are_read(listings: ModuleType) -> None:
    catalogue = importlib.import_module("_classmark_datasets._market.catalogue.catalogue")
    kinds = importlib.import_module("_classmark_datasets._market.catalogue.kinds")
    for kind in kinds.kinds():
        assert set(kind.nouns) == {"en", "es", "fr", "de", "it"}
        assert not kind.bundle or set(kind.bundle) == set(kind.nouns)
        assert set(kind.colours) <= set(kinds.shades())
        assert sorted(kind.capacity, key=catalogue.amount) == list(kind.capacity)
