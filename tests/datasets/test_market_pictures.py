"""The drawn product pictures: every look draws, the same seed draws the same bytes, shapes and damage can be seen."""

from __future__ import annotations

import importlib
import io
import itertools

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from benchmark import catalog

catalog.load_recipe(catalog.card_names()[0])  # registers the package of the task folders
product = importlib.import_module("_classmark_datasets._market.pictures.product")
sheet = importlib.import_module("_classmark_datasets._market.pictures.sheet")
symbols = importlib.import_module("_classmark_datasets._market.pictures.symbols")
shapes = importlib.import_module("_classmark_datasets._market.pictures.shapes")
Look, picture = product.Look, product.picture

RED, CREAM = (190, 50, 50), (245, 240, 220)


def _seeded(*seed: int) -> np.random.Generator:
    return np.random.default_rng(list(seed))


def _grey(data: bytes, side: int = 32) -> NDArray[np.float64]:
    """Edges of the small grey picture: where something is, whatever its colour."""
    image = Image.open(io.BytesIO(data)).convert("L").resize((side, side), Image.Resampling.BOX)
    grey = np.asarray(image, dtype=float)
    down, across = np.gradient(grey)
    edges: NDArray[np.float64] = np.hypot(down, across)
    return edges / max(float(np.linalg.norm(edges)), 1e-9)


def test_every_name_is_drawn() -> None:
    assert set(product.SHAPES) == set(shapes.BY_NAME)
    assert set(product.SYMBOLS) == {"", *symbols.DRAWN}
    assert set(product.DAMAGES) == {"", "opened_seal", *product.WOUNDS}


@pytest.mark.parametrize("packaging", product.PACKAGINGS)
def test_every_shape_in_every_packaging_with_every_damage(packaging: str) -> None:
    for k, (shape, damage) in enumerate(itertools.product(product.SHAPES, product.DAMAGES)):
        look = Look(
            shape,
            RED,
            CREAM,
            pattern=product.PATTERNS[k % len(product.PATTERNS)],
            packaging=packaging,
            symbol=product.SYMBOLS[k % len(product.SYMBOLS)],
            count=1 + k % 6,
            detail=k % 8,
            damage=damage,
        )
        image = Image.open(io.BytesIO(picture(look, _seeded(k))))
        assert (image.size, image.format, image.mode) == ((160, 160), "JPEG", "RGB")


def test_same_seed_same_bytes_other_seed_other_bytes() -> None:
    for damage in product.DAMAGES:
        look = Look("sneaker", RED, CREAM, pattern="dotted", count=2, detail=3, damage=damage)
        assert picture(look, _seeded(1, 2)) == picture(look, _seeded(1, 2))
        assert picture(look, _seeded(1, 2)) != picture(look, _seeded(1, 3))


def test_shapes_can_be_told_apart() -> None:
    """Nearest mean of edge maps, learnt from 20 pictures each, in changing colours."""
    names = ["sneaker", "boot", "bottle", "mug", "phone", "key_ring", "tshirt", "laptop"]

    def drawn(shape: str, seed: int) -> NDArray[np.float64]:
        rng = _seeded(seed, names.index(shape))
        colour, accent = (tuple(int(value) for value in rng.integers(0, 256, 3)) for _ in range(2))
        return _grey(picture(Look(shape, colour, accent), rng), side=16).ravel()

    means = np.stack([np.mean([drawn(name, seed) for seed in range(20)], axis=0) for name in names])
    right = [
        int(np.argmax(means @ drawn(name, 100 + seed))) == k
        for k, name in enumerate(names)
        for seed in range(10)
    ]
    assert np.mean(right) > 0.4  # 1/8 by chance


@pytest.mark.parametrize("damage", [damage for damage in product.DAMAGES if damage])
def test_damage_changes_pixels(damage: str) -> None:
    """Against the same camera; a crush draws further random numbers, so the rest of the scene may differ."""
    changed = []
    for seed in range(8):
        whole = Look("box", RED, CREAM)
        pair = [picture(look, _seeded(seed)) for look in (whole, Look("box", RED, CREAM, damage=damage))]
        before, after = (_grey(data) for data in pair)
        changed.append(float(np.abs(before - after).sum() / before.sum()))
    assert np.median(changed) > 0.2


def test_a_design_and_a_symbol_are_visible() -> None:
    plain = picture(Look("pouch", RED, CREAM), _seeded(5))
    for look in (Look("pouch", RED, CREAM, detail=3), Look("pouch", RED, CREAM, symbol="cross")):
        before, after = (
            np.asarray(Image.open(io.BytesIO(data)).resize((48, 48))).astype(int)
            for data in (plain, picture(look, _seeded(5)))
        )
        assert np.count_nonzero(np.abs(before - after).max(axis=2) > 40) > 30


def test_contact_sheet_is_8_by_6() -> None:
    data = picture(Look("mug"), _seeded(0))
    full = sheet.contact_sheet([data] * 50, [f"a rather long caption under picture {k}" for k in range(50)])
    assert full.size == (8 * 166 + 6, 6 * 182 + 6)
    assert sheet.contact_sheet([data], ["mug"]).size == (8 * 166 + 6, 182 + 6)
