"""Products and their listings: what is hidden, and what is drawn to be shown of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .._market.evidence import Codes, Evidence, Floats, Mask, of_labels
from .._market.sellers import Seller, make_sellers
from .._market.world import PER_EUR, deal, prices
from .goods import State, read, states
from .rules import CATEGORIES, Region, make_regions, tax_category
from .tables import Tables

ROWS = {"small": 4000, "full": 60000}
SELLERS = 80
REGIONS = 10
NEW = 0.12
PRINTED = 0.15  # share of texts that print the weight
_LISTINGS = (0.9, 0.08, 0.02)  # chances that a product has 1, 2, 3


@dataclass(frozen=True)
class World:
    """Records in the order of the table, one entry each unless said otherwise."""

    regions: list[Region]
    region: Codes  # index into `regions`
    sellers: list[Seller]
    seller: Codes  # index into `sellers`
    product: Codes
    inside: Floats  # where in its bin a product's figure lies, 0 to 1
    new: Mask
    new_brand: Mask
    new_words: Mask
    drawn: dict[str, Any]  # the values drawn, by the name of their table
    price: Floats  # in the seller's currency
    label: Codes  # index into CATEGORIES
    label_of: Codes  # (records, states)
    evidence: Evidence

    def chances(self) -> Floats:
        """The posterior over CATEGORIES; (records, categories)."""
        return of_labels(self.evidence.posterior(), self.label_of, len(CATEGORIES))


def make_world(raw: Any) -> World:
    """The world of `raw.streams` with the number of records that `raw.size` names."""
    pairs, rows = states(), ROWS[raw.size]
    kinds = [state for state, _ in pairs]
    counts = deal(np.array([weight for _, weight in pairs]), rows, 1)
    state, product = _products(counts, raw.streams.rng("labels"))

    rng = raw.streams.rng("sellers")
    sellers = make_sellers(rng, SELLERS)
    new, new_seller, new_brand, new_words = _novelty(product, rng)
    fresh = np.array([one.new for one in sellers])
    known, unseen = np.nonzero(~fresh)[0], np.nonzero(fresh)[0]
    seller = np.where(new_seller, rng.choice(unseen, rows), rng.choice(known, rows))

    rates = raw.streams.rng("rates")
    regions = make_regions(read("phrases")["regions"]["names"], REGIONS, rates)
    region = rng.integers(0, REGIONS, rows)

    evidence = Evidence(state, counts.astype(float), same=product)
    each = [sellers[at] for at in seller]
    drawn = _draw(evidence, Tables(kinds, rates), each, raw.streams.rng("evidence"), raw.streams.rng("noise"))

    shown = prices(np.maximum(np.exp(drawn["price"]), 0.5), each)
    price = shown / np.array([PER_EUR[one.currency] for one in each])
    over = price > np.array([one.luxury_above for one in regions])[region]
    law = _law(kinds, regions)
    return World(
        regions=regions,
        region=region,
        sellers=sellers,
        seller=seller,
        product=product,
        inside=rng.random(product.max() + 1)[product],
        new=new,
        new_brand=new_brand,
        new_words=new_words,
        drawn=drawn,
        price=shown,
        label=law[region, over.astype(int), state],
        label_of=law[region, over.astype(int)],
        evidence=evidence,
    )


def _products(counts: Codes, rng: np.random.Generator) -> tuple[Codes, Codes]:
    """State and product of each listing, in random order; a product's listings share its state."""
    sizes = [rng.choice(3, int(count), p=_LISTINGS) + 1 for count in counts]
    state = np.repeat(np.arange(len(counts)), counts)
    parts, first = [], 0
    for size, count in zip(sizes, counts, strict=True):
        part = np.repeat(np.arange(len(size)), size)[:count] + first
        first = int(part[-1]) + 1
        parts.append(part)
    order = rng.permutation(len(state))
    names = rng.permutation(first)
    return state[order], names[np.concatenate(parts)][order]


def _novelty(product: Codes, rng: np.random.Generator) -> tuple[Mask, Mask, Mask, Mask]:
    """Which records are new, and by what: seller, brand (the same for a product), wording; at least one of them."""
    count = product.max() + 1
    new = (rng.permutation(count) < round(NEW * count))[product]
    brand = (rng.random(count) < 0.65)[product]
    seller, word = rng.random((2, len(product))) < 0.65
    seller |= ~(seller | brand | word)
    return new, new & seller, new & brand, new & word


def _law(kinds: list[State], regions: list[Region]) -> Codes:
    """The category by region, price (0: any, 1: above what the region calls luxury) and state."""
    code = {name: number for number, name in enumerate(CATEGORIES)}
    table = np.zeros((len(regions), 2, len(kinds)), np.int64)
    for at, region in enumerate(regions):
        for over, price in enumerate((0.0, np.inf)):
            for number, state in enumerate(kinds):
                good = state.good
                table[at, over, number] = code[
                    tax_category(good.label, good.rule, state.amount(), price, region)
                ]
    return table


def _draw(
    evidence: Evidence,
    tables: Tables,
    sellers: list[Seller],
    rng: np.random.Generator,
    noise: np.random.Generator,
) -> dict[str, Any]:
    """Draw all that is shown of the states; -1 or NaN where a seller leaves it out."""
    omits = np.array([one.omits for one in sellers])
    pictured = noise.random(len(sellers)) < np.array([one.pictures for one in sellers])

    def kept() -> Mask:
        return np.asarray(noise.random(len(sellers)) >= omits)

    in_form, weighed = kept(), noise.random(len(sellers)) < PRINTED
    found: dict[str, Any] = {
        "in_form": in_form,
        "weighed": weighed,
        "word": evidence.category("text", tables.word(), rng),
        "use": evidence.category("text", tables.use(), rng, shown=kept()),
        "feature": evidence.category("text", tables.feature(), rng),
        "colour_said": evidence.category("text", tables.colour_said(), rng),
        "department": evidence.category("numbers", tables.department(), rng, shown=kept()),
        "format": evidence.category("numbers", tables.format(), rng, shown=kept()),
        "storage": evidence.category("numbers", tables.storage(), rng, shown=kept()),
        "pack": evidence.category("numbers", tables.pack(), rng, shown=kept()),
        "weight": evidence.number("numbers", *tables.weight(), rng, shown=in_form, also={"text": weighed}),
        "price": evidence.number("numbers", *tables.price(), rng),
        "shape": evidence.category("pictures", tables.shape(), rng, shown=pictured),
        "tint": evidence.category("pictures", tables.tint(), rng, shown=pictured),
        "symbol": evidence.category("pictures", tables.symbol(), rng, shown=pictured),
    }
    for amount, printed in (("abv", 0.2), ("age", 0.2), ("mg", 0.2)):
        found[f"{amount}_text"] = evidence.category("text", tables.stated(amount, printed, False), rng) - 1
        found[amount] = evidence.category("numbers", tables.stated(amount, 0.8, True), rng) - 1
    return found
