"""Titles and descriptions in five languages, made of what a listing is to say and of nothing else."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .noise import Dice, abbreviated, shouted, with_typos
from .sellers import LANGUAGES, Seller
from .speech import Speech
from .vocabulary import Template, Vocabulary

SENTENCES = 4
OWN_TEMPLATES = 3  # a seller's favourites
SLOPPY = 0.05  # typos per word of a seller who may forget about capitals
_EDGES = " ,-|/·~:"
_SMALL = {"a", "an", "as", "and", "by", "for", "from", "in", "made", "of", "the", "to", "with", "x"}
_SMALL |= {"ml", "cl", "l", "g", "kg", "mg", "cm", "mm", "m", "oz", "fl", "lb", "in"}


@dataclass(frozen=True)
class Noun:
    """A noun phrase in one language with its gender: m, f or n, and p for the plural: `mp`, `fp`, `np`, `p`."""

    text: str
    gender: str = ""


def noun(written: str) -> Noun:
    """Read a noun as lexicons write it.

    >>> noun("zapatillas deportivas/fp")
    Noun(text='zapatillas deportivas', gender='fp')
    """
    text, _, gender = written.partition("/")
    return Noun(text, gender)


@dataclass(frozen=True)
class Facts:
    """What a listing says. Empty means unsaid; keys are those of the lexicon (`colours.toml`, ...)."""

    noun: Noun
    brand: str = ""
    model: str = ""  # "Runner 3", "KX-200"
    colour: str = ""  # what is no key is printed as it stands: "Wolf Grey"
    material: str = ""
    audience: str = ""  # women, men, girls, boys, kids, baby, unisex
    size: str = ""  # as printed: "42", "M", "500 ml"
    count: int = 1
    features: tuple[str, ...] = ()  # keys of phrases such as "waterproof"
    extra: tuple[str, ...] = ()  # phrases that are already in the seller's language


class Writer:
    """Writes titles and descriptions. The generator picks the part of the lexicon that this world uses.

    All facts are said, in the noun's language: a caller who lets a seller slip into another one (`sellers.spoken`)
    gives a noun of that language, and `language`.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self.words = Vocabulary(rng)

    def title(
        self, facts: Facts, seller: Seller, rng: np.random.Generator, new: bool = False, language: str = ""
    ) -> str:
        """A title; `new` uses wordings that only test records have; `language` overrides the seller's."""
        dice = Dice(rng)
        language = language or seller.language
        speech = Speech(facts, language, self.words, dice, new)
        pool = self.words.titles[language].strict(new)
        house = _house(seller.name)
        chosen = pool[house[int(dice.roll() * OWN_TEMPLATES)] % len(pool)]
        if dice.roll() < 0.4:
            chosen = dice.pick(pool)
        text = speech.fill(chosen)
        comma = (" ", ", ", ", ", " - ")[house[3] % 4]
        text = _tidy(comma.join([text, *speech.leftovers()]))
        text = abbreviated(text, self.words.short[language], seller.abbreviates, facts.noun.text, dice)
        text = _cased(text, language, seller, house[4])
        if dice.roll() < seller.stuffs:
            text = self._stuffed(text, seller, language, new, dice)
        text = with_typos(text, seller.typos, dice)
        return shouted(text, dice) if dice.roll() < seller.shouts else text

    def description(
        self, facts: Facts, seller: Seller, rng: np.random.Generator, new: bool = False, language: str = ""
    ) -> str:
        """One to four sentences."""
        dice = Dice(rng)
        language = language or seller.language
        speech = Speech(facts, language, self.words, dice, new)
        openings = self._fitting("opening", speech) or list(self.words.titles[language].strict(new))
        said = [speech.fill(dice.pick(openings))]
        for _ in range(int(dice.roll() * 3)):
            fitting = self._fitting("detail", speech)
            if fitting:
                said.append(speech.fill(dice.pick(fitting)))
        if speech.open:
            said.append(", ".join(speech.labelled()))
        room = min(SENTENCES - len(said), int(dice.roll() * 3))
        if room > 0:
            tongue = _tongue(seller, language, dice)
            talk = self.words.sentences["talk", tongue].strict(new)
            at = int(dice.roll() * len(talk))
            said += [speech.fill(talk[(at + step) % len(talk)]) for step in range(room)]
        text = " ".join(_sentence(_tidy(sentence)) for sentence in said)
        text = abbreviated(text, self.words.short[language], seller.abbreviates, facts.noun.text, dice)
        text = with_typos(text, seller.typos, dice)
        return shouted(text, dice) if dice.roll() < seller.shouts else text

    def _fitting(self, kind: str, speech: Speech) -> list[Template]:
        return [
            template
            for template in self.words.sentences[kind, speech.language].strict(speech.new)
            if template.needed <= speech.open and (speech.sure or not template.agrees)
        ]

    def _stuffed(self, text: str, seller: Seller, language: str, new: bool, dice: Dice) -> str:
        pool = self.words.phrases["advertising", _tongue(seller, language, dice)].strict(new)
        at, count = int(dice.roll() * len(pool)), 1 + int(dice.roll() ** 2 * 3)
        words = [pool[(at + step) % len(pool)][0] for step in range(min(count, len(pool)))]
        mark = dice.pick(("", "", "!!", "!", " ★"))
        if dice.roll() < 0.4:
            return f"{words[0]}{mark} {' '.join([text, *words[1:]])}"
        return f"{text} {' '.join(words)}{mark}"


@lru_cache(maxsize=4096)
def _house(name: str) -> tuple[int, ...]:
    """What a seller always does the same way: his favourite templates, his separator, his letter case."""
    seed = zlib.crc32(name.encode())
    return tuple(np.random.default_rng(seed).integers(0, 2**30, OWN_TEMPLATES + 2).tolist())


def _tongue(seller: Seller, language: str, dice: Dice) -> str:
    return dice.pick(LANGUAGES) if dice.roll() < seller.foreign else language


def _tidy(text: str) -> str:
    return " ".join(text.split()).replace(" ,", ",").strip(_EDGES)


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else text + "."


def _cased(text: str, language: str, seller: Seller, habit: int) -> str:
    if seller.typos > SLOPPY and habit % 3 == 0:
        return text.lower()
    if language == "en" and habit % 2:
        words = text.split(" ")
        text = " ".join(
            word if word.rstrip(",)") in _SMALL else word[:1].upper() + word[1:] for word in words
        )
    return text[:1].upper() + text[1:]
