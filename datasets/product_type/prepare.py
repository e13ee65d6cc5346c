"""Listings of the product_type task, made up. How the world is built stands in README.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .._market.brands import make_brands
from .._market.evidence import Evidence, clarity, posterior_frame
from .._market.sellers import make_sellers
from .._market.types import load_types
from .._market.world import choose_sellers, deal, draw_newness
from .listings import listings
from .tables import World, popularity
from .teller import tell

if TYPE_CHECKING:
    from benchmark.catalog import Raw

ROWS = {"small": 6_000, "full": 60_000}
SELLERS = {"small": 60, "full": 150}
LEAST = 60


def records(raw: Raw) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One listing per product, and the chances of its type given what it tells."""
    rng, rows = raw.streams.rng, ROWS[raw.size]
    world = make_world(raw)
    popular = deal(popularity(world, rng("popularity")), rows, LEAST)
    state = rng("labels").permutation(np.repeat(np.arange(len(world.types)), popular))
    new = draw_newness(rng("new"), rows)
    everyone = make_sellers(rng("sellers"), SELLERS[raw.size])
    sellers = [everyone[each] for each in choose_sellers(rng("listings"), everyone, new.seller)]
    evidence = Evidence(state, popular.astype(float))
    told = tell(evidence, world, sellers, new.brand, rng("rates"), rng("evidence"))
    frame = listings(world, told, sellers, new, raw.streams)
    names = [each.key for each in world.types]
    frame["product_type"] = np.array(names, object)[state]
    frame["product"] = np.arange(rows)
    frame["new"] = new.any
    chances = evidence.posterior()
    frame["evidence"] = clarity(chances)
    return frame, posterior_frame(chances, names)


def make_world(raw: Raw) -> World:
    """The types of the size, and invented brands, a quarter of them new."""
    themes = load_types(raw.size)
    names = make_brands(raw.streams.rng("brands"), 16 * len(themes))
    old = len(names) * 3 // 4
    return World(
        themes=themes,
        types=tuple(each for theme in themes for each in theme.types),
        theme_of=tuple(place for place, theme in enumerate(themes) for _ in theme.types),
        brands=tuple(names[:old]),
        new_brands=tuple(names[old:]),
    )
