"""Damage to a drawn product: dents move its outline before it is drawn, wounds are painted or cut afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from .forms import Points
from .paint import Colour, cover

LIQUIDS: tuple[Colour, ...] = (
    (112, 62, 24),
    (150, 24, 40),
    (196, 120, 20),
    (60, 44, 36),
    (80, 120, 40),
    (52, 70, 130),
)


@dataclass(frozen=True)
class Dent:
    """A push on the outline: where, in which direction and how far, in unit coordinates."""

    at: Points
    push: Points
    radius: float


def dents(frame: tuple[float, float, float, float], rng: np.random.Generator) -> list[Dent]:
    """Three heavy dents around the outline of a shape in its frame."""
    left, top, right, bottom = frame
    middle = np.array([(left + right) / 2, (top + bottom) / 2])
    half = np.array([(right - left) / 2, (bottom - top) / 2])
    radius = 0.5 * float(np.sqrt(half[0] * half[1]))
    first = rng.random() * 2 * np.pi
    pushed = []
    for k in range(3):
        turn = first + k * 2 * np.pi / 3 + rng.normal() * 0.25
        edge = np.array([np.cos(turn), np.sin(turn)])
        edge = edge / np.maximum(np.abs(edge).max(), 1e-6) * 0.92
        depth = (0.42, 0.32, 0.24)[k] * (0.9 + 0.3 * rng.random())
        pushed.append(Dent(middle + edge * half, -edge * half * depth, radius))
    return pushed


def dented(points: Points, pushed: list[Dent]) -> Points:
    """The points moved by the dents."""
    moved = points
    for dent in pushed:
        distance = ((points - dent.at) ** 2).sum(axis=1) / dent.radius**2
        moved = moved + np.exp(-distance)[:, None] * dent.push
    return moved


class Wound:
    """One damaged copy on a layer of 160 x 160: the place it takes and the tools to paint on it."""

    def __init__(
        self, layer: Image.Image, frame: tuple[int, int, int, int], rng: np.random.Generator
    ) -> None:
        self.layer, self.rng = layer, rng
        self.left, self.top, self.right, self.bottom = frame
        self.alpha = Image.new("L", layer.size)
        self.alpha.paste(layer.getchannel(3).crop(frame), frame)
        covered = np.asarray(self.alpha.reduce(4)) > 240
        self.cells = np.argwhere(covered)[:, ::-1] * 4.0 + 2
        if not len(self.cells):
            self.cells = np.array([[(self.left + self.right) / 2, (self.top + self.bottom) / 2]])
        self.size = float(np.clip(4 * np.sqrt(np.count_nonzero(covered)), 25, 100))

    def spot(self, spread: float = 1.0) -> Points:
        """A random place (x, y) on the product, near its middle for a small spread."""
        found = self.cells[self.rng.integers(0, len(self.cells), 6)]
        order = np.argsort(((found - self.cells.mean(axis=0)) ** 2).sum(axis=1))
        chosen: Points = found[order[int(spread * 2.99)]]
        return chosen

    def mask(self, *polygons: Points, strength: int = 255) -> Image.Image:
        """Filled polygons with smooth edges."""
        double = Image.new("L", (2 * self.layer.width, 2 * self.layer.height))
        draw = ImageDraw.Draw(double)
        for points in polygons:
            draw.polygon((2 * points).ravel().tolist(), fill=strength)
        return double.reduce(2)

    def paint(self, colour: Colour, *polygons: Points, strength: int = 255) -> None:
        """Fill polygons where the product is."""
        cover(self.layer, colour, ImageChops.multiply(self.mask(*polygons, strength=strength), self.alpha))

    def ragged(self, at: Points, rx: float, ry: float, rough: float, count: int = 22) -> Points:
        """A ragged closed outline around a place."""
        turn = np.arange(count) * 2 * np.pi / count
        reach = 1 + rough * self.rng.uniform(-1, 1, count)
        return at + np.stack([rx * reach * np.cos(turn), ry * reach * np.sin(turn)], axis=1)


def _crush(wound: Wound) -> None:
    """Wrinkles: kinked folds, dark in the fold and light beside it, between facets in shade and light."""
    rng, size = wound.rng, wound.size
    folds: dict[str, list[Points]] = {"shade": [], "shine": [], "dark": [], "light": []}
    for k in range(4):
        at = wound.spot(0.3 if k == 0 else 0.9)
        turn = rng.random() * 2 * np.pi
        for _ in range(3):
            turn += rng.uniform(1.4, 2.7)
            steps = size * rng.uniform(0.12, 0.24, 4)
            heads = turn + np.array([0, 0.8, -0.5, 0.6]) * rng.choice([-1, 1]) + rng.normal(0, 0.25, 4)
            way = at + np.concatenate(
                [
                    [[0, 0]],
                    np.cumsum(steps[:, None] * np.stack([np.cos(heads), np.sin(heads)], axis=1), axis=0),
                ]
            )
            side = size * 0.16 * np.array([-np.sin(turn), np.cos(turn)])
            taper = np.array([0.4, 1, 0.9, 0.6, 0])[:, None]
            folds["shade"].append(np.concatenate([way, (way + side * taper)[::-1]]))
            folds["shine"].append(np.concatenate([way, (way - 0.6 * side * taper)[::-1]]))
            thin = size * 0.013 * np.array([-np.sin(turn), np.cos(turn)]) * taper
            folds["dark"].append(np.concatenate([way + thin, (way - thin)[::-1]]))
            folds["light"].append(np.concatenate([way - thin, (way - 3.6 * thin)[::-1]]))
    wound.paint((8, 8, 12), *folds["shade"], strength=150)
    wound.paint((255, 255, 255), *folds["shine"], strength=130)
    wound.paint((255, 255, 252), *folds["light"], strength=190)
    wound.paint((16, 14, 14), *folds["dark"], strength=215)


def _strip(start: Points, end: Points, width: float) -> Points:
    """A thin triangle from a place to another."""
    along = end - start
    normal = np.array([-along[1], along[0]]) / max(float(np.hypot(*along)), 1e-6) * width
    return np.stack([start + normal, end, start - normal])


def _tear(wound: Wound) -> None:
    rng, size = wound.rng, wound.size
    at, turn = wound.spot(0.2), rng.uniform(-0.9, 0.9)
    count = 9
    along = np.linspace(-0.55, 0.55, count) * size
    wide = size * 0.13 * (1 - np.abs(np.linspace(-1, 1, count)) ** 2)
    up = -wide * rng.uniform(0.6, 1.3, count)
    down = wide * rng.uniform(0.6, 1.3, count)
    rim = 0.045 * size * rng.uniform(0.5, 1.4, count)
    axis = np.array([np.cos(turn), np.sin(turn)])
    normal = np.array([-axis[1], axis[0]])

    def edge(upper: Points, lower: Points) -> Points:
        there = at + along[:, None] * axis + upper[:, None] * normal
        back = at + along[:, None] * axis + lower[:, None] * normal
        return np.concatenate([there, back[::-1]])

    wound.paint((250, 247, 238), edge(up - rim, down + 1.3 * rim))
    wound.paint((30, 24, 22), edge(up, down))
    flap = at + np.stack([along[3] * axis + up[3] * normal, along[6] * axis + up[6] * normal])
    tip = at + (along[5] * axis) - (0.26 * size) * normal
    wound.paint((236, 230, 216), np.stack([flap[0], tip, flap[1]]))
    wound.paint((140, 130, 116), np.stack([flap[0], tip, (flap[0] + tip) / 2 + axis * 2.5]))


def _hole(wound: Wound) -> None:
    at = wound.spot(0.2)
    r = wound.size * wound.rng.uniform(0.17, 0.23)
    wound.paint((236, 230, 220), wound.ragged(at, r * 1.28, r * 1.2, 0.16))
    wound.paint((110, 96, 84), wound.ragged(at, r * 1.08, r * 1.02, 0.1))
    wound.paint((12, 10, 10), wound.ragged(at, r * 0.92, r * 0.86, 0.1))


def _spill(wound: Wound) -> None:
    rng, size = wound.rng, wound.size
    colour = LIQUIDS[int(rng.integers(len(LIQUIDS)))]
    shine = tuple(int(value + (255 - value) * 0.55) for value in colour)
    at = wound.spot(0.3)
    runs = [wound.ragged(at, size * 0.27, size * 0.2, 0.2, 14)]
    for _ in range(4):
        x = at[0] + rng.uniform(-0.22, 0.22) * size
        half = size * rng.uniform(0.025, 0.055)
        end = wound.bottom + 2 if len(runs) < 3 else at[1] + (wound.bottom - at[1]) * rng.uniform(0.4, 0.8)
        runs.append(wound.ragged(np.array([x, end]), half * 1.3, half * 1.6, 0.0, 10))
        runs.append(
            np.array([[x - half, at[1]], [x + half, at[1]], [x + half * 0.8, end], [x - half * 0.8, end]])
        )
    wound.paint(colour, *runs, strength=235)
    glint = wound.ragged(at + np.array([-0.1, -0.08]) * size, size * 0.05, size * 0.025, 0.1, 10)
    wound.paint((shine[0], shine[1], shine[2]), glint)
    foot = np.array([at[0], min(wound.bottom - 1, 150)])
    width = max(size * 0.6, (wound.right - wound.left) * 0.55)
    pools = [wound.ragged(foot, width, size * 0.2, 0.22, 18)]
    for _ in range(3):
        drop = foot + np.array([rng.uniform(-1, 1) * width * 1.15, rng.uniform(-0.2, 0.2) * size])
        pools.append(wound.ragged(drop, size * 0.07, size * 0.04, 0.1, 10))
    puddle = ImageChops.subtract(wound.mask(*pools), wound.layer.getchannel(3))
    cover(wound.layer, colour, puddle)
    inner = ImageChops.multiply(puddle, ImageChops.offset(puddle, 0, 3))
    rim = ImageChops.subtract(inner, ImageChops.offset(puddle, 0, 4))
    cover(wound.layer, (shine[0], shine[1], shine[2]), rim)


def _inside(wound: Wound) -> Image.Image:
    """All pixels that the copy covers at all, so that cutting leaves no fringe."""
    return wound.alpha.point(lambda value: 255 if value else 0)


def _missing_part(wound: Wound) -> None:
    rng = wound.rng
    side = int(rng.integers(4))
    share = rng.uniform(0.34, 0.42)
    width, height = wound.right - wound.left, wound.bottom - wound.top
    notch = np.array([[0, 0], [0.3, 0.0], [0.36, -0.34], [0.66, -0.3], [0.7, 0.05], [1, 0.02]])
    notch[:, 1] = share * (1 + notch[:, 1])
    cut = np.concatenate([[[-0.2, -0.3], [-0.2, share]], notch, [[1.2, share], [1.2, -0.3]]])
    rim = cut + np.where(cut[:, 1:] > 0, np.array([0, 0.14]), 0)
    edge = cut + np.where(cut[:, 1:] > 0, np.array([0, 0.18]), 0)
    placed = []
    for points in (edge, rim, cut):
        if side % 2:
            points = 1 - points
        if side >= 2:
            points = points[:, ::-1]
        placed.append(points * np.array([width, height]) + np.array([wound.left, wound.top]))
    wound.paint((226, 222, 214), placed[0])
    wound.paint((24, 22, 22), placed[1])
    wound.layer.paste((0, 0, 0, 0), mask=ImageChops.darker(wound.mask(placed[2]), _inside(wound)))


def _scratch(wound: Wound) -> None:
    rng, size = wound.rng, wound.size
    at, turn = wound.spot(0.2), rng.uniform(-1.2, 1.2)
    dark, light = [], []
    for k in range(6):
        a = turn + rng.normal() * 0.16
        axis = np.array([np.cos(a), np.sin(a)])
        start = (
            at
            + np.array([-axis[1], axis[0]]) * (k - 2.5) * size * 0.085
            - axis * size * rng.uniform(0.2, 0.5)
        )
        end = start + axis * size * rng.uniform(0.5, 1.0)
        dark.append(_strip(start + 1, end + 1, size * 0.042))
        light.append(_strip(start, end, size * 0.036))
    wound.paint((40, 36, 34), *dark, strength=230)
    wound.paint((248, 248, 244), *light)


def _stain(wound: Wound) -> None:
    rng, size = wound.rng, wound.size
    colour = ((92, 58, 26), (70, 64, 40), (40, 40, 44))[int(rng.integers(3))]
    for k in range(3):
        at = wound.spot(0.2 if k == 0 else 0.9)
        r = size * (0.36 if k == 0 else rng.uniform(0.12, 0.2))
        wound.paint(colour, wound.ragged(at, r * 1.12, r, 0.22, 16), strength=200)
        wound.paint(colour, wound.ragged(at, r * 0.8, r * 0.7, 0.25, 14), strength=110)


def _broken(wound: Wound) -> None:
    rng, size, layer = wound.rng, wound.size, wound.layer
    at, turn = wound.spot(0.1), rng.uniform(-0.6, 0.6) + (np.pi / 2 if rng.random() < 0.5 else 0)
    axis = np.array([np.cos(turn), np.sin(turn)])
    normal = np.array([-axis[1], axis[0]])
    count = 13
    along = np.linspace(-130, 130, count)
    zigzag = np.where(np.arange(count) % 2, 1, -1) * size * rng.uniform(0.07, 0.13, count)
    crack = at + along[:, None] * axis + zigzag[:, None] * normal
    for colour, width in (((252, 252, 248), 0.09), ((16, 14, 14), 0.035)):
        wound.paint(
            colour, np.concatenate([crack - width * size * normal, (crack + width * size * normal)[::-1]])
        )
    far = np.concatenate([crack, [crack[-1] + 250 * normal, crack[0] + 250 * normal]])
    mask = ImageChops.darker(wound.mask(far), _inside(wound))
    half = Image.new("RGBX", layer.size)
    half.paste(layer, mask=mask)
    layer.paste((0, 0, 0, 0), mask=mask)
    shift = normal * size * 0.13 + axis * size * rng.choice([-0.12, 0.12])
    angle = float(rng.choice([-1, 1]) * rng.uniform(8, 14))
    middle = (float(at[0]), float(at[1]))
    turned = half.rotate(
        angle, Image.Resampling.BILINEAR, center=middle, translate=(int(shift[0]), int(shift[1]))
    )
    layer.paste(turned, mask=turned.getchannel(3))
    draw = ImageDraw.Draw(layer)
    pixel = layer.getpixel((int(np.clip(at[0], 0, 159)), int(np.clip(at[1], 0, 159))))
    tone = pixel[:3] if isinstance(pixel, tuple) and pixel[3] else (90, 90, 90)
    for _ in range(6):
        spot = at + axis * size * rng.uniform(-0.8, 0.8) + normal * size * rng.uniform(-0.35, 0.5)
        r = size * rng.uniform(0.04, 0.1)
        corners = spot + r * rng.uniform(-1, 1, (3, 2)) + r * np.array([[0, -1], [1, 0.6], [-1, 0.6]])
        draw.polygon(corners.ravel().tolist(), fill=(*tone, 255), outline=(30, 28, 28, 255))


WOUNDS: dict[str, Callable[[Wound], None]] = {
    "crush": _crush,
    "tear": _tear,
    "hole": _hole,
    "spill": _spill,
    "missing_part": _missing_part,
    "scratch": _scratch,
    "stain": _stain,
    "broken": _broken,
}
