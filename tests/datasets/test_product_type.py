"""The made-up listings of product_type: exact chances, joint evidence, nothing that tells the type by the way."""

from __future__ import annotations

import importlib
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from benchmark.catalog import load_recipe
from benchmark.streams import Streams

load_recipe("product_type")
task: Any = importlib.import_module("_classmark_datasets.product_type.prepare")
tables: Any = importlib.import_module("_classmark_datasets.product_type.tables")
teller: Any = importlib.import_module("_classmark_datasets.product_type.teller")
evidence: Any = importlib.import_module("_classmark_datasets._market.evidence")
sellers: Any = importlib.import_module("_classmark_datasets._market.sellers")


@pytest.fixture(autouse=True)
def _without_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    listings: Any = importlib.import_module("_classmark_datasets.product_type.listings")
    monkeypatch.setattr(listings, "_pictures", lambda told, colour, streams: [None] * len(colour))


def _raw(seed: int) -> Any:
    return SimpleNamespace(streams=Streams(f"seed {seed}".encode(), "product_type", "1.0.0"), size="small")


@cache
def _made(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    found: tuple[pd.DataFrame, pd.DataFrame] = task.records(_raw(seed))
    return found


def _told(seed: int) -> Any:
    """The evidence of a world of 6,000 listings."""
    raw = _raw(seed)
    world = task.make_world(raw)
    state = raw.streams.rng("state").integers(0, len(world.types), 6000)
    everyone = sellers.make_sellers(raw.streams.rng("sellers"), 60)
    drawn = evidence.Evidence(state, np.ones(len(world.types)))
    teller.tell(
        drawn,
        world,
        [everyone[row % 60] for row in range(6000)],
        np.zeros(6000, bool),
        raw.streams.rng("rates"),
        raw.streams.rng("evidence"),
    )
    return drawn


def test_the_same_key_gives_the_same_listings_and_another_key_others() -> None:
    frame, posterior = _made(0)
    again = task.records(_raw(0))
    pd.testing.assert_frame_equal(frame, again[0])
    pd.testing.assert_frame_equal(posterior, again[1])
    other, _ = _made(1)
    assert not set(frame["title"].str.lower()) & set(other["title"].str.lower())


def test_the_chances_are_those_of_the_labels() -> None:
    frame, posterior = _made(0)
    assert np.allclose(posterior.groupby("row")["probability"].sum(), 1)
    true = posterior["answer"] == frame["product_type"].to_numpy()[posterior["row"]]
    expected = (posterior["probability"] ** 2).sum() / len(frame)
    assert abs(posterior.loc[true, "probability"].sum() / len(frame) - expected) < 0.02


@pytest.mark.parametrize("seed", [0, 1])
def test_the_decision_hinges_on_all_modalities_together(seed: int) -> None:
    drawn = _told(seed)
    types = len(drawn.prior)
    shares = evidence.joint_share(drawn, np.arange(types), types)
    assert shares["joint"] >= 0.2
    assert shares["complete"] >= 0.6
    everything = drawn.posterior().max(axis=1).mean()
    for left_out in ("text", "numbers", "pictures"):
        rest = [name for name in drawn.modalities() if name != left_out]
        assert drawn.posterior(*rest).max(axis=1).mean() < everything - 0.05


def test_a_long_tail_with_at_least_sixty_rows() -> None:
    counts = _made(0)[0]["product_type"].value_counts()
    assert len(counts) == 40
    assert counts.min() >= 60
    assert counts.max() > 4 * counts.min()


def test_what_is_new_does_not_depend_on_the_type() -> None:
    frame = _made(0)[0]
    assert frame["new"].mean() == pytest.approx(0.12, abs=0.001)
    expected = 0.12 * frame["product_type"].value_counts()
    found = frame.loc[frame["new"], "product_type"].value_counts().reindex(expected.index, fill_value=0)
    chi2 = ((found - expected) ** 2 / expected).sum()
    assert chi2 < 80  # 39 degrees of freedom: passed by chance in one of 10,000


def test_new_listings_alone_have_new_sellers_and_brands() -> None:
    frame = _made(0)[0]
    fresh = {seller.name for seller in sellers.make_sellers(_raw(0).streams.rng("sellers"), 60) if seller.new}
    brands = set(task.make_world(_raw(0)).new_brands)
    assert not (set(frame.loc[~frame["new"], "seller"]) & fresh)
    assert not (set(frame.loc[~frame["new"], "brand"]) & brands)
    assert 0.5 < frame.loc[frame["new"], "seller"].isin(fresh).mean() < 0.9


def test_sizes_lie_where_the_taxonomy_puts_them() -> None:
    world = task.make_world(_raw(0))
    table = tables.sizes(world, np.random.default_rng(0))
    names = [each.key for each in world.types]
    shoes = np.array([int(name) if name.isdigit() and int(name) < 60 else 0 for name in tables.SIZE_NAMES])
    women, men = (
        table[names.index(f"{who} sneakers")] @ shoes / table[names.index(f"{who} sneakers"), shoes > 0].sum()
        for who in ("women's", "men's")
    )
    assert women < men - 2
