"""What a listing's texts say of the values drawn for it, in the seller's language."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._market.noise import Dice
from .._market.sellers import LANGUAGES, Seller, spoken
from .._market.wording import Facts, Writer, noun
from .._market.world import GRAMS_PER_OUNCE
from .goods import goods, noun_of, read
from .tables import FEATURES, PACKS, USES, WORDS

COLOURS = (
    "black",
    "white",
    "grey",
    "red",
    "orange",
    "yellow",
    "green",
    "blue",
    "navy",
    "purple",
    "pink",
    "brown",
    "beige",
)
MEDIA = ("story", "game", "press")  # sets whose goods have titles

_AMOUNTS = {
    "abv": ((0.0, 0.4), (0.5, 1.1), (1.2, 2.4), (4.0, 14.5)),  # % vol
    "mg": ((0, 0), (2, 49), (50, 199), (200, 499), (500, 1200)),
}


def figure(amount: str, number: int, inside: float) -> float:
    """The figure in a bin of "abv" or "mg"; `inside` (0 to 1) says where in the bin.

    >>> figure("abv", 1, 0.5), figure("mg", 3, 0.0)
    (0.8, 200)
    """
    low, high = _AMOUNTS[amount][number]
    return round(low + inside * (high - low), 1 if amount == "abv" else None)


def ages(number: int, inside: float) -> tuple[int, float]:
    """From which age and to which; NaN for adults.

    >>> ages(0, 0.99), ages(1, 0.3), ages(3, 0.5)
    ((9, 10), (11, 12), (16, nan))
    """
    if number == 3:
        return 16, np.nan
    low = 1 + int(inside * 9) if number == 0 else (0, 11, 13)[number]
    return low, low + 1


class Texts:
    """Titles and descriptions of one world's records."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.phrases = read("phrases")
        self.media = {*(f"set:{name}" for name in MEDIA), *(one.name for one in goods() if one.set in MEDIA)}

    def pair(
        self,
        drawn: dict[str, Any],
        brand: str,
        seller: Seller,
        inside: float,
        new: bool,
        rng: np.random.Generator,
    ) -> tuple[str, str | None]:
        """Title and description (None where the seller wrote none) of the values `drawn` for one record."""
        dice, language = Dice(rng), spoken(seller, rng)
        at = LANGUAGES.index(language)
        word = WORDS[drawn["word"]]
        if word in self.media:
            model = self.invented(at, dice)
        else:
            model = dice.pick(self.phrases["lines"]["names"]) if dice.roll() < 0.4 else ""
        feature = FEATURES[drawn["feature"]]
        facts = Facts(
            noun=noun_of(word, language, new),
            brand=brand,
            model=model,
            colour=dice.pick(COLOURS) if drawn["colour_said"] else "",
            size=_weight(drawn, language, seller) if drawn["weighed"] else "",
            features=(feature,) if feature else (),
            extra=tuple(self._printed(drawn, at, inside)),
        )
        title = self.writer.title(facts, seller, rng, new, language)
        if drawn["use"] < 0:
            return title, None
        use = USES[drawn["use"]]
        told = Facts(
            noun=facts.noun,
            brand=brand,
            model=model,
            features=facts.features,
            extra=(self.phrases["use"][use][at],) if use else (),
        )
        return title, self.writer.description(told, seller, rng, new, language)

    def invented(self, at: int, dice: Dice) -> str:
        """A title of a book, film or game that nobody wrote, in the language at `at`."""
        titles = self.phrases["titles"]
        name = noun(dice.pick(titles[LANGUAGES[at]]))
        article, _, bare = name.text.rpartition(" ")
        forms = dice.pick(titles["adjectives"])[at].split(" ")
        adjective = forms[-1] if name.gender == "f" else forms[0]
        whole = name.text if LANGUAGES[at] != "de" else bare
        return str(titles["pattern"][at].format(adjective=adjective, noun=whole, article=article))

    def _printed(self, drawn: dict[str, Any], at: int, inside: float) -> list[str]:
        found = []
        if drawn["abv_text"] >= 0:
            found.append(_decimal(figure("abv", drawn["abv_text"], inside), at) + " % vol")
        if drawn["mg_text"] >= 0:
            found.append(f"{figure('mg', drawn['mg_text'], inside)} mg")
        if drawn["age_text"] >= 0:
            low, high = ages(drawn["age_text"], inside)
            printed = self.phrases["printed"]
            found.append(
                printed["adult"][at] if np.isnan(high) else printed["years"][at].format(f"{low}-{high}")
            )
        return found


def _weight(drawn: dict[str, Any], language: str, seller: Seller) -> str:
    grams = float(np.exp(drawn["weight"]))
    if grams < 1:
        return ""
    if seller.imperial:
        return f"{grams / GRAMS_PER_OUNCE:.1f} oz"
    if grams >= 1000:
        return _decimal(round(grams / 1000, 1), LANGUAGES.index(language)) + " kg"
    return f"{grams:.0f} g"


def _decimal(number: float, at: int) -> str:
    return str(number) if LANGUAGES[at] == "en" else str(number).replace(".", ",")


def pack_count(value: int) -> float:
    """The pieces in a pack; NaN where not stated."""
    return PACKS[value] if value >= 0 else np.nan
