"""Sellers and their habits: the language they write, what they leave out, how they spell, what they count in."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from .noise import Dice
from .vocabulary import read

LANGUAGES = ("en", "es", "fr", "de", "it")
CURRENCIES = ("EUR", "GBP", "USD", "CHF")
CROWDED = 400  # sellers from which on names get numbers
_PART = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Seller:
    """One seller. Chances are per listing (or per word, for `typos` and `abbreviates`)."""

    name: str
    language: str
    currency: str  # EUR, GBP, USD, CHF
    imperial: bool  # weights in oz, lengths in inches
    new: bool  # only test records may be his
    omits: float  # chance to leave an optional field empty
    pictures: float  # chance that a listing has a picture
    typos: float
    abbreviates: float
    stuffs: float  # chance to add search words and advertising to a title
    shouts: float  # chance of upper case
    foreign: float  # chance that a text field is in another language than his own
    copies: float  # chance that a description is copied from another listing of the product


def make_sellers(rng: np.random.Generator, count: int) -> list[Seller]:
    """Sellers of distinct names and clear habits, from careful makers to flea markets.

    Languages come in equal shares; a quarter of the sellers is new, spread over the languages.
    """
    lexicon = read("sellers")
    kinds = list(lexicon["habits"])
    shares = np.array([lexicon["habits"][kind]["share"] for kind in kinds])
    steps = (np.arange(count) + 0.5) / count
    kind_of = rng.permutation(np.minimum(np.searchsorted(shares.cumsum(), steps), len(kinds) - 1))
    new = np.zeros(count, bool)
    # seller i speaks language i % 5: blocks of five sellers hold each language once
    blocks = rng.permutation(-(-count // 5))
    order = [block * 5 + at for block in blocks for at in rng.permutation(5) if block * 5 + at < count]
    new[order[: count // 4]] = True
    taken: set[str] = set()
    sellers = []
    for number in range(count):
        language, kind = LANGUAGES[number % 5], kinds[kind_of[number]]
        habits = {
            habit: float(rng.beta(*law)) for habit, law in lexicon["habits"][kind].items() if habit != "share"
        }
        name = _shop_name(lexicon["names"][language], kind, rng, taken)
        currency = str(rng.choice(CURRENCIES, p=lexicon["currencies"][language]))
        imperial = bool(rng.random() < (0.8 if currency == "USD" else 0.3)) and language == "en"
        sellers.append(Seller(name, language, currency, imperial, bool(new[number]), **habits))
    return sellers


def spoken(seller: Seller, rng: np.random.Generator) -> str:
    """The language of one text field of the seller's: his own, or by his habit another."""
    if rng.random() >= seller.foreign:
        return seller.language
    return str(rng.choice([language for language in LANGUAGES if language != seller.language]))


def _shop_name(names: dict[str, list[str]], kind: str, rng: np.random.Generator, taken: set[str]) -> str:
    dice = Dice(rng)
    while True:
        pattern = dice.pick(names[kind])
        name = _PART.sub(lambda found: _part(names, found[1], kind, dice), pattern)
        if len(taken) > CROWDED:
            name += f" {1 + int(dice.roll() * 999)}"
        parts = name.split(" & ")
        if name not in taken and len(set(parts)) == len(parts):
            taken.add(name)
            return name


def _part(names: dict[str, list[str]], part: str, kind: str, dice: Dice) -> str:
    if part == "number":
        return str(int(dice.roll() * 90) + 10)
    if part == "first_title":
        return dice.pick(names["first"]).capitalize()
    word = dice.pick(names[part])
    return word.lower() if kind == "flea" and part == "family" else word
