"""The true catalogue: lines of near-identical products, and how they differ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .kinds import Kind, kinds, line_names, shades

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

# What may tell products of a line apart. The last two are variants of one product where a task ignores them.
IDENTITY = ("model", "capacity", "pack", "material", "bundle")
VARIANT = ("colour", "size")
# By what products of a line differ mostly: for the eye, in words, in numbers.
TOLD_BY = (("model", "colour"), ("material", "bundle", "size"), ("capacity", "pack"))
PRODUCTS = np.arange(2, 9)
PRODUCTS_CHANCE = np.array([0.04, 0.07, 0.36, 0.09, 0.16, 0.08, 0.2])
SELLERS = np.arange(1, 7)
SELLERS_CHANCE = np.array([0.15, 0.15, 0.2, 0.22, 0.16, 0.12])
LARGEST = 40  # listings of a line


@dataclass(frozen=True)
class Line:
    """A brand's line: `axes` has the values along which products may differ, `at` (products, axes) who has which.

    `price`, `weight` and `length` are logarithms of EUR, g and cm per product; `listings` the number of each.
    `palette` has colours as (key of the lexicon, name given by the brand or empty).
    """

    kind: Kind
    brand: str
    name: str
    axes: dict[str, list[str]]
    at: Codes
    price: Floats
    weight: Floats
    length: Floats
    detail: Codes  # per value of the axis "model": the design, 0 to 7
    palette: list[tuple[str, str]]
    sizes: list[str]
    listings: Codes
    new: bool
    new_seller: bool
    new_wording: bool

    def value(self, product: int, axis: str) -> str:
        """What a product has on an axis; empty where its kind has no such thing."""
        values = self.axes[axis]
        return values[self.at[product, list(self.axes).index(axis)]] if values else ""


def make_lines(
    rng: np.random.Generator, names: np.random.Generator, brands: list[str], rows: int, exact: bool
) -> list[Line]:
    """Lines with about `rows` listings in all. `exact`: colour and size make another product.

    The last quarter of the brands is for new lines only.
    """
    listings: list[Codes] = []
    total = 0
    while total < rows:
        count = int(rng.choice(PRODUCTS, p=PRODUCTS_CHANCE))
        each = rng.choice(SELLERS, size=count, p=SELLERS_CHANCE)
        while each.sum() > LARGEST:
            each[each.argmax()] -= 1
        listings.append(each)
        total += int(each.sum())
    new = rng.permutation(len(listings)) < round(0.12 * len(listings))
    made = _names(names, len(listings))
    old = len(brands) * 3 // 4
    lines = []
    for number, each in enumerate(listings):
        kind, name = made[number]
        told = rng.random(3) < 0.65
        told[rng.integers(3)] |= not told.any()
        told &= new[number]
        brand = brands[rng.integers(old, len(brands)) if told[0] else rng.integers(old)]
        palette, sizes = _variants(kind, bool(told[2]), rng)
        axes = _axes(kind, palette, sizes, len(each), exact, rng)
        at = _products([max(1, len(values)) for values in axes.values()], len(each), rng)
        price, weight, length = _levels(kind, axes, at, rng)
        lines.append(
            Line(
                kind=kind,
                brand=brand,
                name=name,
                axes=axes,
                at=at,
                price=price,
                weight=weight,
                length=length,
                detail=rng.permutation(8)[: len(axes["model"])],
                palette=palette,
                sizes=sizes,
                listings=each,
                new=bool(new[number]),
                new_seller=bool(told[1]),
                new_wording=bool(told[2]),
            )
        )
    return lines


def _names(rng: np.random.Generator, count: int) -> list[tuple[Kind, str]]:
    """A kind and a line name each; no kind has a name twice. A ninth of the names hold a colour's word."""
    plain, coloured = line_names()
    pools = {kind.name: (list(rng.permutation(plain)), list(rng.permutation(coloured))) for kind in kinds()}
    made = []
    for kind in rng.integers(len(kinds()), size=count):
        first, second = pools[kinds()[kind].name]
        made.append((kinds()[kind], str(second.pop() if second and rng.random() < 0.11 else first.pop())))
    return made


def _variants(kind: Kind, new: bool, rng: np.random.Generator) -> tuple[list[tuple[str, str]], list[str]]:
    """The colours of a line, half of them with a brand's name that no other has, and its sizes."""
    palette: dict[str, str] = {}
    for colour in rng.permutation(kind.colours)[: rng.integers(2, 5)]:
        shade = shades()[str(colour)]
        name = str(rng.choice(shade.new_names if new else shade.names))
        palette[str(colour)] = name if rng.random() < 0.5 and name not in palette.values() else ""
    return list(palette.items()), list(kind.sizes)


