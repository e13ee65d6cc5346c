"""The photo of a returned item and the reference photo of its product, from what the photo is to show."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .._market.pictures.product import Colour, Look, picture
from .world import KINDS, PHOTOS

PALETTE: tuple[Colour, ...] = (
    (188, 52, 48), (214, 128, 44), (222, 186, 70), (86, 142, 78), (46, 98, 158), (34, 52, 96), (122, 76, 142),
    (206, 132, 160), (128, 90, 62), (206, 188, 156), (70, 74, 80), (150, 154, 158),
)  # fmt: skip
CRACK = 0.12  # the share of products with a crack printed on them, which is no damage
BARE = {"intact_bare", "scratch", "stain", "missing_part", "broken", "fewer"}
UNDAMAGED = {"intact_packed", "intact_bare", "fewer", "differs"}
PIECES = 3
STATION_SWAY = 0.25  # both pictures come from a photo station


@dataclass(frozen=True)
class Product:
    """The look of a product in its old packaging, and the design of its new one, 0 to 7."""

    packed: Look
    bare: Look
    new_design: int


def make_product(kind: int, rng: np.random.Generator) -> Product:
    """A product of a kind in a colour, a pattern and a packaging of its own."""
    name, facts = list(KINDS.items())[kind]
    colour, accent = (PALETTE[i] for i in rng.choice(len(PALETTE), 2, replace=False))
    bare = Look(
        shape=facts["shape"],
        colour=colour,
        accent=accent,
        pattern=("plain", "plain", "two_tone", "striped")[int(rng.integers(4))],
        symbol="crack" if rng.random() < CRACK else "",
        count=PIECES if "set" in facts["tags"] else 1,
        detail=int(rng.integers(8)),
    )
    packaging = "polybag" if name == "dress" else "box"
    design = int(rng.integers(8))
    packed = replace(bare, packaging=packaging, count=1, detail=design)
    return Product(packed, bare, (design + int(rng.integers(1, 8))) % 8)


def reference(product: Product, kind: int, rng: np.random.Generator) -> bytes:
    """The shop's picture: sets are shown piece by piece, half of the rest in the packaging."""
    shown = (
        product.bare if "set" in list(KINDS.values())[kind]["tags"] or rng.random() < 0.5 else product.packed
    )
    return picture(shown, rng, STATION_SWAY)


def returned(product: Product, shows: int, redesigned: bool, rng: np.random.Generator) -> bytes | None:
    """The photo of an item: `shows` is a number of PHOTOS, -1 where nobody took a photo."""
    if shows < 0:
        return None
    what = PHOTOS[shows]
    look = product.bare if what in BARE else product.packed
    if what == "differs" or (redesigned and what not in BARE):
        look = replace(look, detail=product.new_design)
    if what == "fewer":
        look = replace(look, count=PIECES - 1)
    return picture(look if what in UNDAMAGED else replace(look, damage=what), rng, STATION_SWAY)
