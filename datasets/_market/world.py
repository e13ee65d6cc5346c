"""What the worlds of all tasks share: how states are dealt, what is new in the test, money and weights as written."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .sellers import Seller

NEW_SHARE = 0.12
NEW_EACH = 0.65
PER_EUR = {"EUR": 1.0, "GBP": 0.86, "USD": 1.08, "CHF": 0.95}
GRAMS_PER_OUNCE = 28.35
_LETTERS = "ABCDEFGHKLMNPRSTVWXYZ"

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Mask = NDArray[np.bool_]


def deal(weights: Floats, items: int, least: int) -> Codes:
    """How many items each state gets: by weight, at least `least`, `items` in all; (states,).

    >>> deal(np.array([8.0, 1.0, 1.0]), 20, 4).tolist()
    [12, 4, 4]
    """
    free = items - least * len(weights)
    wanted = weights / weights.sum() * items
    above = np.maximum(wanted - least, 0)
    counts = least + np.floor(above / above.sum() * free).astype(np.int64)
    counts[np.argsort(-weights, kind="stable")[: items - counts.sum()]] += 1
    return np.asarray(counts)


def jittered(table: Floats, rng: np.random.Generator, spread: float = 0.25) -> Floats:
    """A table of chances, rows summing to 1, whose entries are shaken: one world's rates are not another's."""
    shaken = table * rng.lognormal(0, spread, table.shape)
    return np.asarray(shaken / shaken.sum(axis=-1, keepdims=True))


@dataclass(frozen=True)
class Newness:
    """Which items only the test may hold, and what is new about them; each of shape (items,)."""

    seller: Mask
    brand: Mask
    wording: Mask

    @property
    def any(self) -> Mask:
        return self.seller | self.brand | self.wording


def draw_newness(rng: np.random.Generator, items: int) -> Newness:
    """12 % of the items are new, in at least one of three ways."""
    marked = rng.permutation(items) < round(NEW_SHARE * items)
    each = rng.random((items, 3)) < NEW_EACH
    each[np.arange(items), rng.integers(0, 3, items)] = True
    seller, brand, wording = (each & marked[:, None]).T
    return Newness(seller, brand, wording)


def choose_sellers(rng: np.random.Generator, sellers: list[Seller], new: Mask) -> Codes:
    """A seller for each listing, a new one where `new`; some sell much more than others; (listings,)."""
    size = rng.pareto(1.5, len(sellers)) + 0.3
    fresh = np.array([seller.new for seller in sellers])
    chosen = np.empty(len(new), np.int64)
    for wanted in (False, True):
        chances = np.where(fresh == wanted, size, 0)
        here = new == wanted
        chosen[here] = rng.choice(len(sellers), here.sum(), p=chances / chances.sum())
    return chosen


def article_number(rng: np.random.Generator) -> str:
    """A maker's number such as `KX-2041`; it says nothing of the thing."""
    first, second = (_LETTERS[int(rng.integers(len(_LETTERS)))] for _ in range(2))
    return f"{first}{second}-{int(rng.integers(1000, 10000))}"


def prices(euros: Floats, sellers: list[Seller]) -> Floats:
    """Prices as written, in each seller's currency, to the cent; (listings,)."""
    return np.asarray(np.round(euros * np.array([PER_EUR[seller.currency] for seller in sellers]), 2))


def weights(grams: Floats, sellers: list[Seller]) -> tuple[Floats, list[str]]:
    """Weights as written, and their units: g, or oz from sellers who weigh so; each (listings,)."""
    imperial = np.array([seller.imperial for seller in sellers])
    written: Floats = np.where(imperial, np.round(grams / GRAMS_PER_OUNCE, 2), np.round(grams))
    return written, ["oz" if each else "g" for each in imperial]


def pick(chances: dict[str, float], names: list[str], trust: float) -> Floats:
    """A row of a table of chances: `trust` by `chances`, the rest evenly; (names,).

    >>> pick({"a": 1.0}, ["a", "b"], 0.8).tolist()
    [0.9, 0.1]
    """
    own = np.array([chances.get(name, 0.0) for name in names])
    return np.asarray(trust * own / max(own.sum(), 1e-9) + (1 - trust) / len(names))


RGB = {
    "black": (32, 32, 36),
    "white": (238, 238, 234),
    "grey": (134, 136, 140),
    "silver": (190, 194, 200),
    "gold": (201, 162, 74),
    "red": (190, 36, 40),
    "orange": (228, 122, 36),
    "yellow": (236, 200, 58),
    "green": (58, 130, 74),
    "blue": (44, 102, 186),
    "navy": (30, 42, 88),
    "turquoise": (54, 170, 172),
    "purple": (112, 62, 142),
    "pink": (232, 132, 170),
    "rose": (214, 158, 156),
    "brown": (112, 74, 46),
    "beige": (214, 194, 160),
    "transparent": (206, 222, 226),
}
