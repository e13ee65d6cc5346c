"""Packagings with a print of the shape on them (or the shape seen through them), in eight layouts; opened seals."""

from __future__ import annotations

import numpy as np

from .forms import Part, Points, Shape, line, oval, poly, rect, rounded, smooth

Frame = tuple[float, float, float, float]

# Panels on a front of 100 x 100, then the print (centre x, y, side) and the place of a symbol.
_LAYOUTS: tuple[tuple[list[Part], tuple[float, float, float], tuple[float, float, float]], ...] = (
    ([rect("panel", 0, 74, 100, 100)], (50, 38, 68), (80, 84, 30)),
    ([rect("panel", 0, 0, 30, 100)], (64, 54, 66), (16, 20, 28)),
    ([oval("panel", 50, 52, 47, 44)], (50, 53, 66), (84, 12, 28)),
    ([rect("panel", 0, 0, 100, 36)], (50, 67, 62), (82, 20, 30)),
    ([poly("panel", 0, 0, 100, 0, 0, 100)], (58, 60, 68), (18, 18, 30)),
    ([rect("panel", 0, 0, 100, 100), rect("pack", 13, 12, 87, 88)], (50, 49, 68), (82, 84, 28)),
    ([rect("panel", 0, 6, 100, 22), rect("panel", 0, 80, 100, 96)], (42, 51, 60), (84, 50, 28)),
    ([rect("panel", 52, 0, 100, 100), rect("panel_dark", 52, 0, 100, 18)], (38, 60, 68), (78, 34, 32)),
)
_LETTERS = (
    (10, 90, 60),
    (40, 8, 92),
    (12, 8, 70),
    (8, 12, 74),
    (84, 52, 92),
    (17, 20, 80),
    (14, 8, 92),
    (9, 58, 94),
)


def packed(product: Shape, packaging: str, detail: int) -> Shape:
    """The product inside a packaging, as it is seen from outside."""
    panels, printed, mark = _LAYOUTS[detail % 8]
    height, left, right = _LETTERS[detail % 8]
    panels = [*panels, rect("letter", left, height - 3, right, height + 3)]
    if packaging == "box":
        front: Frame = (0.08, 0.2, 0.8, 0.95)
        back = [
            poly("pack_dark", 80, 20, 93, 12, 93, 85, 80, 95),
            poly("pack_light", 8, 20, 22, 12, 93, 12, 80, 20),
            rect("pack", 8, 20, 80, 95),
        ]
        over = [poly("tape", 40, 20, 49, 12, 59, 12, 50, 20), rect("tape", 40, 20, 50, 28)]
        return _put_together(product, back, front, panels, printed, mark, over, "flaps")
    if packaging == "bag":
        zigzag = [value for i in range(13) for value in (16 + 68 * i / 12, 6 if i % 2 else 2.5)]
        back = [
            smooth("pack", 16, 4, 50, 5, 84, 4, 83, 30, 90, 60, 86, 92, 50, 96, 14, 92, 10, 60, 17, 30),
            poly("pack_dark", *zigzag, 84, 13, 16, 13),
        ]
        over = [
            poly("pack_light", 15, 30, 19, 24, 17, 88, 14, 86),
            line("pack_dark", 1.5, 84, 20, 80, 50, 84, 88),
        ]
        return _put_together(product, back, (0.18, 0.18, 0.82, 0.9), panels, printed, mark, over, "top")
    if packaging == "blister_pack":
        back = [rounded("pack", 10, 3, 90, 97, 4)]
        over = [rounded("line", 40, 6, 60, 11, 2)]
        inner = (
            *_seen(product, (0.5, 0.58, 0.56)),
            poly("white", 26, 36, 36, 34, 27, 66),
            rect("white", 70, 80, 76, 82),
        )
        dome = (rounded("grey", 16, 26, 84, 90, 9), rounded("glass", 19, 29, 81, 87, 7))
        card = _onto(panels, (0.1, 0.03, 0.9, 0.97))
        return Shape((*back, *card, *dome, *inner, *over), (0.24, 0.17, 0.22), "lid")
    back = [
        smooth("film", 8, 6, 50, 7, 92, 6, 94, 30, 91, 60, 95, 94, 50, 93, 5, 94, 9, 60, 6, 30),
        rect("film_light", 8, 8, 92, 18),
    ]
    ghost = tuple(_seen(product, (0.5, 0.58, 0.68)))
    streaks = [
        line("white", 2, 16, 26, 30, 40, 20, 60),
        line("white", 2.4, 84, 30, 72, 50, 82, 84),
        line("white", 1.6, 30, 88, 52, 78, 66, 90),
        line("film_dark", 1.2, 12, 70, 26, 80, 16, 90),
        line("film_dark", 1.6, 8, 18, 92, 18),
    ]
    strip = _onto([rect("panel", 0, 0, 100, 100), rect("letter", 10, 40, 60, 60)], _STRIPS[detail % 8])
    return Shape((*back, *ghost, *streaks, *strip), (0.76, 0.8, 0.24), "top")


