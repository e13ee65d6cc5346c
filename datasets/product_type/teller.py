"""What the listings tell: every draw of evidence, in a field, in the text or in both, by the habits of sellers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._market.evidence import Evidence
from .._market.pictures.product import PACKAGINGS, SHAPES
from .._market.sellers import Seller
from .._market.types import AUDIENCES
from . import tables

Values = NDArray[Any]
SLOPPY = 0.15


def tell(
    evidence: Evidence,
    world: tables.World,
    sellers: list[Seller],
    new_brand: NDArray[np.bool_],
    rates: np.random.Generator,
    draws: np.random.Generator,
) -> dict[str, Values]:
    """Draw all evidence; values by name, each (rows,): text is "" and numbers are NaN where a listing is silent.

    "material" is what stands in the field, "material said" what stands in the text.
    """
    rows = len(sellers)
    careful = 1 - np.array([seller.omits for seller in sellers])
    told: dict[str, Values] = {}

    def chosen(
        name: str,
        names: Sequence[str],
        table: NDArray[np.float64],
        filled: float,
        said: float,
        known: NDArray[np.bool_] | bool = True,
    ) -> None:
        field = known & (draws.random(rows) < filled * careful)
        text = known & (draws.random(rows) < said)
        value = evidence.category("numbers", table, draws, field, also={"text": text} if said else None)
        words = np.array([*names, ""], object)[value]
        told[name], told[f"{name} said"] = np.where(field, words, ""), np.where(text, words, "")

    sloppy = np.array([seller.stuffs > SLOPPY for seller in sellers]).astype(np.int64)
    nouns = np.stack([tables.nouns(world, rates, 0.74, 0.13), tables.nouns(world, rates, 0.82, 0.07)])
    told["noun"] = evidence.category("text", nouns, draws, group=sloppy)
    again = tables.nouns(world, rates, 0.86, 0.05)
    told["noun again"] = evidence.category("text", again, draws, draws.random(rows) < 0.8)
    features = tables.choices(world, rates, lambda each: each.features, world.features, 0.7)
    value = evidence.category("text", features, draws, draws.random(rows) < 0.5)
    told["feature"] = np.array([*world.features, ""], object)[value]

    materials = tables.choices(world, rates, lambda each: each.material, world.materials, 0.75)
    audiences = tables.choices(world, rates, lambda each: each.audience, AUDIENCES, 0.9)
    chosen("material", world.materials, materials, 0.5, 0.15)
    chosen("audience", AUDIENCES, audiences, 0.5, 0.08)
    chosen("size", tables.SIZE_NAMES, tables.sizes(world, rates), 0.4, 0.1)
    chosen("department", world.departments, tables.departments(world, rates), 0.7, 0.0)
    chosen("brand", world.brands, tables.brands(world, rates), 0.8, 0.6, ~new_brand)
    pieces = [str(each) for each in tables.PIECES]
    chosen("pieces", pieces, tables.counts(world), 0.5, 0.3)
    for name, filled, widened in (("price", 1.0, 2.0), ("weight", 0.6, 2.5), ("length", 0.4, 2.5)):
        middle, spread = np.array([getattr(each, name) for each in world.types]).T
        shown = np.ones(rows, bool) if filled == 1 else draws.random(rows) < filled * careful
        told[name] = np.exp(evidence.number("numbers", np.log(middle), widened * spread, draws, shown))

    seen = draws.random(rows) < np.array([seller.pictures for seller in sellers])
    value = evidence.category("pictures", tables.shapes(world, rates, SHAPES), draws, seen)
    told["shape"] = np.array([*SHAPES, ""], object)[value]
    packed = [name or "none" for name in PACKAGINGS]
    packagings = tables.choices(world, rates, lambda each: each.packaging, packed, 0.95)
    value = evidence.category("pictures", packagings, draws, seen)
    told["packaging"] = np.array([*PACKAGINGS, ""], object)[value]
    return told
