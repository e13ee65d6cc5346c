"""How much each kind of evidence tells about the product type: tables of chances with one row per type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from .._market.types import Chances, ProductType, Theme
from .._market.world import Floats, jittered, pick

OWN_BRAND = 0.25
SIZES = {
    "shoe": [str(size) for size in range(36, 47)],
    "shoe_kids": [str(size) for size in range(22, 36)],
    "clothes": ["XS", "S", "M", "L", "XL", "XXL"],
    "clothes_kids": ["92", "98", "104", "110", "116", "128", "140", "152"],
    "volume": ["50 ml", "100 ml", "250 ml", "500 ml", "750 ml", "1 l"],
    "diameter": ["8 cm", "12 cm", "16 cm", "20 cm", "24 cm", "28 cm"],
    "none": ["none"],
}
SIZE_NAMES = list(dict.fromkeys(size for system in SIZES.values() for size in system))
PIECES = (1, 2, 3, 4, 5, 6, 8, 10, 12, 24)


@dataclass(frozen=True)
class World:
    """The types of one world in the order of their numbers, and its brands."""

    themes: tuple[Theme, ...]
    types: tuple[ProductType, ...]
    theme_of: tuple[int, ...]
    brands: tuple[str, ...]
    new_brands: tuple[str, ...]

    @property
    def departments(self) -> list[str]:
        return sorted({each.department for each in self.types})

    @property
    def materials(self) -> list[str]:
        return sorted({name for each in self.types for name in each.material})

    @property
    def features(self) -> list[str]:
        return sorted({name for each in self.types for name in each.features})


def popularity(world: World, rng: np.random.Generator) -> Floats:
    """A long tail over themes, and a shorter one within a theme; (types,)."""
    themes = (1 + rng.permutation(len(world.themes))) ** -0.6
    return np.array([themes[theme] for theme in world.theme_of]) * rng.lognormal(0, 0.45, len(world.types))


def nouns(world: World, rng: np.random.Generator, generic: float, own: float) -> Floats:
    """Chances of (theme nouns, then type nouns); (types, themes + types).

    A theme's noun fits all its types; what is left over goes to the nouns of other types of the theme, and a little
    to any.
    """
    themes, types = len(world.themes), len(world.types)
    of = np.array(world.theme_of)
    table = np.full((types, themes + types), 0.02 / (themes + types))
    table[np.arange(types), of] += generic
    table[np.arange(types), themes + np.arange(types)] += own
    for state in range(types):
        siblings = np.flatnonzero((of == of[state]) & (np.arange(types) != state))
        table[state, themes + siblings] += (0.98 - generic - own) / len(siblings)
    return jittered(table, rng)


def choices(
    world: World,
    rng: np.random.Generator,
    of: Callable[[ProductType], Chances],
    names: Sequence[str],
    trust: float,
) -> Floats:
    """Chances of named values by what the taxonomy says of each type; (types, names)."""
    return jittered(np.array([pick(of(each), list(names), trust) for each in world.types]), rng)


def departments(world: World, rng: np.random.Generator) -> Floats:
    """The shop's department: the type's own, often that of another type of the theme, sometimes any."""
    names = world.departments
    table = np.full((len(world.types), len(names)), 0.35 / len(names))
    for state, each in enumerate(world.types):
        table[state, names.index(each.department)] += 0.25
        for sibling in world.themes[world.theme_of[state]].types:
            table[state, names.index(sibling.department)] += 0.06
    return jittered(table, rng)


def brands(world: World, rng: np.random.Generator) -> Floats:
    """A quarter of a theme's goods bear one of its own brands; (types, brands)."""
    owner = rng.integers(0, len(world.themes) + 3, len(world.brands))
    strength = rng.pareto(1.5, len(world.brands)) + 0.2
    table = np.empty((len(world.types), len(world.brands)))
    for state, theme in enumerate(world.theme_of):
        own = np.where(owner == theme, strength, 0)
        table[state] = OWN_BRAND * own / max(own.sum(), 1e-9) + (1 - OWN_BRAND) * strength / strength.sum()
    return np.asarray(table / table.sum(axis=1, keepdims=True))


def sizes(world: World, rng: np.random.Generator) -> Floats:
    """Printed sizes: of the type's system, around a middle of its own; "" where things have no size."""
    table = np.full((len(world.types), len(SIZE_NAMES)), 0.01 / len(SIZE_NAMES))
    for state, each in enumerate(world.types):
        system = SIZES[each.size]
        middle = _middle(each) * (len(system) - 1) + rng.normal(0, 0.4)
        near = np.exp(-0.5 * ((np.arange(len(system)) - middle) / max(1.0, len(system) / 5)) ** 2)
        table[state, [SIZE_NAMES.index(size) for size in system]] += near / near.sum()
    return np.asarray(table / table.sum(axis=1, keepdims=True))


def shapes(world: World, rng: np.random.Generator, names: Sequence[str]) -> Floats:
    """What the picture shows; 12 % show another thing of the theme, as stock photos do."""
    table = choices(world, rng, lambda each: each.shape, names, 0.93)
    for theme in range(len(world.themes)):
        here = np.array(world.theme_of) == theme
        table[here] = 0.88 * table[here] + 0.12 * table[here].mean(axis=0)
    return table


def counts(world: World) -> Floats:
    """Pieces in a pack."""
    table = np.array([[each.count.get(pieces, 0.002) for pieces in PIECES] for each in world.types])
    return np.asarray(table / table.sum(axis=1, keepdims=True))


def _middle(each: ProductType) -> float:
    """Where in its size system a type lies: women's shoes are smaller than men's, heavier bottles larger."""
    if each.size in ("volume", "diameter"):
        return float(np.clip(np.log(each.weight[0] / 30) / 4, 0, 1))
    towards = {"women": 0.25, "girls": 0.5, "kids": 0.5, "boys": 0.5, "baby": 0.05, "men": 0.75}
    return sum(chance * towards.get(name, 0.5) for name, chance in each.audience.items())
