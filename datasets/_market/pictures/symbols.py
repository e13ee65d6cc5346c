"""Symbols printed on a product or its packaging: a label with a picture in it."""

from __future__ import annotations

import numpy as np

from .forms import Part, Shape, curve, line, oval, poly, rect, ring, rounded, smooth


def _star(x: float, y: float, radius: float, tips: int, inner: float) -> list[float]:
    turn = np.arange(2 * tips) * np.pi / tips - np.pi / 2
    reach = np.where(np.arange(2 * tips) % 2 == 0, radius, radius * inner)
    return [
        float(value)
        for pair in zip(x + reach * np.cos(turn), y + reach * np.sin(turn), strict=True)
        for value in pair
    ]


DRAWN: dict[str, list[Part]] = {
    "cross": [rect("red", 39, 14, 61, 86), rect("red", 14, 39, 86, 61)],
    "leaf": [
        smooth("leaf", 14, 86, 20, 44, 50, 18, 88, 12, 84, 52, 56, 80),
        line("white", 4, 14, 88, 40, 60, 72, 30),
    ],
    "star": [poly("orange", *_star(50, 52, 42, 5, 0.42))],
    "flame": [
        smooth("red", 50, 8, 66, 34, 82, 58, 72, 86, 50, 92, 28, 86, 18, 60, 34, 44),
        smooth("yellow", 50, 46, 62, 66, 58, 84, 50, 88, 40, 82, 38, 66),
    ],
    "child": [
        oval("skin", 50, 26, 17),
        poly("blue", 50, 44, 74, 92, 26, 92),
        line("blue", 9, 18, 58, 50, 52, 82, 58),
        smooth("black", 33, 20, 50, 5, 67, 20, 50, 14),
    ],
    "drop": [
        smooth("blue", 50, 6, 66, 38, 78, 62, 68, 86, 50, 93, 32, 86, 22, 62, 34, 38),
        curve("white", 5, 36, 62, 38, 74, 46, 82),
    ],
    "note": [
        oval("black", 28, 78, 14, 11),
        oval("black", 72, 70, 14, 11),
        rect("black", 36, 16, 43, 78),
        rect("black", 80, 10, 87, 70),
        poly("black", 36, 16, 87, 8, 87, 24, 36, 32),
    ],
    "book": [
        poly("blue", 6, 22, 48, 30, 48, 88, 6, 78),
        poly("blue", 94, 22, 52, 30, 52, 88, 94, 78),
        poly("white", 14, 32, 42, 38, 42, 74, 14, 68),
        poly("white", 86, 32, 58, 38, 58, 74, 86, 68),
    ],
    "skull": [
        oval("black", 50, 42, 36, 34),
        rect("black", 32, 66, 68, 92),
        oval("white", 36, 44, 9, 10),
        oval("white", 64, 44, 9, 10),
        poly("white", 50, 56, 56, 66, 44, 66),
        rect("white", 40, 78, 43, 92),
        rect("white", 55, 78, 58, 92),
    ],
    "paw": [
        smooth("wood", 50, 46, 74, 66, 70, 88, 50, 82, 30, 88, 26, 66),
        oval("wood", 20, 48, 10, 13),
        oval("wood", 39, 26, 10, 14),
        oval("wood", 61, 26, 10, 14),
        oval("wood", 80, 48, 10, 13),
    ],
    "wheat": [
        line("gold", 5, 50, 94, 50, 20),
        smooth("gold", 50, 4, 58, 16, 50, 28, 42, 16),
        *(
            smooth(
                "gold",
                50,
                44 + 18 * i,
                52 + 6 * s,
                30 + 18 * i,
                50 + 30 * s,
                18 + 18 * i,
                50 + 24 * s,
                38 + 18 * i,
            )
            for i in range(3)
            for s in (-1, 1)
        ),
    ],
    "bubbles": [
        *(ring("blue", 6, x, y, r) for x, y, r in ((36, 62, 27), (72, 32, 19), (78, 76, 13), (30, 20, 11))),
        *(oval("turquoise", x, y, 5) for x, y in ((26, 54), (66, 26))),
    ],
    "grapes": [
        *(oval("purple", x, y, 12) for x, y in ((26, 38), (50, 38), (74, 38), (38, 58), (62, 58), (50, 78))),
        curve("wood", 6, 50, 30, 52, 16, 60, 6),
        smooth("leaf", 54, 20, 70, 6, 88, 12, 74, 24),
    ],
    "bolt": [
        poly("yellow", 58, 4, 20, 56, 44, 56, 36, 96, 80, 38, 55, 38),
        line("line", 3, 58, 4, 20, 56, 44, 56, 36, 96, 80, 38, 55, 38, 58, 4),
    ],
    "shield": [
        smooth("navy", 50, 6, 84, 16, 84, 50, 72, 76, 50, 94, 28, 76, 16, 50, 16, 16),
        line("white", 9, 32, 48, 46, 64, 70, 32),
    ],
    "heart": [smooth("rose", 50, 90, 16, 56, 10, 32, 26, 14, 42, 18, 50, 30, 58, 18, 74, 14, 90, 32, 84, 56)],
    "sun": [poly("orange", *_star(50, 50, 46, 10, 0.62)), oval("yellow", 50, 50, 22)],
    "crack": [
        rounded("black", 0, 0, 100, 100, 6),
        rect("white", 9, 9, 91, 91),
        line("black", 8, 14, 34, 32, 58, 46, 36, 58, 68, 70, 40, 86, 64),
        rect("black", 22, 80, 78, 85),
        rect("black", 22, 15, 78, 19),
    ],
}


def stamped(base: Shape, symbol: str) -> Shape:
    """The shape with the symbol in a label at its mark."""
    x, y, side = base.mark
    side = max(side, 0.27)
    if symbol == "crack":
        side = max(1.4 * side, 0.38)
    label = [rounded("line", -9, -9, 109, 109, 14), rounded("label", -5, -5, 105, 105, 12)]
    placed = [
        Part(part.role, (part.points - 0.5) * side + np.array([x, y])) for part in (*label, *DRAWN[symbol])
    ]
    return Shape((*base.parts, *placed), base.mark, base.opens)
