"""What a listing tells about which product of its line it is. All that depends on the product is drawn here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..evidence import Evidence
from .catalogue import Line

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Bools = NDArray[np.bool_]

# Chance that a text says what a product has on an axis, by a seller of middling care, and how care changes it.
SAID = {
    "model": 0.3, "capacity": 0.42, "pack": 0.45, "material": 0.9, "bundle": 0.88, "colour": 0.3, "size": 0.9,
}  # fmt: skip
CARE = np.array([1.1, 1.0, 0.85])
FILLED = {"colour": 0.3, "size": 0.3, "capacity": 0.25, "pack": 0.35}  # the same for the columns
MOST = 0.95
WRONG = 0.04  # share of what is said
STOCK = 0.08  # the picture is the one of the line's first product
ANY = 0.02  # the picture is of any product of the line
HIDDEN = {"pack": 0.6, "bundle": 0.65}  # one of the pack is shown; the box of the bundle is not
SPREAD = {"price": 0.1, "weight": 0.07, "length": 0.08}


@dataclass(frozen=True)
class Rates:
    """The chances of one world."""

    said: dict[str, float]
    filled: dict[str, float]
    wrong: float
    stock: float
    hidden: dict[str, float]

    @staticmethod
    def of(rng: np.random.Generator) -> Rates:
        """The chances above, each a bit other."""

        def near(chance: float) -> float:
            odds = chance / (1 - chance) * rng.lognormal(0, 0.25)
            return float(odds / (1 + odds))

        return Rates(
            said={axis: near(chance) for axis, chance in SAID.items()},
            filled={axis: near(chance) for axis, chance in FILLED.items()},
            wrong=near(WRONG),
            stock=near(STOCK),
            hidden={axis: near(chance) for axis, chance in HIDDEN.items()},
        )


@dataclass(frozen=True)
class View:
    """What a picture shows of a product, as far as its products differ: positions on the axes of the line."""

    model: int
    colour: int
    count: int
    boxed: bool


@dataclass(frozen=True)
class Told:
    """What the listings of a line tell: positions on axes, -1 where nothing is said; logarithms, NaN where none."""

    evidence: Evidence
    text: dict[str, Codes]
    columns: dict[str, Codes]
    price: Floats
    weight: Floats
    length: Floats
    views: list[View]
    view: Codes  # -1 without a picture


def tell(line: Line, care: Codes, shown: dict[str, Bools], rates: Rates, rng: np.random.Generator) -> Told:
    """Draw what the listings of a line tell.

    `care` (listings,) is the place of each seller's care in CARE; `shown` says which numbers and pictures are given.
    """
    state = np.repeat(np.arange(len(line.listings)), line.listings)
    evidence = Evidence(state, line.listings.astype(float))
    text, columns = {}, {}
    for position, axis in enumerate(line.axes):
        own = line.at[:, position]
        text[axis] = _said(
            evidence,
            "text",
            line,
            axis,
            own,
            np.minimum(MOST, rates.said[axis] * CARE),
            care,
            rates.wrong,
            rng,
        )
        if axis in rates.filled:
            filled = np.full(len(CARE), rates.filled[axis])
            columns[axis] = _said(evidence, "numbers", line, axis, own, filled, care, rates.wrong, rng)
    numbers = {}
    for name, level in (("price", line.price), ("weight", line.weight), ("length", line.length)):
        spread = np.full(len(level), SPREAD[name])
        numbers[name] = evidence.number("numbers", level, spread, rng, shown[name])
    views, table = _views(line, rates)
    view = evidence.category("pictures", table, rng, shown["picture"])
    return Told(evidence, text, columns, **numbers, views=views, view=view)


def _said(
    evidence: Evidence,
    modality: str,
    line: Line,
    axis: str,
    own: Codes,
    chance: Floats,
    care: Codes,
    wrong: float,
    rng: np.random.Generator,
) -> Codes:
    """Which value of an axis each listing says, -1 for none. Nobody says that one is one, or that nothing is added."""
    values = line.axes[axis]
    count = len(values)
    if not count:
        return np.full(len(care), -1)
    confused = np.full((count, count), wrong / max(1, count - 1))
    np.fill_diagonal(confused, 1 - wrong if count > 1 else 1)
    plain = np.array([value in ("", "1") and axis in ("pack", "bundle") for value in values])
    if modality == "numbers":
        plain &= axis == "bundle"
    said = chance[:, None, None] * np.where(plain, 0, confused)[None]
    unsaid = 1 - said.sum(axis=-1, keepdims=True)
    drawn = evidence.category(modality, np.concatenate([said, unsaid], axis=-1)[:, own], rng, group=care)
    return np.where(drawn == count, -1, drawn)


def _views(line: Line, rates: Rates) -> tuple[list[View], Floats]:
    """What pictures of a line may show, and the chance of each view per product; (products, views)."""
    found: dict[View, int] = {}
    entries = []
    names = list(line.axes)
    for product, at in enumerate(line.at):
        count = min(6, int(line.value(product, "pack")))
        boxed = line.value(product, "bundle") != ""
        colour = int(at[names.index("colour")]) if "colour" in names else -1
        for alone, lone in ((True, rates.hidden["pack"]), (False, 1 - rates.hidden["pack"])):
            for bare, nude in ((True, rates.hidden["bundle"]), (False, 1 - rates.hidden["bundle"])):
                view = View(int(at[0]), colour, 1 if alone else count, boxed and not bare)
                entries.append((product, found.setdefault(view, len(found)), lone * nude))
    table = np.zeros((len(line.at), len(found)))
    for product, position, chance in entries:
        table[product, position] += chance
    table = (1 - rates.stock - ANY) * table + rates.stock * table[0] + ANY * table.mean(axis=0)
    return list(found), table
