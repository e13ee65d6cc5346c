"""The goods of goods.toml and nouns.toml, and the states that a record may be in: a good and a bin of its amount."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from .._market.sellers import LANGUAGES
from .._market.wording import Noun, noun
from .rules import ABV_FROM, AGE_TO, MG_FROM

BINS = {"abv": len(ABV_FROM), "age": len(AGE_TO), "mg": len(MG_FROM)}


@dataclass(frozen=True, eq=False)
class Good:
    """A kind of good; `amount` names what its rule looks at: "abv", "age", "mg" or "" for nothing."""

    name: str
    set: str
    range: str  # "things" or "blends"
    rows: float
    label: str
    rule: str
    form: str
    shapes: tuple[str, ...]
    symbols: tuple[str, ...]
    shelves: tuple[str, ...]
    price: float
    spread: float
    weight: float
    use: str
    storage: str
    amount: str
    chances: tuple[float, ...]  # of each bin of the amount
    seen: dict[str, tuple[float, ...]]  # chances of bins that are stated though no rule looks at them


@dataclass(frozen=True)
class State:
    """A good with its amount's bin: what is hidden about a record."""

    good: Good
    bin: int

    def amount(self) -> float:
        """A figure in the bin, for the rule; no law draws a line within a bin."""
        ends: dict[str, tuple[float, ...]] = {"abv": ABV_FROM, "age": AGE_TO, "mg": MG_FROM}
        return ends[self.good.amount][self.bin] if self.good.amount else 0.0


def read(name: str) -> dict[str, Any]:
    """A data file that lies beside this module."""
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def goods() -> list[Good]:
    """All goods, in the order of the file."""
    return [_good(name, entry) for name, entry in read("goods").items()]


def states() -> list[tuple[State, float]]:
    """All states with their weights in rows."""
    return [
        (State(good, number), good.rows * chance / sum(good.chances))
        for good in goods()
        for number, chance in enumerate(good.chances)
        if chance > 0
    ]


@cache
def words() -> dict[str, tuple[str, ...]]:
    """Every word that a title may use: `any:...` for a range, `set:...`, or a good; its nouns by language."""
    data = read("nouns")
    return _common(0) | {name: tuple(line) for name, line in data["goods"].items()}


@cache
def new_words() -> dict[str, tuple[str, ...]]:
    """The same where records of the test part alone use another word."""
    return words() | _common(1)


def noun_of(word: str, language: str, new: bool) -> Noun:
    """The noun in a language (of `LANGUAGES`)."""
    return noun((new_words() if new else words())[word][LANGUAGES.index(language)])


@cache
def _ranges() -> dict[str, str]:
    return {name: found for found, names in read("nouns")["ranges"].items() for name in names}


def _common(line: int) -> dict[str, tuple[str, ...]]:
    data = read("nouns")
    return {
        f"{kind}:{name}": tuple(found[line]) for kind in ("any", "set") for name, found in data[kind].items()
    }


def _good(name: str, entry: dict[str, Any]) -> Good:
    amount = next((key for key in BINS if key in entry), "")
    return Good(
        name=name,
        set=entry["set"],
        range=_ranges()[entry["set"]],
        rows=entry["rows"],
        label=entry["label"],
        rule=entry.get("rule", ""),
        form=entry["form"],
        shapes=tuple(entry["shapes"]),
        symbols=tuple(entry["symbols"]),
        shelves=tuple(entry["shelves"]),
        price=entry["price"],
        spread=entry.get("spread", 0.85),
        weight=entry["weight"],
        use=entry["use"],
        storage=entry.get("storage", "ambient"),
        amount=amount,
        chances=tuple(entry.get(amount, (1.0,))),
        seen={key: tuple(entry[f"{key}_seen"]) for key in BINS if f"{key}_seen" in entry},
    )
