"""Listings of the catalogue's products, as sellers write them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..brands import make_brands
from ..evidence import clarity
from ..pictures.product import PATTERNS, Look, picture
from ..sellers import Seller, make_sellers
from ..wording import Writer
from ..world import GRAMS_PER_OUNCE, PER_EUR
from .catalogue import Line, make_lines
from .kinds import kinds, shades
from .oracle import Oracle
from .telling import FILLED, SAID, Rates, Told, tell
from .writing import Said, describe

if TYPE_CHECKING:
    from benchmark.catalog import Raw

ROWS = {"small": 5_000, "full": 100_000}
STUDIO, STUDIO_SWAY = 0.75, 0.25
GRAMS = {"g": 1.0, "kg": 1000.0, "oz": GRAMS_PER_OUNCE}
Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Market:
    """The lines, what their listings tell, who sells them, and what can be known."""

    lines: list[Line]
    products: list[list[str]]  # the name of each product
    told: list[Told]
    sellers: list[Seller]
    sold_by: list[Codes]  # per line and listing
    variant: list[
        dict[str, Codes]
    ]  # per line: "true", "text" and "column" colour, "size text" and "size column"
    level: NDArray[np.float64]  # of prices, per seller
    oracle: Oracle


def make_market(raw: Raw, exact: bool) -> Market:
    """`exact`: colour and size make another product; else each listing shows any variant of its product."""
    streams, rows = raw.streams, ROWS[raw.size]
    sellers = make_sellers(streams.rng("sellers"), 80 if raw.size == "small" else 240)
    brands = make_brands(streams.rng("brands"), 120 if raw.size == "small" else 400)
    lines = make_lines(streams.rng("labels"), streams.rng("lines"), brands, rows, exact)
    rates, oracle = Rates.of(streams.rng("rates")), Oracle()
    care = np.searchsorted(
        np.quantile([seller.omits for seller in sellers], [1 / 3, 2 / 3]),
        [seller.omits for seller in sellers],
    )
    noise, drawn, variants = streams.rng("habits"), streams.rng("evidence"), streams.rng("variants")
    products, told, sold_by, variant = [], [], [], []
    for number, line in enumerate(lines):
        chosen = _sold_by(line, sellers, noise)
        omits = np.array([sellers[seller].omits for seller in chosen])
        pictures = np.array([sellers[seller].pictures for seller in chosen])
        shown = {
            "price": noise.random(len(chosen)) > 0.3 * omits,
            "weight": noise.random(len(chosen)) > 0.15 + omits,
            "length": noise.random(len(chosen)) > 0.4 + omits,
            "picture": noise.random(len(chosen)) < pictures,
        }
        found = tell(line, care[chosen], shown, rates, drawn)
        names = streams.names("products", [f"{number} {product}" for product in range(len(line.at))])
        oracle.add(found.evidence, names)
        products.append(names)
        told.append(found)
        sold_by.append(chosen)
        variant.append({} if exact else _variant(line, len(chosen), variants))
    level = noise.lognormal(0, 0.08, len(sellers))
    return Market(lines, products, told, sellers, sold_by, variant, level, oracle)


def make_listings(raw: Raw, target: str, exact: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The records of a task, in random order, and their posterior; `target` names the column of products."""
    market = make_market(raw, exact)
    frame = pd.DataFrame(list(_rows(market, raw, target, exact)))
    frame["evidence"] = clarity(market.oracle.chances())
    order = raw.streams.rng("order").permutation(len(frame))
    frame = frame.iloc[order].reset_index(drop=True)
    looks = frame.pop("look")
    seed = int(raw.streams.rng("pictures").integers(2**62))
    drawn = [
        None if look is None else _photo(look, np.random.default_rng([seed, row]))
        for row, look in enumerate(looks)
    ]
    frame["picture"] = pd.Series(drawn, dtype=object)
    return frame, market.oracle.frame(order)


