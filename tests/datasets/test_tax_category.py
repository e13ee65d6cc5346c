"""The tax categories: the law by hand-written cases, and what every world of the task must keep to."""

from __future__ import annotations

import importlib
import sys
from collections import Counter
from functools import cache
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from benchmark.catalog import datasets_folder
from benchmark.streams import Streams


def module(name: str) -> Any:
    package = "_classmark_datasets"
    if package not in sys.modules:
        sys.modules[package] = ModuleType(package)
        sys.modules[package].__path__ = [str(datasets_folder())]
    return importlib.import_module(f"{package}.{name}")


rules, goods, world_of = (module(f"tax_category.{name}") for name in ("rules", "goods", "world"))
evidence_of = module("_market.evidence")

NORTH = rules.Region("North", 0.5, 10, 250.0, 50, 1, True, True, "periodical")
SOUTH = rules.Region("South", 2.5, 14, 1000.0, 500, 200, False, False, "e-book")


def made(key: bytes) -> SimpleNamespace:
    return SimpleNamespace(streams=Streams(key, "tax_category", "1.0.0"), size="small")


@cache
def world(key: bytes = b"one") -> Any:
    return world_of.make_world(made(key))


@cache
def records(key: bytes = b"one") -> tuple[pd.DataFrame, pd.DataFrame]:
    found: tuple[pd.DataFrame, pd.DataFrame] = module("tax_category.prepare").records(made(key))
    return found


# --- the law


@pytest.mark.parametrize(
    ("label", "rule", "amount", "price", "north", "south"),
    [
        ("soft drink", "drink", 0.4, 3, "soft drink", "soft drink"),
        ("soft drink", "drink", 0.5, 3, "alcoholic beverage", "soft drink"),
        ("soft drink", "drink", 2.5, 3, "alcoholic beverage", "alcoholic beverage"),
        ("confectionery", "drink", 1.2, 9, "alcoholic beverage", "confectionery"),
        ("clothing", "wear", 10, 20, "children's clothing", "children's clothing"),
        ("clothing", "wear", 14, 20, "clothing", "children's clothing"),
        ("clothing", "wear", 99, 20, "clothing", "clothing"),
        ("clothing", "wear", 99, 250, "clothing", "clothing"),
        ("clothing", "wear", 10, 251, "luxury goods", "children's clothing"),
        ("general goods", "finery", 0, 1000.5, "luxury goods", "luxury goods"),
        ("general goods", "finery", 0, 900, "luxury goods", "general goods"),
        ("cosmetic", "finery", 0, 60, "cosmetic", "cosmetic"),
        ("dietary supplement", "remedy", 49, 9, "dietary supplement", "dietary supplement"),
        ("dietary supplement", "remedy", 50, 9, "medicine", "dietary supplement"),
        ("hygiene product", "remedy", 500, 9, "medicine", "medicine"),
        ("confectionery", "supplement", 0, 9, "confectionery", "confectionery"),
        ("confectionery", "supplement", 1, 9, "dietary supplement", "confectionery"),
        ("confectionery", "supplement", 200, 9, "dietary supplement", "dietary supplement"),
        ("tobacco and nicotine", "aid", 0, 20, "medicine", "tobacco and nicotine"),
        ("tobacco and nicotine", "vape", 0, 9, "general goods", "general goods"),
        ("tobacco and nicotine", "vape", 1, 9, "tobacco and nicotine", "tobacco and nicotine"),
        ("food", "hot", 0, 9, "prepared food", "food"),
        ("periodical", "digital_press", 0, 4, "periodical", "e-book"),
        *((name, "", 0, 5000, name, name) for name in rules.CATEGORIES),
    ],
)
def test_what_the_law_says(
    label: str, rule: str, amount: float, price: float, north: str, south: str
) -> None:
    assert rules.tax_category(label, rule, amount, price, NORTH) == north
    assert rules.tax_category(label, rule, amount, price, SOUTH) == south