_STRIPS: tuple[Frame, ...] = (
    (0.1, 0.07, 0.9, 0.18), (0.1, 0.84, 0.9, 0.93), (0.08, 0.2, 0.2, 0.9), (0.1, 0.2, 0.45, 0.36),
    (0.6, 0.2, 0.92, 0.42), (0.3, 0.8, 0.7, 0.93), (0.8, 0.2, 0.92, 0.9), (0.08, 0.7, 0.4, 0.92),
)  # fmt: skip


def _put_together(
    product: Shape,
    back: list[Part],
    front: Frame,
    panels: list[Part],
    printed: tuple[float, float, float],
    mark: tuple[float, float, float],
    over: list[Part],
    opens: str,
) -> Shape:
    x, y, side = printed
    left, top, right, bottom = front
    width, height = right - left, bottom - top
    field = rounded("paper", x - side * 0.54, y - side * 0.54, x + side * 0.54, y + side * 0.54, 6)
    place = (left + x / 100 * width, top + y / 100 * height, side / 100 * min(width, height))
    label = (left + mark[0] / 100 * width, top + mark[1] / 100 * height, mark[2] / 100 * width)
    parts = (*back, *_onto([*panels, field], front), *_seen(product, place), *over)
    return Shape(parts, label, opens)


def _onto(parts: list[Part], frame: Frame) -> list[Part]:
    """Parts of the unit square put into a frame."""
    left, top, right, bottom = frame
    return [
        Part(part.role, part.points * np.array([right - left, bottom - top]) + np.array([left, top]))
        for part in parts
    ]


def _seen(product: Shape, place: tuple[float, float, float]) -> list[Part]:
    """The product, so that its longer side fills a square (centre x, y, side)."""
    left, top, right, bottom = product.frame
    scale = place[2] / max(right - left, bottom - top)
    middle = np.array([(left + right) / 2, (top + bottom) / 2])
    return [Part(part.role, (part.points - middle) * scale + np.array(place[:2])) for part in product.parts]


def opened(sealed: Shape) -> Shape:
    """The shape with its flaps open, its top torn off, its lid bent up or its seal sticker cut in two."""
    left, top, right, bottom = (100 * value for value in sealed.frame)
    width, height = right - left, bottom - top

    def at(role: str, *xy: float) -> Part:
        """A polygon in percent of the frame."""
        points = np.asarray(xy, dtype=float).reshape(-1, 2) / 100
        return Part(role, (points * np.array([width, height]) + np.array([left, top])) / 100)

    if sealed.opens == "flaps":
        under = [at("flap_dark", 14, -14, 96, -16, 100, 6, 0, 12)]
        extra = [
            at("black", 0, 10, 17, -1, 100, -1, 86, 12),
            at("flap", 0, 11, -16, -4, 2, -22, 17, 0),
            at("flap", 100, 0, 118, -12, 108, 12, 86, 12),
            at("flap_light", 0, 11, 86, 11, 80, 33, 6, 31),
            at("flap_dark", 6, 29, 80, 31, 80, 34, 6, 32),
        ]
    elif sealed.opens == "top":
        under = []
        ragged = [value for i in range(9) for value in (94 - 88 * i / 8, 22 if i % 2 else 30)]
        inner = [value for i in range(9) for value in (94 - 88 * i / 8, 17 if i % 2 else 25)]
        extra = [
            at("white", 6, 2, 94, 2, *ragged),
            at("black", 8, 3, 92, 3, *inner),
            at("flap", 92, 4, 116, -10, 122, 10, 96, 24),
            at("flap_light", 96, 8, 112, -2, 114, 8, 98, 19),
        ]
    elif sealed.opens == "lid":
        under = []
        extra = [
            at("black", 45, -1, 101, -1, 101, 62),
            at("flap_light", 45, -1, 101, 62, 50, 50),
            at("flap_dark", 52, 44, 48, 20, 45, -1, 50, 50),
        ]
    else:
        under = []
        extra = [
            Part("line", _seal(sealed, -1)),
            Part("seal", _seal(sealed, -1, 0.8)),
            Part("line", _seal(sealed, 1)),
            Part("seal", _seal(sealed, 1, 0.8)),
        ]
    return Shape((*under, *sealed.parts, *extra), sealed.mark, sealed.opens)


def _seal(sealed: Shape, side: int, size: float = 1.0) -> Points:
    """Half a seal sticker, torn off towards one side (-1 left, 1 right), over the upper body."""
    left, top, right, bottom = sealed.body_frame
    reach = max(0.34, 0.3 * (right - left))
    middle = np.array([(left + right) / 2, top + 0.28 * (bottom - top)])
    half = np.array(
        [[0.14, -0.5], [1.0, -0.5], [1.0, 0.5], [0.2, 0.5], [0.34, 0.3], [0.1, 0.1], [0.32, -0.15]]
    )
    half = (half - np.array([0.58, 0])) * size + np.array([0.58, 0])
    points = half * np.array([reach * side, 0.2])
    tilt = 0.45 * side
    turn = np.array([[np.cos(tilt), np.sin(tilt)], [-np.sin(tilt), np.cos(tilt)]])
    placed: Points = points @ turn + middle
    return placed
