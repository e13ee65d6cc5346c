"""Motifs of album covers: instruments, signs, patterns."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from .cover_sheet import SIDE, Point, Sheet, mix


def _abstract(sheet: Sheet) -> None:
    for _ in range(sheet.count(4, 7)):
        x, y, size = sheet.some(10, 150), sheet.some(10, 150), sheet.some(18, 52)
        fill = (sheet.main, sheet.second, sheet.light)[sheet.count(0, 2)]
        angles = np.linspace(0, 2 * np.pi, 26)
        blob = size * (
            1 + 0.28 * np.sin(3 * angles + sheet.some(0, 6)) + 0.14 * np.sin(5 * angles + sheet.some(0, 6))
        )
        points = zip((x + blob * np.cos(angles)).tolist(), (y + blob * np.sin(angles)).tolist(), strict=True)
        sheet.shape(list(points), fill)
    sheet.image = sheet.image.filter(ImageFilter.BoxBlur(sheet.some(3, 7)))
    sheet.draw = ImageDraw.Draw(sheet.image)


def _grid(sheet: Sheet) -> None:
    cells, kind = sheet.count(5, 8), sheet.count(0, 2)
    step = SIDE / cells
    for row in range(cells):
        for column in range(cells):
            fill = sheet.main if (row + column) % 2 else sheet.second
            if sheet.rng.random() < 0.2:
                fill = sheet.light
            x, y = column * step, row * step
            if kind == 0:
                sheet.box(x + 2, y + 2, step - 4, step - 4, fill)
            elif kind == 1:
                sheet.disc(x + step / 2, y + step / 2, step * 0.4, fill)
            else:
                sheet.shape([(x, y), (x + step, y), (x, y + step)], fill)


def _guitar(sheet: Sheet) -> None:
    lean = sheet.some(14, 26) * (1 if sheet.rng.random() < 0.5 else -1)
    x, y = 80 - lean * 0.6, sheet.some(104, 112)
    wood = mix(sheet.second, sheet.main, 0.3)
    sheet.line([(x, y), (x + lean * 1.5, y - 88)], sheet.main, 8)
    sheet.line([(x + lean * 1.5, y - 88), (x + lean * 1.75, y - 102)], sheet.main, 13)
    sheet.disc(x, y + 6, 36, wood)
    sheet.disc(x + lean * 0.55, y - 30, 26, wood)
    sheet.disc(x + lean * 0.3, y - 12, 11, sheet.main)
    sheet.line([(x - lean * 0.15, y + 22), (x + lean * 1.5, y - 88)], sheet.light, 2)
    sheet.line([(x - 14, y + 22), (x + 14, y + 22)], sheet.main, 5)


def _keys(sheet: Sheet) -> None:
    top, keys = sheet.some(56, 84), sheet.count(8, 11)
    wide = SIDE / keys
    sheet.box(0, top, SIDE, SIDE, (244, 242, 236))
    sheet.box(0, top - 12, SIDE, 12, sheet.main)
    for key in range(keys):
        sheet.line([(key * wide, top), (key * wide, SIDE)], (120, 118, 114), 1)
        if key % 7 in (1, 2, 4, 5, 6):
            sheet.box(key * wide - wide * 0.28, top, wide * 0.56, (SIDE - top) * 0.6, (22, 22, 24))


def _violin(sheet: Sheet) -> None:
    x, y = sheet.some(70, 90), sheet.some(100, 106)
    wood = mix((150, 74, 30), sheet.second, 0.4)
    sheet.line([(x, y), (x, y - 84)], (36, 26, 22), 7)
    sheet.disc(x, y - 86, 7, wood)
    sheet.disc(x, y + 18, 29, wood)
    sheet.disc(x, y - 22, 22, wood)
    sheet.box(x - 17, y - 14, 34, 24, wood)
    for side in (-1, 1):
        sheet.disc(x + side * 27, y - 1, 10, sheet.back)
        sheet.line([(x + side * 10, y + 2), (x + side * 12, y + 18)], (36, 26, 22), 2)
    sheet.line([(x, y + 40), (x, y - 60)], sheet.light, 2)
    slant = sheet.some(44, 58) * (1 if sheet.rng.random() < 0.5 else -1)
    sheet.line([(x - slant, y + 44), (x + slant, y - 66)], sheet.light, 3)


def _trumpet(sheet: Sheet) -> None:
    flip, y = 1 if sheet.rng.random() < 0.5 else -1, sheet.some(76, 90)
    brass = mix((226, 176, 60), sheet.light, 0.15)

    def at(x: float, down: float) -> Point:
        return 80 + flip * (x - 80), y + down

    sheet.line([at(18, -8), at(120, -8)], brass, 7)
    sheet.shape([at(104, -12), at(128, -18), at(146, -34), at(146, 18), at(128, 2), at(104, -4)], brass)
    sheet.draw.rounded_rectangle([40, y - 10, 112, y + 24], 15, outline=brass, width=7)
    for valve in (62, 76, 90):
        sheet.line([at(valve, -26), at(valve, 32)], brass, 9)
        sheet.line([at(valve - 5, -27), at(valve + 5, -27)], sheet.light, 4)
    sheet.line([at(14, -14), at(14, -2)], brass, 7)


def _turntable(sheet: Sheet) -> None:
    x, y, radius = sheet.some(64, 78), sheet.some(76, 86), sheet.some(50, 60)
    sheet.draw.rounded_rectangle([6, 12, 154, 150], 8, fill=sheet.second)
    sheet.disc(x, y, radius, (18, 18, 20))
    for ring in (0.85, 0.7, 0.55):
        size = radius * ring
        sheet.draw.ellipse([x - size, y - size, x + size, y + size], outline=(70, 70, 74))
    sheet.disc(x, y, radius * 0.33, sheet.light)
    sheet.disc(x, y, 3, (18, 18, 20))
    sheet.line([(144, 24), (142, 84), (x + radius * 0.55, y + radius * 0.5)], sheet.light, 5)
    sheet.disc(143, 26, 8, sheet.main)


def _skull(sheet: Sheet) -> None:
    x, y, size = sheet.some(72, 88), sheet.some(66, 74), sheet.some(38, 48)
    if sheet.rng.random() < 0.5:
        for side in (-1, 1):
            sheet.line(
                [(x - side * size * 1.3, y + size * 1.5), (x + side * size * 1.3, y + size * 0.3)],
                sheet.second,
                10,
            )
    bone, hollow = sheet.light, mix(sheet.back, (0, 0, 0), 0.75)
    sheet.disc(x, y, size, bone, 0.92)
    sheet.draw.rounded_rectangle(
        [x - size * 0.55, y + size * 0.5, x + size * 0.55, y + size * 1.4], 8, fill=bone
    )
    for side in (-1, 1):
        sheet.disc(x + side * size * 0.42, y + size * 0.12, size * 0.27, hollow)
    sheet.shape(
        [(x, y + size * 0.4), (x - size * 0.14, y + size * 0.68), (x + size * 0.14, y + size * 0.68)], hollow
    )
    for tooth in (-0.3, -0.1, 0.1, 0.3):
        sheet.line([(x + size * tooth, y + size * 0.95), (x + size * tooth, y + size * 1.4)], hollow, 3)


def _flames(sheet: Sheet) -> None:
    sheet.box(0, 0, SIDE, SIDE, mix(sheet.back, (0, 0, 0), 0.6))
    for fill, tall in (((176, 36, 16), 120), ((236, 112, 20), 84), ((252, 208, 70), 46)):
        points: list[Point] = [(-5, SIDE)]
        x = -5.0
        while x < SIDE + 10:
            wide = sheet.some(16, 26)
            points += [
                (x + wide * sheet.some(0.4, 0.8), SIDE - tall * sheet.some(0.7, 1.1)),
                (x + wide, SIDE - tall * 0.45),
            ]
            x += wide
        sheet.shape([*points, (SIDE + 10, SIDE)], mix(fill, sheet.second, 0.15))


def _neon(sheet: Sheet) -> None:
    sheet.box(0, 0, SIDE, SIDE, mix(sheet.back, (0, 0, 0), 0.7))
    rows = sheet.count(3, 5)
    for row in range(rows):
        y, x = 18 + row * 130 / rows, sheet.some(8, 30)
        fill = (sheet.main, sheet.second, sheet.light)[sheet.count(0, 2)]
        tall = 80 / rows
        for _ in range(sheet.count(3, 6)):
            wide = sheet.some(12, 26)
            if x + wide > 152:
                break
            sheet.draw.rectangle(
                [x - 2, y - 2, x + wide + 2, y + tall + 2], outline=mix(fill, sheet.back, 0.6), width=3
            )
            sheet.draw.rectangle([x, y, x + wide, y + tall], outline=fill, width=3)
            x += wide + 7
        if sheet.rng.random() < 0.4:
            sheet.line([(8, y + tall + 8), (152, y + tall + 8)], fill, 3)


def _pixel(sheet: Sheet) -> None:
    """A small mirrored creature and ground tiles, drawn small and enlarged."""
    tile = np.zeros((20, 20, 3), np.uint8)
    tile[:] = sheet.back
    half = sheet.rng.random((10, 5)) < 0.62
    creature = np.concatenate([half, half[:, ::-1]], axis=1)
    tile[5:15, 5:15][creature] = sheet.main
    tile[8, [8, 11]] = sheet.light
    tile[17:] = sheet.second
    tile[17, :: sheet.count(2, 3)] = sheet.light
    for x, y in sheet.rng.integers(0, (20, 5), (sheet.count(3, 7), 2)).tolist():
        tile[y, x] = sheet.light
    sheet.image = Image.fromarray(tile).resize((SIDE, SIDE), Image.Resampling.NEAREST)
    sheet.draw = ImageDraw.Draw(sheet.image)


def _stock(sheet: Sheet) -> None:
    """The plain sleeve of a series: a coloured band and lettering."""
    sheet.box(0, sheet.some(40, 100), SIDE, sheet.some(18, 36), sheet.main)
    for row in range(3):
        sheet.box(14, 16 + row * 9, sheet.some(40, 110), 4, sheet.second)


THINGS: dict[str, Callable[[Sheet], None]] = {
    "abstract": _abstract,
    "grid": _grid,
    "guitar": _guitar,
    "keys": _keys,
    "violin": _violin,
    "trumpet": _trumpet,
    "turntable": _turntable,
    "skull": _skull,
    "flames": _flames,
    "neon": _neon,
    "pixel": _pixel,
    "stock": _stock,
}
