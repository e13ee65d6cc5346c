"""The part of the lexicon that one world uses: its words, phrases and templates, ordinary ones and new ones apart."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np

from .grammar import SLOTS
from .noise import Dice

Item = TypeVar("Item")
Forms = tuple[str, ...]

LEXICON = Path(__file__).parent / "lexicon"
KEPT = 0.7  # share of each list that a world uses
NEW_WORDS = 0.6  # chance that a new text uses a new word where there is one
FACT = {  # the fact that a slot says
    "before": "audience",
    "audience": "audience",
    "colour": "colour",
    "tinted": "colour",
    "colour_word": "colour",
    "material": "material",
    "made": "material",
    "made_of": "material",
    "material_word": "material",
    "feature": "features",
    "features": "features",
    "brand": "brand",
    "of_brand": "brand",
    "model": "model",
    "size": "size",
    "fit": "fit",  # a size of clothes or shoes
    "count": "count",
    "extra": "extra",
}
_GROUP = re.compile(r"\[([^\]]*)\]|([^\[\]]+)")
_SLOT = re.compile(r"\{(\w+)!?\}")


@cache
def read(name: str) -> dict[str, Any]:
    """A file of the lexicon."""
    return tomllib.loads((LEXICON / f"{name}.toml").read_text("utf-8"))


@cache
def mention(kind: str, key: str, language: str) -> re.Pattern[str]:
    """What says a colour, a material or an audience inside a noun in lower case: "women's boots", "Damenschuhe"."""
    entry = read(kind).get(key, {language: [key]})
    written = [text for text in entry[language] if not text.startswith("+")]
    forms = [form.lower() for text in written for form in text.split("|")]
    if kind == "audiences":
        forms = [form.split(" ")[-1].removesuffix("s") for form in forms]
        forms += [form.lower() for form in entry.get("before", {}).get(language, [])]
    words = "|".join(map(re.escape, forms))
    return re.compile(words if (kind, language) == ("audiences", "de") else rf"\b(?:{words})s?(?!\w)")


@dataclass(frozen=True)
class Pool(Generic[Item]):
    """What is used by all, and what only new records use; the latter may be empty for words."""

    ordinary: tuple[Item, ...]
    new: tuple[Item, ...]

    def word(self, new: bool, dice: Dice) -> Item:
        """One of the words; a new text uses old words too."""
        if new and self.new and dice.roll() < NEW_WORDS:
            return dice.pick(self.new)
        return dice.pick(self.ordinary)

    def strict(self, new: bool) -> tuple[Item, ...]:
        """All that may be used: no phrase is both ordinary and new."""
        return self.new if new else self.ordinary


@dataclass(frozen=True)
class Template:
    """A text with slots. `groups`: (optional, parts), where a part is (slot, literal) and one of both is empty."""

    groups: tuple[tuple[bool, tuple[tuple[str, str], ...]], ...]
    needed: frozenset[str] = field(default_factory=frozenset)  # facts without which it makes no sense
    agrees: bool = False  # the gender of the noun must be known


def template(written: str, strict: bool = False) -> Template:
    """Read a template; `strict` makes each slot outside of brackets a must."""
    groups, needed = [], set()
    for optional, plain in _GROUP.findall(written):
        text, parts, end = optional or plain, [], 0
        for found in _SLOT.finditer(text):
            if found.start() > end:
                parts.append(("", text[end : found.start()]))
            parts.append((found[1], ""))
            end = found.end()
            if found[1] in FACT and ((strict and not optional) or found[0].endswith("!}")):
                needed.add(FACT[found[1]])
        if end < len(text):
            parts.append(("", text[end:]))
        groups.append((bool(optional), tuple(parts)))
    agrees = any(slot in SLOTS for _, parts in groups for slot, _ in parts)
    return Template(tuple(groups), frozenset(needed), agrees)


class Vocabulary:
    """A world's choice from the lexicon, drawn from `rng`: most of each list, at least two entries."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self.names = {key: self._pool(entry["names"], str) for key, entry in read("colours").items()}
        self.words = {
            (kind, key, language): self._pool(written, _forms)
            for kind in ("colours", "materials", "audiences", "features")
            for key, entry in read(kind).items()
            for language, written in entry.items()
            if len(language) == 2
        }
        self.before = {
            (key, language): self._pool(written, str)
            for key, entry in read("audiences").items()
            for language, written in entry["before"].items()
        }
        phrases = read("phrases")
        self.phrases = {
            (kind, language): self._pool(written, _forms)
            for kind, entry in phrases.items()
            if kind not in ("labels", "abbreviations")
            for language, written in entry.items()
        }
        self.labels = {
            (kind, language): self._pool(written, str)
            for kind, entry in phrases["labels"].items()
            for language, written in entry.items()
        }
        self.short = {
            language: dict(pair.split(" = ") for pair in self._kept(written))
            for language, written in phrases["abbreviations"].items()
        }
        self.titles = {
            language: self._pool(written, template) for language, written in read("titles").items()
        }
        self.sentences = {
            (kind, language): self._pool(written, partial(template, strict=kind == "detail"))
            for kind, entry in read("sentences").items()
            for language, written in entry.items()
        }

    def _pool(self, written: Iterable[str], made: Callable[[str], Item]) -> Pool[Item]:
        ordinary = self._kept([entry for entry in written if not entry.startswith("+")])
        new = self._kept([entry[1:] for entry in written if entry.startswith("+")])
        return Pool(tuple(map(made, ordinary)), tuple(map(made, new)))

    def _kept(self, written: list[str]) -> list[str]:
        size = max(2, round(KEPT * len(written)))
        if size >= len(written):
            return written
        return [written[at] for at in sorted(self._rng.permutation(len(written))[:size])]


def _forms(written: str) -> Forms:
    return tuple(written.split("|"))
