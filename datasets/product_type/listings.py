"""Listings written and drawn from what they tell, and from nothing else of the type."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .._market.pictures.product import PATTERNS, Look, picture
from .._market.sellers import LANGUAGES, Seller
from .._market.wording import Facts, Noun, Writer
from .._market.world import RGB, Newness, article_number, prices, weights
from .tables import World
from .teller import Values

if TYPE_CHECKING:
    from benchmark.streams import Streams

LEAST_NOUNS = 2


def listings(
    world: World, told: dict[str, Values], sellers: list[Seller], new: Newness, streams: Streams
) -> pd.DataFrame:
    """The feature columns, one row per seller given."""
    rows, noise = len(sellers), streams.rng("noise")
    abroad = noise.random(rows) < np.array([seller.foreign for seller in sellers])
    language = np.where(abroad, noise.choice(LANGUAGES, rows), [seller.language for seller in sellers])
    colour = noise.choice(list(RGB), rows)
    silent = noise.choice(world.new_brands, rows)
    for name, chance in (("brand", 0.8), ("brand said", 0.6)):
        told[name] = np.where(new.brand & (noise.random(rows) < chance), silent, told[name])
    titles, descriptions = _texts(world, told, sellers, new, language, colour, streams)
    grams, unit = weights(told["weight"], sellers)
    return pd.DataFrame(
        {
            "title": titles,
            "description": descriptions,
            "brand": told["brand"],
            "seller": [seller.name for seller in sellers],
            "language": language,
            "department": told["department"],
            "audience": _unless_none(told["audience"]),
            "material": _unless_none(told["material"]),
            "colour": np.where(noise.random(rows) < 0.6, colour, ""),
            "size": _unless_none(told["size"]),
            "price": prices(told["price"], sellers),
            "currency": [seller.currency for seller in sellers],
            "weight": grams,
            "weight_unit": unit,
            "length_cm": np.round(told["length"], 1),
            "pack_count": [float(each) if each else np.nan for each in told["pieces"]],
            "picture": pd.Series(_pictures(told, colour, streams), dtype=object),
        }
    )


def _unless_none(values: Values) -> Values:
    """A field left empty and one that has nothing to say look the same."""
    return np.where(values == "none", "", values)


def _texts(
    world: World,
    told: dict[str, Values],
    sellers: list[Seller],
    new: Newness,
    language: Values,
    colour: Values,
    streams: Streams,
) -> tuple[list[str], list[str | None]]:
    writer, rng = Writer(streams.rng("lexicon")), streams.rng("wording")
    words = _Nouns(world, streams.rng("nouns"))
    with_colour = rng.random(len(sellers)) < 0.35
    titles: list[str] = []
    descriptions: list[str | None] = []
    for row, seller in enumerate(sellers):
        at, wording = str(language[row]), bool(new.wording[row])
        number = int(told["noun"][row])
        facts = Facts(
            noun=words.of(number, at, wording, rng),
            brand=str(told["brand said"][row]),
            model=article_number(rng),
            size=_said(told["size said"][row]),
            count=int(told["pieces said"][row] or 1),
        )
        if number < len(world.themes):  # a type's own noun says for whom and of what
            facts = replace(
                facts,
                colour=str(colour[row]) if with_colour[row] else "",
                material=_said(told["material said"][row]),
                audience=_said(told["audience said"][row]),
            )
        titles.append(writer.title(facts, seller, rng, wording, at))
        if told["noun again"][row] < 0:
            descriptions.append(None)
            continue
        feature = str(told["feature"][row])
        about = Facts(
            noun=words.of(int(told["noun again"][row]), at, wording, rng),
            features=(feature,) if feature else (),
        )
        descriptions.append(writer.description(about, seller, rng, wording, at))
    return titles, descriptions


def _said(value: str) -> str:
    return "" if value == "none" else str(value)


class _Nouns:
    """Words for themes and types: some of each list are not used in this world, and one is kept for new records."""

    def __init__(self, world: World, rng: np.random.Generator) -> None:
        self.pools: list[dict[str, tuple[list[Noun], list[Noun]]]] = []
        for given in [*(theme.nouns for theme in world.themes), *(each.nouns for each in world.types)]:
            pools = {}
            for language in LANGUAGES:
                order = [given[language][place] for place in rng.permutation(len(given[language]))]
                kept = order[:-1] if len(order) > LEAST_NOUNS else order
                pools[language] = (kept, order[-1:])
            self.pools.append(pools)

    def of(self, number: int, language: str, new: bool, rng: np.random.Generator) -> Noun:
        """A word for the theme or type of this number."""
        pool = self.pools[number][language][int(new)]
        return pool[int(rng.integers(len(pool)))]


def _pictures(told: dict[str, Values], colour: Values, streams: Streams) -> list[bytes | None]:
    rng = streams.rng("pictures")
    seed = int(rng.integers(2**63))
    accents = list(RGB.values())
    made: list[bytes | None] = []
    for row, shape in enumerate(told["shape"]):
        own = np.random.default_rng([seed, row])
        if not shape:
            made.append(None)
            continue
        look = Look(
            shape=shape,
            colour=RGB[str(colour[row])],
            accent=accents[int(own.integers(len(accents)))],
            pattern=PATTERNS[int(own.integers(len(PATTERNS)))] if own.random() < 0.4 else "plain",
            packaging=str(told["packaging"][row]),
            detail=int(own.integers(8)),
        )
        made.append(picture(look, own))
    return made
