"""The hand-written part of the catalogue: kinds of products, colours, names of lines."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from ..sellers import LANGUAGES
from ..wording import Noun, noun


@dataclass(frozen=True)
class Kind:
    """A kind of product; prices in EUR, weights in g, lengths in cm."""

    name: str
    shelf: str
    shape: str
    nouns: dict[str, Noun]  # by language
    price: float
    weight: float
    length: float
    colours: tuple[str, ...]
    bundle: dict[str, str] = field(default_factory=dict)  # phrase by language
    materials: tuple[str, ...] = ()
    capacity: tuple[str, ...] = ()
    packs: tuple[int, ...] = ()
    sizes: tuple[str, ...] = ()
    grows: float = 0.0


@dataclass(frozen=True)
class Shade:
    """A colour of the lexicon: what it looks like, its word by language, the names that brands give it."""

    rgb: tuple[int, int, int]
    word: dict[str, str]
    names: tuple[str, ...]
    new_names: tuple[str, ...]  # of new lines


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def kinds() -> tuple[Kind, ...]:
    """All kinds, as lines.toml has them."""
    return tuple(Kind(name=name, **_plain(given)) for name, given in _read("lines").items())


def _plain(given: dict[str, Any]) -> dict[str, Any]:
    """A kind's keys with nouns read and lists made tuples."""
    nouns = {language: noun(text) for language, text in given.pop("noun").items()}
    rest = {key: tuple(value) if isinstance(value, list) else value for key, value in given.items()}
    return {"nouns": nouns, **rest}


@cache
def shades() -> dict[str, Shade]:
    """All colours by their key in the lexicon."""
    looks, lexicon = _read("colours"), _read("../lexicon/colours")
    return {
        key: Shade(
            rgb=(red, green, blue),
            word={language: lexicon[key][language][0].split("|")[0] for language in LANGUAGES},
            names=tuple(name for name in lexicon[key]["names"] if not name.startswith("+")),
            new_names=tuple(name[1:] for name in lexicon[key]["names"] if name.startswith("+")),
        )
        for key, (red, green, blue) in looks.items()
    }


@cache
def line_names() -> tuple[list[str], list[str]]:
    """Names made of two words, and names that hold the word of a colour."""
    given = _read("names")
    return [a + b.lower() for a in given["first"] for b in given["second"]], given["coloured"]
