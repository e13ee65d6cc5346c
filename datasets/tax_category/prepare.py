"""Listings to be put into tax categories, made up. How the world is built stands in README.md."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .._market.brands import make_brands
from .._market.evidence import clarity, posterior_frame
from .._market.pictures.product import PATTERNS, SHAPES, SYMBOLS, Look, picture
from .._market.wording import Writer
from .._market.world import RGB, weights
from .rules import CATEGORIES, region_columns
from .tables import DEPARTMENTS, FORMATS, STORAGES, TINTS
from .texts import COLOURS, Texts, ages, figure, pack_count
from .world import World, make_world

if TYPE_CHECKING:
    from benchmark.catalog import Raw

BRANDS = 240


def records(raw: Raw) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row per listing, and the chances of its tax category given what it tells."""
    world = make_world(raw)
    rng = raw.streams.rng
    brands = _brands(world, rng("brands"))
    chances = world.chances()
    frame = pd.concat(
        [
            _texts(world, brands, Writer(rng("lexicon")), rng("texts")),
            _seller_columns(world, brands, rng("omissions")),
            region_columns(world.regions, world.region),
            _numbers(world),
        ],
        axis=1,
    )
    frame["picture"] = pd.Series(_pictures(world, int(rng("pictures").integers(2**63))), dtype=object)
    frame["tax_category"] = np.array(CATEGORIES, object)[world.label]
    frame["product"] = world.product
    frame["new"] = world.new
    frame["evidence"] = clarity(chances)
    return frame, posterior_frame(chances, list(CATEGORIES))


def _brands(world: World, rng: np.random.Generator) -> list[str]:
    """The brand of each record: one per product, from the last quarter of the pool where the brand is new."""
    pool = make_brands(rng, BRANDS)
    old = len(pool) * 3 // 4
    products = int(world.product.max()) + 1
    known, fresh = rng.integers(0, old, products), rng.integers(old, len(pool), products)
    chosen = np.where(world.new_brand, fresh[world.product], known[world.product])
    return [pool[at] for at in chosen]


def _texts(world: World, brands: list[str], writer: Writer, rng: np.random.Generator) -> pd.DataFrame:
    texts = Texts(writer)
    names = list(world.drawn)
    rows = zip(*(world.drawn[name].tolist() for name in names), strict=True)
    pairs = [
        texts.pair(
            dict(zip(names, values, strict=True)),
            brands[row],
            world.sellers[world.seller[row]],
            float(world.inside[row]),
            bool(world.new_words[row]),
            rng,
        )
        for row, values in enumerate(rows)
    ]
    return pd.DataFrame(pairs, columns=["title", "description"])


def _seller_columns(world: World, brands: list[str], rng: np.random.Generator) -> pd.DataFrame:
    sellers = [world.sellers[at] for at in world.seller]
    given = rng.random(len(sellers)) >= np.array([seller.omits for seller in sellers])
    return pd.DataFrame(
        {
            "brand": pd.Series(brands, dtype=object).where(given),
            "seller": [seller.name for seller in sellers],
            "language": [seller.language for seller in sellers],
        }
    )


def _numbers(world: World) -> pd.DataFrame:
    drawn, inside = world.drawn, world.inside.tolist()
    sellers = [world.sellers[at] for at in world.seller]
    grams = np.exp(drawn["weight"])
    weight, unit = weights(np.where(grams < 1, 0, grams), sellers)
    told = drawn["in_form"]
    span = [
        ages(at, part) if at >= 0 else (np.nan, np.nan) for at, part in zip(drawn["age"], inside, strict=True)
    ]

    def figures(amount: str) -> list[float]:
        return [
            figure(amount, at, part) if at >= 0 else np.nan
            for at, part in zip(drawn[amount], inside, strict=True)
        ]

    return pd.DataFrame(
        {
            "department": _named(drawn["department"], [*DEPARTMENTS]),
            "format": _named(drawn["format"], [*FORMATS]),
            "storage": _named(drawn["storage"], STORAGES),
            "price": world.price,
            "currency": [seller.currency for seller in sellers],
            "abv_percent": figures("abv"),
            "age_from": [low for low, _ in span],
            "age_to": [high for _, high in span],
            "active_ingredient_mg": figures("mg"),
            "weight": np.where(told, weight, np.nan),
            "weight_unit": pd.Series(unit, dtype=object).where(pd.Series(told)),
            "pack_count": [pack_count(at) for at in drawn["pack"]],
        }
    )


def _named(codes: Any, names: Sequence[str]) -> list[str | None]:
    return [names[at] if at >= 0 else None for at in codes]


def _pictures(world: World, seed: int) -> list[bytes | None]:
    """A JPEG per record; pattern, design and the second colour tell nothing."""
    found: list[bytes | None] = []
    tints = tuple(TINTS.values())
    drawn = zip(*(world.drawn[name] for name in ("shape", "tint", "symbol")), strict=True)
    for row, (shape, tint, symbol) in enumerate(drawn):
        if shape < 0:
            found.append(None)
            continue
        rng = np.random.default_rng([seed, row])
        colour = str(rng.choice(tints[tint]))
        accent = str(rng.choice([name for name in COLOURS if name != colour]))
        look = Look(
            SHAPES[shape],
            RGB[colour],
            RGB[accent],
            pattern=str(rng.choice(PATTERNS[:5], p=(0.6, 0.1, 0.1, 0.1, 0.1))),
            symbol=SYMBOLS[symbol],
            detail=int(rng.integers(8)),
        )
        found.append(picture(look, rng))
    return found
