"""Motifs of album covers: people, landscapes, places."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .cover_sheet import SIDE, Sheet, mix, sky


def _portrait(sheet: Sheet) -> None:
    x, y, size = sheet.some(66, 94), sheet.some(58, 68), sheet.some(46, 58)
    if sheet.rng.random() < 0.5:
        sheet.disc(x, y + 4, size * sheet.some(1.0, 1.3), sheet.second)
    hair = sheet.count(0, 2)
    if hair == 1:
        sheet.disc(x, y - size * 0.05, size * 0.7, sheet.main, 1.1)
        sheet.box(x - size * 0.7, y, size * 1.4, size * 0.95, sheet.main)
    elif hair == 2:
        sheet.disc(x, y - size * 0.2, size * 0.72, sheet.main)
    face = mix(sheet.main, sheet.light, 0.55 if hair or sheet.rng.random() < 0.4 else 0.0)
    sheet.disc(x, y + size * 1.75, size * 1.15, sheet.main, 0.9)
    sheet.disc(x, y, size * 0.5, face, 1.2)
    sheet.box(x - size * 0.2, y + size * 0.4, size * 0.4, size * 0.5, face)
    if sheet.rng.random() < 0.35:
        sheet.box(x - size * 0.75, y - size * 0.5, size * 1.5, size * 0.12, sheet.main)
        sheet.box(x - size * 0.42, y - size * 0.85, size * 0.84, size * 0.4, sheet.main)


def _band(sheet: Sheet) -> None:
    figures, ground = sheet.count(3, 5), sheet.some(136, 150)
    sheet.box(0, ground - 8, SIDE, SIDE, sheet.second)
    step = 140 / figures
    for at in range(figures):
        x, tall = 10 + step * (at + 0.5) + sheet.some(-3, 3), sheet.some(78, 100)
        wide, top = step * sheet.some(0.26, 0.32), ground - tall
        sheet.disc(x, top + 9, 9, sheet.main, 1.15)
        sheet.draw.rounded_rectangle([x - wide, top + 20, x + wide, top + tall * 0.6], 5, fill=sheet.main)
        for side in (-1, 1):
            sheet.line(
                [(x + side * wide * 0.5, top + tall * 0.55), (x + side * wide * 0.7, ground)],
                sheet.main,
                wide * 0.7,
            )
        if sheet.rng.random() < 0.35:
            sheet.line([(x - wide * 1.5, top + 56), (x + wide * 1.7, top + 34)], sheet.light, 3)
            sheet.disc(x - wide * 1.1, top + 54, 7, sheet.light)


def _hills(sheet: Sheet) -> None:
    sky(sheet, sheet.back, sheet.light)
    if sheet.rng.random() < 0.5:
        sheet.disc(sheet.some(30, 130), sheet.some(34, 60), sheet.some(9, 14), sheet.light)
    x = np.linspace(0, SIDE, 33)
    for layer in range(3):
        wave = np.sin(x / sheet.some(20, 32) + sheet.some(0, 6)) * sheet.some(10, 17)
        y = 82 + layer * 24 + wave
        fill = mix(sheet.second, sheet.main, layer / 2)
        sheet.shape([(0, SIDE), *zip(x.tolist(), y.tolist(), strict=True), (SIDE, SIDE)], fill)
    for _ in range(sheet.count(0, 3)):
        foot, down, size = sheet.some(16, 144), sheet.some(126, 148), sheet.some(8, 13)
        sheet.line([(foot, down), (foot, down - size * 2)], mix(sheet.main, (0, 0, 0), 0.5), 4)
        sheet.disc(foot, down - size * 2.2, size, mix(sheet.main, (0, 0, 0), 0.5), 1.2)


def _skyline(sheet: Sheet) -> None:
    sky(sheet, sheet.back, mix(sheet.back, sheet.second, 0.6))
    if sheet.rng.random() < 0.4:
        sheet.disc(sheet.some(30, 130), sheet.some(26, 46), sheet.some(8, 14), sheet.light)
    x = -4.0
    while x < SIDE:
        wide, top = sheet.some(15, 28), sheet.some(40, 104)
        sheet.box(x, top, wide, SIDE, mix(sheet.main, (0, 0, 0), 0.45))
        for row in range(int(top) + 6, SIDE - 4, 11):
            for spot in range(int(x) + 3, int(x + wide) - 4, 7):
                if sheet.rng.random() < 0.5:
                    sheet.box(spot, row, 3, 5, sheet.light)
        x += wide + sheet.count(0, 3)


def _waves(sheet: Sheet) -> None:
    sky(sheet, sheet.light, sheet.back)
    x, first = np.linspace(0, SIDE, 41), sheet.some(50, 76)
    pace, layers = sheet.some(7, 12), sheet.count(5, 7)
    for layer in range(layers):
        crest = np.abs(np.sin(x / pace / 2 + sheet.some(0, 6)))
        y = first + layer * (SIDE - first) / layers - crest * 12
        fill = mix(sheet.second, sheet.main, layer / layers)
        points = list(zip(x.tolist(), y.tolist(), strict=True))
        sheet.shape([(0, SIDE), *points, (SIDE, SIDE)], fill)
        sheet.line(points, sheet.light, 2)


def _beach(sheet: Sheet) -> None:
    sea, shore = sheet.some(78, 92), sheet.some(116, 128)
    sky(sheet, mix(sheet.back, sheet.light, 0.2), sheet.light)
    x = sheet.some(40, 120)
    sheet.disc(x, sea - sheet.some(4, 28), sheet.some(20, 27), mix((255, 196, 60), sheet.second, 0.2))
    sheet.box(0, sea, SIDE, SIDE, mix((40, 130, 160), sheet.second, 0.4))
    sheet.shape(
        [(0, shore), (SIDE, shore + sheet.some(-8, 10)), (SIDE, SIDE), (0, SIDE)],
        mix((240, 214, 160), sheet.back, 0.2),
    )
    if sheet.rng.random() < 0.8:
        foot, lean = sheet.some(24, 136), sheet.some(-20, 20)
        crown = (foot + lean, sheet.some(42, 56))
        sheet.line([(foot, 146), (foot + lean * 0.3, 96), crown], (84, 58, 40), 6)
        for dx, dy in ((-32, 6), (-26, -14), (-8, -22), (14, -20), (28, -8), (32, 10)):
            sheet.line(
                [crown, (crown[0] + dx * 0.6, crown[1] + dy - 6), (crown[0] + dx, crown[1] + dy + 8)],
                (30, 92, 56),
                5,
            )


def _moon(sheet: Sheet) -> None:
    sky(sheet, mix(sheet.main, (10, 14, 40), 0.5), mix(sheet.second, sheet.back, 0.3))
    x, y, size = sheet.some(56, 104), sheet.some(56, 84), sheet.some(28, 36)
    sheet.disc(x, y, size, (252, 238, 176))
    sheet.disc(
        x + size * 0.5,
        y - size * 0.2,
        size * 0.85,
        mix(mix(sheet.main, (10, 14, 40), 0.5), sheet.second, 0.3),
    )
    for sx, sy in sheet.rng.uniform(6, 154, (sheet.count(7, 14), 2)).tolist():
        ray = sheet.some(3, 6)
        sheet.shape(
            [(sx, sy - ray), (sx + ray * 0.3, sy), (sx, sy + ray), (sx - ray * 0.3, sy)], (255, 246, 200)
        )
        sheet.shape(
            [(sx - ray, sy), (sx, sy - ray * 0.3), (sx + ray, sy), (sx, sy + ray * 0.3)], (255, 246, 200)
        )


def _fir(sheet: Sheet) -> None:
    sky(sheet, sheet.back, mix(sheet.back, sheet.light, 0.4))
    sheet.disc(80, 210, 130, (244, 248, 252), 0.65)
    trees = sheet.count(2, 4)
    for at in range(trees):
        x, base, size = 160 * (at + 0.5) / trees + sheet.some(-8, 8), sheet.some(128, 146), sheet.some(26, 36)
        green = mix((22, 82, 52), sheet.main, 0.25)
        sheet.box(x - 4, base - 6, 8, 12, (86, 56, 34))
        for level in range(3):
            wide, low = size * (1 - 0.25 * level), base - 5 - level * size * 0.62
            sheet.shape([(x - wide, low), (x + wide, low), (x, low - size * 1.15)], green)
            sheet.line([(x - wide * 0.8, low), (x + wide * 0.5, low)], (240, 246, 250), 3)
    for x, y in sheet.rng.uniform(0, SIDE, (sheet.count(25, 50), 2)).tolist():
        sheet.disc(x, y, 2, (252, 252, 255))


def _flowers(sheet: Sheet) -> None:
    for _ in range(sheet.count(3, 6)):
        x, y, size = sheet.some(24, 136), sheet.some(28, 104), sheet.some(9, 14)
        sheet.line([(x, y), (x + sheet.some(-14, 14), SIDE)], mix((66, 128, 70), sheet.second, 0.2), 4)
        petal, petals = sheet.main if sheet.rng.random() < 0.6 else sheet.light, sheet.count(5, 7)
        for angle in np.linspace(0, 2 * np.pi, petals, endpoint=False) + sheet.some(0, 1):
            sheet.disc(
                x + size * 1.1 * float(np.cos(angle)),
                y + size * 1.1 * float(np.sin(angle)),
                size * 0.72,
                petal,
            )
        sheet.disc(x, y, size * 0.6, (244, 204, 80))


def _window(sheet: Sheet) -> None:
    sheet.box(0, 0, SIDE, SIDE, mix(sheet.back, (20, 18, 22), 0.6))
    x, wide, top = sheet.some(74, 86), sheet.some(34, 44), sheet.some(62, 72)
    glass = ((190, 44, 50), (40, 86, 170), (232, 184, 60), (60, 140, 90), sheet.light, sheet.second)
    arch = [(x - wide, 148.0), (x - wide, top)]
    arch += [(x - wide * (1 - t), top - 52 * float(np.sqrt(t * (2 - t)))) for t in (0.25, 0.5, 0.75, 1)]
    arch += [(2 * x - px, py) for px, py in reversed(arch)]
    sheet.shape(arch, glass[1])
    for row in range(5):
        for column in range(3):
            left = x - wide + column * wide * 2 / 3
            sheet.box(left, top + row * 17, wide * 2 / 3, 17, glass[sheet.count(0, 5)])
    sheet.disc(x, top - 20, wide * 0.42, glass[sheet.count(0, 5)])
    sheet.disc(x, top - 20, wide * 0.2, glass[sheet.count(0, 5)])
    for bar in (x - wide / 3, x + wide / 3):
        sheet.line([(bar, top), (bar, 148)], (24, 22, 26), 3)
    for row in range(6):
        sheet.line([(x - wide, top + row * 17), (x + wide, top + row * 17)], (24, 22, 26), 3)
    sheet.line([*arch, arch[0]], (24, 22, 26), 5)


SCENES: dict[str, Callable[[Sheet], None]] = {
    "portrait": _portrait,
    "band": _band,
    "hills": _hills,
    "skyline": _skyline,
    "waves": _waves,
    "beach": _beach,
    "moon": _moon,
    "fir": _fir,
    "flowers": _flowers,
    "window": _window,
}