def test_no_law_draws_a_line_within_a_bin() -> None:
    for region in world().regions:
        assert region.alcohol_from in rules.ABV_FROM
        assert region.child_age_to in rules.AGE_TO
        assert {region.medicine_from_mg, region.supplement_from_mg} <= set(rules.MG_FROM)
    figures = module("tax_category.texts").figure
    for amount, ends in (("abv", rules.ABV_FROM), ("mg", rules.MG_FROM)):
        for number, low in enumerate(ends):
            assert low <= figures(amount, number, 0.0) <= figures(amount, number, 0.9999)
            if number + 1 < len(ends):
                assert figures(amount, number, 0.9999) < ends[number + 1]


# --- the goods


def test_goods_and_nouns_belong_together() -> None:
    words = goods.words()
    assert {good.name for good in goods.goods()} == {word for word in words if ":" not in word}
    assert {f"set:{good.set}" for good in goods.goods()} == {
        word for word in words if word.startswith("set:")
    }
    for line in (*words.values(), *goods.new_words().values()):
        assert len(line) == 5
        assert all("/" in noun for noun in line[1:])
    assert {good.label for good in goods.goods()} <= set(rules.CATEGORIES)


# --- the world


def test_categories_have_a_long_tail_and_rows_enough() -> None:
    counts = Counter(records()[0]["tax_category"])
    assert set(counts) == set(rules.CATEGORIES)
    assert min(counts.values()) >= 60
    assert max(counts.values()) >= 3 * min(counts.values())


@pytest.mark.parametrize("key", [b"one", b"two"])
def test_the_posterior_is_calibrated(key: bytes) -> None:
    made_up = world(key)
    chances = made_up.chances()
    own = chances[np.arange(len(chances)), made_up.label]
    assert own.mean() == pytest.approx((chances**2).sum(axis=1).mean(), abs=0.02)
    assert np.allclose(chances.sum(axis=1), 1)


def test_the_decision_hinges_on_modalities_together() -> None:
    made_up = world()
    shares = evidence_of.joint_share(made_up.evidence, made_up.label_of, len(rules.CATEGORIES))
    assert shares["joint"] >= 0.2
    assert shares["complete"] >= 0.75
    assert 0.6 <= (made_up.chances().max(axis=1) >= 0.9).mean() <= 0.8


def test_new_says_nothing_of_the_category() -> None:
    frame, _ = records()
    assert 0.08 <= frame["new"].mean() <= 0.16
    assert frame.groupby("product")["new"].nunique().max() == 1
    shares = frame.groupby("tax_category")["new"].mean()
    sizes = frame.groupby("tax_category")["new"].size()
    spread = np.sqrt(frame["new"].mean() * (1 - frame["new"].mean()) / sizes)
    assert (((shares - frame["new"].mean()) / spread) ** 2).sum() < 2.5 * len(shares)


def test_records_that_are_not_new_use_nothing_new() -> None:
    made_up = world()
    from_new_sellers = np.array([made_up.sellers[at].new for at in made_up.seller])
    assert not (from_new_sellers & ~made_up.new).any()
    assert (made_up.new == (from_new_sellers | made_up.new_brand | made_up.new_words)).all()


def test_the_same_key_makes_the_same_records() -> None:
    frame, posterior = records()
    again, posterior_again = module("tax_category.prepare").records(made(b"one"))
    pd.testing.assert_frame_equal(frame, again)
    pd.testing.assert_frame_equal(posterior, posterior_again)


def test_two_keys_share_no_title_with_its_brand() -> None:
    one, two = (records(key)[0] for key in (b"one", b"two"))
    pairs = [set(zip(frame["title"], frame["brand"], strict=True)) for frame in (one, two)]
    assert not pairs[0] & pairs[1]
    assert not set(one["picture"].dropna()) & set(two["picture"].dropna())
