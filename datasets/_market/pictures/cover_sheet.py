"""The surface on which album covers are drawn, and its colours."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

SIDE = 160
Colour = tuple[int, int, int]
Point = tuple[float, float]

PALETTES = ("warm", "cold", "dark", "neon", "pastel", "sepia", "mono")
# background, main, second, light
_COLOURS: dict[str, tuple[tuple[Colour, Colour, Colour, Colour], ...]] = {
    "warm": (
        ((236, 178, 92), (150, 38, 28), (214, 92, 36), (255, 236, 190)),
        ((196, 66, 44), (70, 20, 24), (244, 168, 66), (255, 226, 170)),
    ),
    "cold": (
        ((150, 190, 214), (22, 52, 96), (58, 120, 150), (238, 248, 252)),
        ((40, 78, 120), (12, 24, 52), (110, 176, 190), (220, 240, 246)),
    ),
    "dark": (
        ((26, 24, 30), (150, 140, 132), (108, 26, 28), (224, 214, 200)),
        ((14, 18, 26), (126, 132, 148), (84, 58, 104), (206, 206, 214)),
    ),
    "neon": (
        ((22, 10, 44), (255, 42, 160), (30, 226, 240), (250, 250, 120)),
        ((8, 12, 30), (70, 255, 130), (255, 80, 220), (240, 250, 255)),
    ),
    "pastel": (
        ((246, 222, 226), (146, 122, 176), (160, 204, 188), (255, 250, 240)),
        ((222, 236, 226), (206, 132, 136), (148, 170, 206), (255, 248, 226)),
    ),
    "sepia": (
        ((222, 200, 160), (84, 56, 34), (152, 112, 70), (246, 234, 206)),
        ((178, 146, 102), (54, 36, 24), (112, 80, 50), (236, 218, 182)),
    ),
    "mono": (
        ((228, 228, 226), (34, 34, 36), (128, 128, 128), (252, 252, 250)),
        ((70, 70, 72), (14, 14, 14), (160, 160, 160), (240, 240, 240)),
    ),
}


class Sheet:
    """A drawing surface with its colours and the album's own generator."""

    def __init__(self, palette: str, layout: int) -> None:
        self.rng = np.random.default_rng(layout)
        schemes = _COLOURS[palette]
        chosen = schemes[int(self.rng.integers(0, len(schemes)))]
        drift = self.rng.normal(0, 9, (4, 3))
        colours = [clip(np.array(colour) + move) for colour, move in zip(chosen, drift, strict=True)]
        self.back, self.main, self.second, self.light = colours
        self.image = Image.new("RGB", (SIDE, SIDE), self.back)
        self.draw = ImageDraw.Draw(self.image)

    def some(self, low: float, high: float) -> float:
        return float(self.rng.uniform(low, high))

    def count(self, low: int, high: int) -> int:
        """From `low` to `high`, both included."""
        return int(self.rng.integers(low, high + 1))

    def disc(self, x: float, y: float, radius: float, fill: Colour, tall: float = 1) -> None:
        self.draw.ellipse([x - radius, y - radius * tall, x + radius, y + radius * tall], fill=fill)

    def shape(self, points: list[Point], fill: Colour) -> None:
        self.draw.polygon(points, fill=fill)

    def box(self, x: float, y: float, wide: float, tall: float, fill: Colour) -> None:
        self.draw.rectangle([x, y, x + wide, y + tall], fill=fill)

    def line(self, points: list[Point], fill: Colour, width: float) -> None:
        self.draw.line(points, fill=fill, width=max(1, round(width)), joint="curve")


def clip(colour: NDArray[Any]) -> Colour:
    """The nearest colour that can be printed."""
    red, green, blue = np.clip(colour, 0, 255).astype(int)
    return int(red), int(green), int(blue)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """`share` of the other colour in the first."""
    return clip(np.array(one) * (1 - share) + np.array(other) * share)


def sky(sheet: Sheet, upper: Colour, lower: Colour) -> None:
    """Fill the sheet from one colour above to another below."""
    share = np.linspace(0, 1, SIDE)[:, None]
    column = (np.array(upper) * (1 - share) + np.array(lower) * share).astype(np.uint8)
    sheet.image.paste(Image.fromarray(np.broadcast_to(column[:, None], (SIDE, SIDE, 3)).copy()))
