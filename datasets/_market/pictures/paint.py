"""Colours of roles, patterns and designs on the body of a product."""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from .forms import Part, oval, poly, rect

Colour = tuple[int, int, int]
Ink = tuple[int, int, int, int]
Palette = dict[str, tuple[Ink, Ink]]

_FIXED: dict[str, Colour] = {
    "black": (38, 38, 42), "line": (52, 48, 48), "white": (248, 248, 246), "grey": (140, 143, 148),
    "metal": (186, 190, 196), "gold": (206, 166, 70), "wood": (156, 108, 64), "glass": (196, 218, 228),
    "paper": (243, 238, 226), "leaf": (66, 132, 58), "leaf_light": (112, 172, 84), "red": (206, 40, 44),
    "orange": (238, 138, 32), "yellow": (248, 208, 62), "blue": (44, 108, 196), "navy": (34, 50, 104),
    "turquoise": (60, 180, 180), "purple": (118, 56, 146), "rose": (222, 70, 110), "skin": (226, 182, 150),
    "tape": (196, 160, 104), "label": (250, 248, 240), "film": (214, 222, 228), "film_light": (234, 238, 240),
    "film_dark": (160, 170, 178), "flap": (214, 178, 128), "flap_light": (232, 204, 160),
    "flap_dark": (150, 116, 74), "seal": (240, 240, 236),
}  # fmt: skip


def _mixed(colour: Colour, other: Colour, share: float) -> Colour:
    (r, g, b), (x, y, z) = colour, other
    return round(r + (x - r) * share), round(g + (y - g) * share), round(b + (z - b) * share)


def _luma(colour: Colour) -> float:
    return 0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2]


@lru_cache(maxsize=4096)
def palette(colour: Colour, accent: Colour, detail: int) -> Palette:
    """Fill and outline of each role; the packaging takes its colours from the product's, another pair by design."""
    black, white = (0, 0, 0), (255, 255, 255)
    deep = _luma(colour) < 60
    pack = ((244, 244, 242), accent, _mixed(colour, black, 0.35), _mixed(colour, white, 0.6))[detail % 4]
    panel = (colour, _mixed(colour, black, 0.2), accent, _mixed(accent, black, 0.45))[detail % 4]
    if abs(_luma(pack) - _luma(panel)) < 45:
        panel = _mixed(panel, black if _luma(pack) > 120 else white, 0.55)
    fills = {
        "body": colour,
        "shade": _mixed(colour, (70, 70, 76), 0.45) if deep else _mixed(colour, black, 0.2),
        "dark": _mixed(colour, (96, 96, 104), 0.6) if deep else _mixed(colour, black, 0.42),
        "light": _mixed(colour, white, 0.42),
        "accent": accent,
        "pack": pack,
        "pack_dark": _mixed(pack, black, 0.3),
        "pack_light": _mixed(pack, white, 0.45),
        "panel": panel,
        "panel_dark": _mixed(panel, black, 0.35),
        "letter": (40, 40, 44) if _luma(panel) > 120 else (245, 245, 243),
    }
    return _fixed() | {role: _inks(fill) for role, fill in fills.items()}


def _inks(fill: Colour) -> tuple[Ink, Ink]:
    return (*fill, 255), (*_mixed(fill, (0, 0, 0), 0.38), 255)


@cache
def _fixed() -> Palette:
    """The roles that have the same colours in all pictures."""
    return {role: _inks(fill) for role, fill in _FIXED.items()}


def design_colour(colour: Colour, accent: Colour, pattern: str, detail: int) -> Colour:
    """The colour of a design, so that it stands out from the body and its pattern."""
    if pattern == "plain" and abs(_luma(colour) - _luma(accent)) > 50 and detail % 2:
        return accent
    return _mixed(colour, (0, 0, 0), 0.62) if _luma(colour) > 110 else _mixed(colour, (255, 255, 255), 0.72)


def cover(layer: Image.Image, colour: Colour, mask: Image.Image) -> None:
    """Fill a layer with a colour where the mask is set."""
    frame = mask.getbbox()
    if frame:
        layer.paste((*colour, 255), frame, mask.crop(frame))


# What a model of a line has on its body, in percent of the body's frame.
DESIGNS: tuple[tuple[Part, ...], ...] = (
    (),
    (rect("design", 0, 40, 100, 54),),
    (rect("design", 58, 0, 72, 100),),
    (poly("design", 0, 78, 78, 0, 100, 0, 100, 4, 0, 100),),
    (oval("design", 34, 36, 17), oval("design", 68, 70, 10)),
    tuple(rect("design", 0, y, 100, y + 6) for y in (16, 29, 42)),
    (rect("design", 0, 64, 100, 100),),
    (rect("design", 0, 0, 36, 100), *(oval("design", 56, y, 6) for y in (22, 44, 66, 88))),
)

_SQUARE = 256


@cache
def tile(pattern: str) -> Image.Image:
    """Where a pattern has its second colour, over the unit square (256 x 256, grey)."""
    image = Image.new("L", (_SQUARE, _SQUARE))
    draw = ImageDraw.Draw(image)
    rng = np.random.default_rng(3)
    if pattern == "striped":
        for k in range(0, _SQUARE, 36):
            draw.rectangle([0, k, _SQUARE, k + 16], fill=255)
    elif pattern == "dotted":
        for row, y in enumerate(range(10, _SQUARE, 30)):
            for x in range(10 + row % 2 * 17, _SQUARE, 34):
                draw.ellipse([x - 9, y - 9, x + 9, y + 9], fill=255)
    elif pattern == "checked":
        for k in range(0, _SQUARE, 44):
            draw.rectangle([0, k, _SQUARE, k + 20], fill=150)
        upright = image.rotate(90)
        image = Image.fromarray(
            np.minimum(np.asarray(image).astype(int) + np.asarray(upright), 255).astype(np.uint8)
        )
    elif pattern == "two_tone":
        draw.rectangle([0, 0, 122, _SQUARE], fill=255)
    elif pattern == "floral":
        for row, y in enumerate(range(20, _SQUARE, 48)):
            for x in range(20 + row % 2 * 26, _SQUARE, 52):
                for k in range(5):
                    px, py = x + 11 * np.cos(k * 1.2566), y + 11 * np.sin(k * 1.2566)
                    draw.ellipse([px - 8, py - 8, px + 8, py + 8], fill=255)
                draw.ellipse([x - 5, y - 5, x + 5, y + 5], fill=60)
    elif pattern == "camouflage":
        soft = Image.fromarray((rng.random((13, 13)) * 255).astype(np.uint8)).resize((_SQUARE, _SQUARE), 3)
        value = np.asarray(soft.filter(ImageFilter.BoxBlur(2))).astype(int)
        image = Image.fromarray(np.where(value > 150, 255, np.where(value > 112, 110, 0)).astype(np.uint8))
    elif pattern == "gradient":
        image = Image.fromarray(
            np.repeat(np.linspace(0, 255, _SQUARE).astype(np.uint8)[:, None], _SQUARE, axis=1)
        )
    return image