def _sold_by(line: Line, sellers: list[Seller], rng: np.random.Generator) -> Codes:
    """The sellers of the listings of a line; no two listings of one product have the same."""
    able = np.array([number for number, seller in enumerate(sellers) if seller.new == line.new_seller])
    return np.concatenate([able[rng.permutation(len(able))[:count]] for count in line.listings])


def _variant(line: Line, listings: int, rng: np.random.Generator) -> dict[str, Codes]:
    """Which colour and size each listing offers, and where it says so: positions, -1 where it does not."""
    colour = rng.integers(len(line.palette), size=listings)
    size = rng.integers(len(line.sizes), size=listings) if line.sizes else np.full(listings, -1)

    def said(values: Codes, chance: float) -> Codes:
        return np.where(rng.random(listings) < chance, values, -1)

    return {
        "true": colour,
        "text": said(colour, SAID["colour"] + 0.2),
        "column": said(colour, FILLED["colour"]),
        "size text": said(size, SAID["size"]),
        "size column": said(size, FILLED["size"]),
    }


def _rows(market: Market, raw: Raw, target: str, exact: bool) -> Iterator[dict[str, Any]]:
    writer, rng = Writer(raw.streams.rng("lexicon")), raw.streams.rng("noise")
    shelves = sorted({kind.shelf for kind in kinds()})
    looks = raw.streams.rng("looks")
    for number, (line, told) in enumerate(zip(market.lines, market.told, strict=True)):
        patterns = [str(name) for name in looks.permutation(PATTERNS)]
        accent = shades()[str(looks.choice(list(shades())))].rgb
        for place, seller_number in enumerate(market.sold_by[number]):
            seller = market.sellers[seller_number]
            said = Said.of(
                line, told, place, {key: int(at[place]) for key, at in market.variant[number].items()}
            )
            texts = describe(said, line, seller, writer, rng)
            unit = str(rng.choice(["oz", "g"] if seller.imperial else ["g", "kg"], p=[0.8, 0.2]))
            yield {
                **texts,
                "seller": seller.name,
                "language": seller.language,
                "category": str(rng.choice(shelves)) if rng.random() < 0.06 else line.kind.shelf,
                "price": _price(np.exp(told.price[place]) * market.level[seller_number], seller),
                "currency": seller.currency,
                "weight": _rounded(np.exp(told.weight[place]) / GRAMS[unit]),
                "weight_unit": None if np.isnan(told.weight[place]) else unit,
                "length_cm": _rounded(np.exp(told.length[place])),
                "pack_count": said.count_column,
                "look": _look(line, told, place, said.pictured, patterns, accent),
                target: market.products[number][int(told.evidence.state[place])],
                "line": f"line {number}",
                "new": line.new,
            }


def _price(euros: float, seller: Seller) -> float:
    """In the seller's currency, with the endings that shops like."""
    value = euros * PER_EUR[seller.currency]
    return float(np.floor(value) + (0.99 if value < 100 else 0.0))


def _rounded(value: float) -> float:
    """Three digits."""
    return float(f"{value:.3g}")


def _photo(look: Look, rng: np.random.Generator) -> bytes:
    """Three sellers' pictures in four come from a photo station, the others from anywhere."""
    return picture(look, rng, STUDIO_SWAY if rng.random() < STUDIO else 1.0)


def _look(
    line: Line, told: Told, place: int, colour: int, patterns: list[str], accent: tuple[int, int, int]
) -> Look | None:
    """What the picture of a listing shows: the design and the pattern of its model, in the colour of its variant."""
    if told.view[place] < 0:
        return None
    view = told.views[told.view[place]]
    key = line.palette[view.colour if colour < 0 else colour][0]
    return Look(
        shape=line.kind.shape,
        colour=shades()[key].rgb,
        accent=accent,
        pattern=patterns[line.detail[view.model] % len(patterns)],
        packaging="box" if view.boxed else "",
        count=view.count,
        detail=int(line.detail[view.model]),
    )
