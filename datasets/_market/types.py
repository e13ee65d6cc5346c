"""The product taxonomy: themes of types that share words, and what is common among the products of a type."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .sellers import LANGUAGES
from .wording import Noun, noun

FOLDER = Path(__file__).parent / "lexicon" / "types"
SIZE_SYSTEMS = ("shoe", "shoe_kids", "clothes", "clothes_kids", "volume", "diameter", "none")
AUDIENCES = ("women", "men", "girls", "boys", "kids", "baby", "unisex", "none")

Chances = dict[str, float]  # they sum to 1
Nouns = dict[str, tuple[Noun, ...]]  # by language


@dataclass(frozen=True)
class ProductType:
    """One product type. Spreads are standard deviations of the natural logarithm."""

    key: str  # the class name
    department: str
    shelf: str
    nouns: Nouns
    shape: Chances
    packaging: Chances  # "none" for the bare product
    audience: Chances
    material: Chances
    features: dict[str, float]  # chance of each feature by itself
    price: tuple[float, float]  # median in EUR, spread
    weight: tuple[float, float]  # median in grams, spread
    length: tuple[float, float]  # median of the longest side in cm, spread
    count: dict[int, float]  # chances of pieces per listing
    size: str  # size system


@dataclass(frozen=True)
class Theme:
    """Types that share words; `nouns` fit each of them."""

    key: str
    small: bool
    nouns: Nouns
    types: tuple[ProductType, ...]


def load_types(size: str) -> tuple[Theme, ...]:
    """The themes of the size "small" (marked ones only) or "full" (all), sorted by key."""
    themes = [_theme(tomllib.loads(path.read_text("utf-8"))) for path in sorted(FOLDER.glob("*.toml"))]
    kept = [theme for theme in themes if theme.small or size == "full"]
    return tuple(sorted(kept, key=lambda theme: theme.key))


def _theme(raw: dict[str, Any]) -> Theme:
    return Theme(
        key=raw["key"],
        small=raw.get("small", False),
        nouns=_nouns(raw["nouns"]),
        types=tuple(_type(each) for each in raw["type"]),
    )


def _type(raw: dict[str, Any]) -> ProductType:
    return ProductType(
        key=raw["key"],
        department=raw["department"],
        shelf=raw["shelf"],
        nouns=_nouns(raw["nouns"]),
        shape=_chances(raw["shape"]),
        packaging=_chances(raw["packaging"]),
        audience=_chances(raw["audience"]),
        material=_chances(raw["material"]),
        features=dict(raw["features"]),
        price=_median_and_spread(raw["price"]),
        weight=_median_and_spread(raw["weight"]),
        length=_median_and_spread(raw["length"]),
        count={int(pieces): chance for pieces, chance in _chances(raw["count"]).items()},
        size=raw["size"],
    )


def _nouns(raw: dict[str, list[str]]) -> Nouns:
    return {language: tuple(noun(written) for written in raw[language]) for language in LANGUAGES}


def _chances(raw: dict[str, float]) -> Chances:
    total = sum(raw.values())
    return {name: chance / total for name, chance in raw.items()}


def _median_and_spread(raw: list[float]) -> tuple[float, float]:
    median, spread = raw
    return float(median), float(spread)
