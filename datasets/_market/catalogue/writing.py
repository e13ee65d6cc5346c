"""The texts and free fields of one listing, made of what it says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..sellers import LANGUAGES, Seller
from ..wording import Facts, Writer
from .catalogue import Line
from .kinds import shades
from .telling import Told

ARTICLE = {"en": "Item no.", "es": "Ref.", "fr": "Réf.", "de": "Art.-Nr.", "it": "Cod."}


@dataclass(frozen=True)
class Said:
    """What one listing says: values of axes as the catalogue has them, empty where it says nothing."""

    text: dict[str, str]  # "colour" is a position in the line's palette
    colour_column: int  # -1 for none
    size_column: str
    capacity_column: str
    count_column: float
    pictured: int  # the colour of the picture, -1 where what the picture tells decides it

    @staticmethod
    def of(line: Line, told: Told, place: int, variant: dict[str, int]) -> Said:
        """What the listing at a place in its line says; `variant` as it was drawn, empty where it is identity."""

        def value(axis: str, at: int) -> str:
            return line.axes[axis][at] if at >= 0 else ""

        text = {axis: value(axis, int(at[place])) for axis, at in told.text.items()}
        column = {axis: value(axis, int(at[place])) for axis, at in told.columns.items()}
        colour = int(column["colour"] or -1) if "colour" in column else -1
        if variant:
            colour = variant["column"]
            text["colour"] = str(variant["text"]) if variant["text"] >= 0 else ""
            text["size"] = line.sizes[variant["size text"]] if variant["size text"] >= 0 else ""
            column["size"] = line.sizes[variant["size column"]] if variant["size column"] >= 0 else ""
        return Said(
            text=text,
            colour_column=colour,
            size_column=column.get("size", ""),
            capacity_column=column["capacity"],
            count_column=float(column["pack"] or "nan"),
            pictured=variant.get("true", -1),
        )


def describe(
    said: Said, line: Line, seller: Seller, writer: Writer, rng: np.random.Generator
) -> dict[str, str | None]:
    """Title, description, brand, colour and size of a listing."""
    chance = rng.random(8)
    foreign = str(rng.choice(LANGUAGES)) if chance[0] < seller.foreign else seller.language
    new, named = line.new_wording, bool(chance[1] < 0.5)
    described = bool(chance[2] > 1.2 * seller.omits)
    copied = bool(chance[3] < seller.copies)
    where = {
        axis: spot if described and not copied else 0.0
        for axis, spot in zip(said.text, rng.random(7), strict=False)
    }
    headed = {axis: value for axis, value in said.text.items() if where[axis] < 0.75}
    told = {axis: value for axis, value in said.text.items() if where[axis] >= 0.5 and not copied}
    branded = bool(chance[4] > 0.08)
    extra = () if branded else (f"{ARTICLE[foreign]} {rng.integers(10_000, 1_000_000)}",)
    facts = _facts(headed, line, line.brand if branded else "", foreign, named, extra)
    title = writer.title(facts, seller, rng, new=new, language=foreign)
    description = None
    if described:
        text = _facts(told, line, line.brand if chance[4] > 0.5 else "", seller.language, named, ())
        description = writer.description(text, seller, rng, new=new, language=seller.language)
    colour = _colour(said.colour_column, line, seller.language, named)
    size = said.size_column or printed(said.capacity_column, seller.language)
    if chance[5] < 0.06:
        colour, size = size, colour
    brand: str | None = line.brand
    if branded and chance[6] < 0.12 + seller.omits:
        brand = None
    elif branded and chance[6] > 0.95:
        brand = line.name
    return {
        "title": title,
        "description": description,
        "brand": brand,
        "colour": colour or None,
        "size": size or None,
    }


def printed(capacity: str, language: str) -> str:
    """A capacity as it is written in a language.

    >>> printed("64 GB", "fr"), printed("1.5 l", "de")
    ('64 Go', '1,5 l')
    """
    if language == "fr":
        capacity = capacity.replace("GB", "Go").replace("TB", "To")
    return capacity if language == "en" else capacity.replace(".", ",")


def _colour(at: int, line: Line, language: str, named: bool) -> str:
    if at < 0:
        return ""
    key, name = line.palette[at]
    return name if named and name else shades()[key].word[language]


def _facts(
    said: dict[str, str], line: Line, brand: str, language: str, named: bool, extra: tuple[str, ...]
) -> Facts:
    key, name = line.palette[int(said["colour"])] if said.get("colour") else ("", "")
    phrases = (line.kind.bundle[language],) if said.get("bundle") else ()
    return Facts(
        noun=line.kind.nouns[language],
        brand=brand,
        model=f"{line.name} {said.get('model', '')}".strip(),
        colour=name if named and name else key,
        material=said.get("material", ""),
        size=said.get("size") or printed(said.get("capacity", ""), language),
        count=int(said.get("pack") or 1),
        extra=phrases + extra,
    )