def _axes(
    kind: Kind,
    palette: list[tuple[str, str]],
    sizes: list[str],
    products: int,
    exact: bool,
    rng: np.random.Generator,
) -> dict[str, list[str]]:
    """The values of each axis: two or three on the axes on which the line varies, else at most one."""
    code = f"{''.join(rng.choice(list('ABCDFGHKNPRTVX'), 2))}{rng.integers(1, 9)}"
    models = [f"{code}{digits:02d}" for digits in rng.permutation(np.arange(10, 100, 5))]
    if rng.random() < 0.4:
        first = int(rng.integers(2, 6))
        models = [str(first), str(first + 1), str(first + 2)]
    values: dict[str, list[str]] = {
        "model": models,
        "capacity": _some(kind.capacity, rng),
        "pack": _some(tuple(str(count) for count in kind.packs), rng) or ["1"],
        "material": _some(kind.materials, rng),
        "bundle": ["", "yes"] if kind.bundle else [""],
    }
    if exact:
        values |= {
            "colour": [str(number) for number in range(len(palette))],
            "size": _some(tuple(sizes), rng),
        }
    chosen: list[str] = []
    for group in rng.permutation(len(TOLD_BY)):
        able = [axis for axis in TOLD_BY[group] if len(values.get(axis, [])) > 1 and axis not in chosen]
        if able and 2 ** len(chosen) < products:
            chosen.append(str(rng.choice(able)))
    kept = {
        axis: given[: (3 if rng.random() < 0.15 else 2) if axis in chosen else 1]
        for axis, given in values.items()
    }
    for axis in sorted(chosen, key=lambda axis: -len(values[axis])):  # room for all products
        if np.prod([max(1, len(given)) for given in kept.values()]) >= products:
            break
        kept[axis] = values[axis][:3]
    while np.prod([max(1, len(given)) for given in kept.values()]) < products:
        kept["model"] = models[: len(kept["model"]) + 1] if len(models) > 3 else _generations(kept["model"])
    return kept


def _generations(models: list[str]) -> list[str]:
    return [*models, str(int(models[-1]) + 1)]


def _some(values: tuple[str, ...], rng: np.random.Generator) -> list[str]:
    """Up to three values in random order."""
    return [str(value) for value in rng.permutation(values)[:3]] if values else []


def _products(sizes: list[int], count: int, rng: np.random.Generator) -> Codes:
    """Distinct combinations of the axes' values, shape (count, axes)."""
    grid = np.stack(np.unravel_index(rng.permutation(int(np.prod(sizes)))[:count], sizes), axis=1)
    return grid.astype(np.int64)


def _levels(
    kind: Kind, axes: dict[str, list[str]], at: Codes, rng: np.random.Generator
) -> tuple[Floats, Floats, Floats]:
    """Logarithms of price, weight and length per product."""
    base = rng.normal(0, [0.3, 0.15, 0.08])
    level = np.tile(np.log([kind.price, kind.weight, kind.length]) + base, (len(at), 1))
    for axis, values, own in zip(axes, axes.values(), at.T, strict=True):
        effect = np.zeros((max(1, len(values)), 3))
        steps = np.arange(len(effect))[:, None]
        if axis == "model":
            effect += steps * rng.normal([0.07, 0.0, 0.0], [0.07, 0.04, 0.02])
        elif axis == "capacity" and values:
            ratio = np.log([amount(value) / amount(values[0]) for value in values])[:, None]
            effect += ratio * [0.55, kind.grows, kind.grows / 3]
        elif axis == "pack":
            effect += np.log([int(value) for value in values])[:, None] * [0.8, 0.95, 0.3]
        elif axis == "material":
            effect += rng.normal(0, [0.05, 0.03, 0.0], effect.shape)
        elif axis == "bundle":
            effect += steps * [rng.uniform(0.03, 0.18), rng.uniform(0.02, 0.1), 0.02]
        elif axis == "size":
            order = np.array([[kind.sizes.index(value)] for value in values] or [[0]])
            effect += order * [0.0, 0.03, 0.03]
        level += effect[own]
    level += rng.normal(0, [0.02, 0.01, 0.01], level.shape)
    return level[:, 0], level[:, 1], level[:, 2]


def amount(capacity: str) -> float:
    """What a printed capacity counts, in its smallest unit.

    >>> amount("1.5 l"), amount("1 TB")
    (1500.0, 1024.0)
    """
    number, unit = capacity.split()
    return float(number) * {"l": 1000.0, "TB": 1024.0}.get(unit, 1.0)
