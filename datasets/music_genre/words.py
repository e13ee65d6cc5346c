"""Titles, artists and shop lines of releases, made of drawn themes, styles and occasions and of nothing else."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np

from .._market.brands import make_brands
from .._market.sellers import LANGUAGES, Seller
from .grammar import forms

ALIASES = 400
KEPT = (
    6  # nouns of a theme that a world uses in ordinary records; the lexicon's last ones are for new records
)
LATE = 2
DJ = ("DJ {x}", "{x}", "{x} & {y}", "{x} Systems", "{x} 3000", "DJ {x} feat. {y}", "{x}.wav")
MC = ("MC {x}", "Lil {x}", "Young {x}", "{x} the Kid", "{x} & DJ {y}", "Big {x}")


class Words:
    """The part of the lexicon that this world uses, chosen by `lexicon`; invented names by `brands`."""

    def __init__(self, lexicon: np.random.Generator, brands: np.random.Generator) -> None:
        self.aliases = [name for name in make_brands(brands, ALIASES) if " " not in name]
        self.books = {language: _book(language, lexicon, brands) for language in LANGUAGES}

    def title(self, language: str, theme: str, rng: np.random.Generator, new: bool) -> str:
        """A title of one theme; `new` takes patterns and nouns that are in new records only."""
        book = self.books[language]
        nouns = book["new_themes" if new else "themes"][theme]
        first, second = rng.choice(len(nouns), 2, replace=False)
        pattern = _pick(book[("new_" if new else "") + ("opus" if theme == "opus" else "patterns")], rng)
        pieces = forms(language, nouns[first], nouns[second], _pick(book["adjectives"], rng))
        number, opus = int(rng.integers(1, 13)), int(rng.integers(2, 132))
        if theme == "opus":
            pieces |= {"k": str(number), "o": str(opus), "key": _pick(book["keys"], rng)}
        text = pattern.format(**pieces)
        return text[0].upper() + text[1:]

    def artist(self, language: str, style: str, rng: np.random.Generator) -> str:
        """A name in one style."""
        if style in ("dj", "mc"):
            x, y = rng.choice(len(self.aliases), 2, replace=False)
            return _pick(DJ if style == "dj" else MC, rng).format(x=self.aliases[x], y=self.aliases[y])
        book = self.books[language]
        names = book["artists"]
        first, second = rng.choice(names["first"], 2, replace=False)
        surname, other = rng.choice(book["surnames"], 2, replace=False)
        pieces = {
            "f": str(first),
            "f2": str(second),
            "s": str(surname),
            "s2": str(other),
            "a": _pick(names["band_a"], rng),
            "n": _pick(names["band_n"], rng),
        }
        return ("{f} {s}" if style == "person" else _pick(names[style], rng)).format(**pieces)

    def edition(self, language: str, rng: np.random.Generator) -> str:
        """A remark such as `(Remastered)`."""
        return _pick(self.books[language]["editions"], rng)

    def line(self, language: str, occasion: str, rng: np.random.Generator, new: bool) -> str:
        """One or two sentences of the shop; an empty occasion leaves only what says nothing."""
        book = self.books[language]
        sentences = []
        if occasion:
            phrases = book["occasions"][occasion]
            phrase = phrases[-1] if new else _pick(phrases[:-1], rng)
            sentences.append(f"{_pick(book['openings'], rng)} {phrase}.")
        if not occasion or rng.random() < 0.55:
            sentences.insert(int(rng.integers(0, len(sentences) + 1)), _pick(book["fillers"], rng))
        return " ".join(sentences)


def spoilt(text: str, seller: Seller, rng: np.random.Generator) -> str:
    """The text as this seller types it: swapped letters, now and then upper case."""
    words = text.split(" ")
    for at in np.flatnonzero(rng.random(len(words)) < seller.typos):
        if len(word := words[at]) > 4:
            cut = int(rng.integers(1, len(word) - 2))
            words[at] = word[:cut] + word[cut + 1] + word[cut] + word[cut + 2 :]
    text = " ".join(words)
    return text.upper() if rng.random() < seller.shouts else text


def _book(language: str, lexicon: np.random.Generator, brands: np.random.Generator) -> dict[str, Any]:
    path = Path(__file__).parent / f"words_{language}.toml"
    book: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    book["new_themes"] = {theme: nouns[-LATE:] for theme, nouns in book["themes"].items()}
    book["themes"] = {
        theme: [nouns[at] for at in np.sort(lexicon.permutation(len(nouns) - LATE)[:KEPT])]
        for theme, nouns in book["themes"].items()
    }
    names = book["artists"]
    surnames = [stem + end for stem in names["stems"] for end in names["ends"] if stem[-1] != end[0]]
    book["surnames"] = [surnames[at] for at in brands.permutation(len(surnames))[: len(surnames) // 2]]
    return book


def _pick(items: Any, rng: np.random.Generator) -> str:
    return str(items[int(rng.integers(0, len(items)))])
