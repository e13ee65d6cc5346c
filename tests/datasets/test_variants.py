"""The variants task: clusters that ignore colour and size, and the words that may be ignored."""

from __future__ import annotations

import importlib
import tomllib
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from baselines._ignorable import _expression
from benchmark.catalog import datasets_folder, load_card, load_recipe
from benchmark.streams import Streams


def raw_of(key: str) -> Any:
    return SimpleNamespace(streams=Streams(key.encode(), "variants", "1.0.0"), size="small")


@cache
def made(key: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    found: Any = load_recipe("variants")(raw_of(key))
    return found[0], found[1]


@cache
def market() -> Any:
    load_recipe("variants")
    module = importlib.import_module("_classmark_datasets._market.catalogue.listings")
    return module.make_market(raw_of("seed 0"), exact=False)


def without(name: str, text: str) -> str:
    """A title without what the card says to ignore."""
    ignorable = next(each for each in load_card("variants").ignorable if each.name == name)
    return " ".join(_expression(ignorable.ignorable()).sub(" ", text).split())


def test_same_key_same_records() -> None:
    first, posterior = made("seed 0")
    made.cache_clear()
    again, posterior_again = made("seed 0")
    pd.testing.assert_frame_equal(first, again)
    pd.testing.assert_frame_equal(posterior, posterior_again)


def test_other_key_other_world() -> None:
    one, other = made("seed 0")[0], made("seed 1")[0]
    for column in ("title", "picture", "cluster_id"):
        assert not set(one[column].dropna()) & set(other[column].dropna())


def test_clusters_differ_in_what_counts_and_only_in_that() -> None:
    for line in market().lines:
        assert list(line.axes) == ["model", "capacity", "pack", "material", "bundle"]
        assert len(np.unique(line.at, axis=0)) == len(line.at)
    names = [name for products in market().products for name in products]
    assert len(set(names)) == len(names)


def test_a_cluster_comes_in_several_colours() -> None:
    colours = [
        len(np.unique(variant["true"][told.evidence.state == state]))
        for variant, told in zip(market().variant, market().told, strict=True)
        for state in np.unique(told.evidence.state)
        if (told.evidence.state == state).sum() > 2
    ]
    assert np.mean(np.array(colours) > 1) > 0.7


def test_colour_tells_nothing_of_the_cluster() -> None:
    """Knowing a listing's colour does not help to find another of its cluster within the line."""
    same, chance = [], []
    for variant, told in zip(market().variant, market().told, strict=True):
        state, colour = told.evidence.state, variant["true"]
        left, right = np.triu_indices(len(state), 1)
        equal = colour[left] == colour[right]
        same.append(equal[state[left] == state[right]])
        chance.append(equal[state[left] != state[right]])
    assert np.concatenate(same).mean() == pytest.approx(np.concatenate(chance).mean(), abs=0.02)


def test_hard_groups_hold_several_clusters_each() -> None:
    frame, _ = made("seed 0")
    assert frame.groupby("hard_group")["cluster_id"].nunique().min() >= 2
    assert frame.groupby("cluster_id")["hard_group"].nunique().max() == 1


def test_no_seller_has_a_product_twice() -> None:
    assert not made("seed 0")[0].duplicated(["cluster_id", "seller"]).any()


def test_posterior_is_calibrated() -> None:
    frame, posterior = made("seed 0")
    true = posterior["answer"].to_numpy() == frame["cluster_id"].to_numpy()[posterior["row"]]
    mean_true = posterior.loc[true, "probability"].sum() / len(frame)
    assert mean_true == pytest.approx((posterior["probability"] ** 2).sum() / len(frame), abs=0.02)


def test_modalities_decide_together() -> None:
    report = market().oracle.report()
    assert report["joint"] >= 0.2
    assert report["complete"] >= 0.75
    assert 0.6 <= report["decidable"] <= 0.8


def test_colours_are_ignored_in_five_languages() -> None:
    lexicon = tomllib.loads(
        (datasets_folder() / "_market" / "lexicon" / "colours.toml").read_text(encoding="utf-8")
    )
    kept = [
        form
        for colour in lexicon.values()
        for forms in colour.values()
        for form in (word for text in forms for word in text.removeprefix("+").split("|"))
        if without("colour", f"Velarto Airloop {form} 64 GB") != "Velarto Airloop 64 GB"
    ]
    assert kept == []
    assert without("colour", "Velarto Airloop mit schwarzem Etui") == "Velarto Airloop mit Etui"


def test_names_of_lines_stay() -> None:
    kinds = importlib.import_module("_classmark_datasets._market.catalogue.kinds")
    plain, coloured = kinds.line_names()
    for name in [*coloured, *plain]:
        for ignorable in ("colour", "size"):
            assert without(ignorable, f"Velarto {name} vase") == f"Velarto {name} vase"


@pytest.mark.parametrize(
    ("title", "left"),
    [
        ("Rose Garden sneakers Rose", "Rose Garden sneakers"),
        ("Blue Harbor jacket blue XL", "Blue Harbor jacket"),
        ("Monte Rosa zapatillas rosa 42", "Monte Rosa zapatillas"),
        ("Trekline phone Wolf Grey 64 GB", "Trekline phone 64 GB"),
        ("Citygrip 3 chaussettes gris taille M lot de 3", "Citygrip 3 chaussettes lot de 3"),
        ("Urbanloop XD240 Stiefel Größe 43 2er-Pack", "Urbanloop XD240 Stiefel 2er-Pack"),
        ("Casa Blanca bottes, T42 - coloris noir", "Casa Blanca bottes, -"),
        ("Novastep Shampoo 1 l", "Novastep Shampoo 1 l"),
        ("Novastep bottes d'hiver l'original", "Novastep bottes d'hiver l'original"),
    ],
)
def test_ignoring(title: str, left: str) -> None:
    assert without("size", without("colour", title)) == left
