"""The simulated releases: the same from the same streams, another world from others, and an honest posterior."""

from __future__ import annotations

import hashlib
import importlib
import sys
from functools import cache
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from benchmark.catalog import datasets_folder
from benchmark.streams import Streams

PACKAGE = "_classmark_datasets"


def module(name: str) -> Any:
    """A module below `datasets/`, loaded as the catalog loads recipes."""
    if PACKAGE not in sys.modules:
        package = ModuleType(PACKAGE)
        package.__path__ = [str(datasets_folder())]
        sys.modules[PACKAGE] = package
    return importlib.import_module(f"{PACKAGE}.{name}")


def raw(key: bytes) -> Any:
    return SimpleNamespace(streams=Streams(key, "music_genre", "1.0.0"), size="small")


@cache
def simulated(key: bytes) -> tuple[pd.DataFrame, pd.DataFrame]:
    frame, posterior = module("music_genre.prepare").records(raw(key))
    return frame, posterior


@pytest.fixture(params=[b"seed 0", b"seed 1"])
def world(request: pytest.FixtureRequest) -> tuple[pd.DataFrame, pd.DataFrame]:
    return simulated(request.param)


def test_same_streams_same_records() -> None:
    frame, posterior = simulated(b"seed 0")
    again, posterior_again = module("music_genre.prepare").records(raw(b"seed 0"))
    pd.testing.assert_frame_equal(frame, again)
    pd.testing.assert_frame_equal(posterior, posterior_again)


def test_two_keys_share_no_release_and_no_picture() -> None:
    one, other = simulated(b"seed 0")[0], simulated(b"seed 1")[0]
    assert not set(zip(one["title"], one["artist"], strict=True)) & set(
        zip(other["title"], other["artist"], strict=True)
    )
    prints = [{hashlib.sha256(data).digest() for data in frame["cover"].dropna()} for frame in (one, other)]
    assert len(prints[0]) == one["cover"].notna().sum()
    assert not prints[0] & prints[1]


def test_forty_genres_in_a_long_tail(world: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    rows = world[0]["genre"].value_counts()
    assert (len(world[0]), len(rows), rows.min()) == (4000, 40, 60)
    assert 250 <= rows.max() <= 320
    assert 2500 <= world[0]["product"].nunique() <= 2900


def test_records_of_an_album_share_genre_artist_label_and_novelty(
    world: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    albums = world[0].fillna({"label": ""}).groupby("product")
    assert (albums[["genre", "artist", "new"]].nunique() == 1).all(axis=None)
    labels = world[0].groupby("product")["label"].nunique()
    assert (labels <= 1).all()
    assert albums.size().max() == 3


def test_posterior_is_calibrated(world: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    frame, posterior = world
    chances = posterior.pivot(index="row", columns="answer", values="probability").fillna(0)
    assert list(chances.index) == list(range(len(frame)))
    np.testing.assert_allclose(chances.sum(axis=1), 1)
    of_truth = chances.to_numpy()[np.arange(len(frame)), chances.columns.get_indexer(frame["genre"])]
    assert abs(of_truth.mean() - (chances.to_numpy() ** 2).sum(axis=1).mean()) < 0.02
    best = chances.max(axis=1)
    assert 0.8 < best.mean() < 0.92
    assert 0.6 < (frame["evidence"] == "decidable").mean() < 0.8
    assert ((frame["evidence"] == "decidable").to_numpy() == (best >= 0.9).to_numpy()).mean() > 0.99


@pytest.mark.parametrize("key", [b"seed 0", b"seed 1"])
def test_the_decision_is_joint(key: bytes) -> None:
    _, evidence, drawn = module("music_genre.prepare").simulate(raw(key), pictures=False)
    share = module("_market.evidence").joint_share(evidence, np.arange(len(drawn.genres)), len(drawn.genres))
    assert evidence.modalities() == ["text", "numbers", "pictures"]
    assert share["joint"] >= 0.25
    assert share["complete"] >= 0.75


def test_new_records_say_nothing_of_genres(world: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    frame = world[0]
    albums = frame.drop_duplicates("product")
    assert 0.11 < albums["new"].mean() < 0.13
    table = pd.crosstab(albums["genre"], albums["new"]).to_numpy(float)
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    surprise = ((table - expected) ** 2 / expected).sum()
    assert surprise < 39 + 4 * np.sqrt(2 * 39)
    old = frame[~frame["new"]]
    fresh = frame[frame["new"]]
    for column in ("store", "label"):
        unseen = ~fresh[column].dropna().isin(old[column])
        assert 0.4 < unseen.mean() < 0.85


def test_titles_agree_with_their_nouns() -> None:
    forms = module("music_genre.grammar").forms
    assert forms("es", "ira/f", "isla/f", "roto|rota") | {"and": "e"} == forms(
        "es", "ira/f", "isla/f", "roto|rota"
    )
    assert forms("fr", "héros/mh", "île/f", "perdu|perdue")["the"] == "le héros"
    assert forms("fr", "île/f", "héros/mh", "perdu|perdue")["of"] == "de l'île"
    assert forms("de", "Grab/n", "Gruft/f", "still")["sa"] == "stilles"
    assert forms("it", "eco/f", "eroe/m", "blu|blu")["the"] == "l'eco"


def test_covers_of_one_album_are_the_same_print() -> None:
    covers = module("_market.pictures.covers")
    cover = covers.Cover("skyline", "dark", 7)
    first = covers.album_cover(cover, np.random.default_rng(1))
    assert first == covers.album_cover(cover, np.random.default_rng(1))
    assert first != covers.album_cover(cover, np.random.default_rng(2))
    for motif in covers.MOTIFS:
        for palette in module("_market.pictures.cover_sheet").PALETTES:
            data = covers.album_cover(covers.Cover(motif, palette, 1), np.random.default_rng(1))
            assert data.startswith(b"\xff\xd8")
