"""Electronics, toys, sports and tools."""

from __future__ import annotations

import numpy as np

from .forms import curve, line, oval, poly, rect, ring, rounded, shape, smooth


def _around(count: int) -> list[tuple[float, float]]:
    """Directions (cosine, sine) all around, beginning upwards."""
    turns = np.arange(count) * 2 * np.pi / count - np.pi / 2
    return [(float(np.cos(turn)), float(np.sin(turn))) for turn in turns]


ELECTRONICS = {
    "phone": shape(
        rounded("body", 30, 4, 70, 96, 7),
        rounded("black", 33, 8, 67, 92, 4),
        poly("glass", 35, 13, 65, 13, 65, 84, 35, 84),
        poly("white", 35, 13, 52, 13, 35, 52),
        [rounded("accent", 38 + 9 * i, 62, 44 + 9 * i, 68, 1) for i in range(3)],
        [rounded("body", 38 + 9 * i, 73, 44 + 9 * i, 79, 1) for i in range(3)],
        rounded("grey", 44, 9, 56, 11.5, 1),
        mark=(50, 40, 26),
    ),
    "laptop": shape(
        rounded("dark", 18, 14, 82, 64, 4),
        rect("body", 21, 17, 79, 60),
        poly("light", 21, 17, 52, 17, 34, 60, 21, 60),
        poly("metal", 18, 64, 82, 64, 97, 84, 3, 84),
        [line("black", 3, 23 - 2.5 * i, 68 + 4 * i, 77 + 2.5 * i, 68 + 4 * i) for i in range(3)],
        poly("grey", 40, 78, 60, 78, 61, 83, 39, 83),
        rect("grey", 3, 84, 97, 88),
        mark=(58, 38, 28),
    ),
    "headphones": shape(
        curve("body", 8, 16, 62, 16, 36, 32, 14, 50, 9, 68, 14, 84, 36, 84, 62),
        curve("accent", 3, 30, 20, 50, 13, 70, 20),
        rounded("black", 18, 50, 34, 88, 7),
        rounded("black", 66, 50, 82, 88, 7),
        rounded("body", 8, 52, 24, 86, 7),
        rounded("body", 76, 52, 92, 86, 7),
        rounded("light", 11, 58, 15, 78, 2),
        mark=(50, 62, 26),
    ),
    "camera": shape(
        rounded("body", 5, 28, 95, 84, 6),
        poly("dark", 34, 28, 40, 16, 62, 16, 68, 28),
        rect("shade", 5, 28, 95, 38),
        rounded("metal", 12, 21, 26, 29, 2),
        oval("black", 52, 58, 24),
        ring("metal", 2.5, 52, 58, 20),
        oval("grey", 52, 58, 14),
        oval("line", 52, 58, 9),
        oval("glass", 47, 53, 4),
        rect("white", 75, 30, 88, 37),
        rect("black", 5, 40, 18, 84),
        mark=(84, 60, 22),
    ),
    "watch": shape(
        poly("dark", 38, 3, 62, 3, 65, 34, 35, 34),
        poly("dark", 35, 66, 65, 66, 62, 97, 38, 97),
        oval("metal", 50, 50, 27),
        oval("body", 50, 50, 22),
        [oval("white", 50 + 18 * x, 50 + 18 * y, 1.8) for x, y in ((0, -1), (1, 0), (0, 1), (-1, 0))],
        line("white", 3, 50, 50, 50, 35),
        line("white", 3, 50, 50, 61, 56),
        rect("metal", 76, 46, 82, 54),
        oval("accent", 50, 50, 3),
        [oval("line", 50, 78 + 5 * i, 1.5) for i in range(3)],
        mark=(50, 50, 24),
    ),
    "lamp": shape(
        poly("body", 34, 6, 66, 6, 88, 48, 12, 48),
        poly("light", 40, 8, 48, 8, 40, 46, 24, 46),
        rect("shade", 12, 45, 88, 49),
        rect("metal", 47, 49, 53, 88),
        smooth("dark", 28, 90, 36, 85, 64, 85, 72, 90, 70, 95, 30, 95),
        line("grey", 1.5, 62, 49, 62, 66),
        oval("accent", 62, 67, 2.5),
        mark=(52, 30, 26),
    ),
    "plug": shape(
        rect("metal", 36, 6, 43, 30),
        rect("metal", 57, 6, 64, 30),
        smooth("body", 26, 28, 50, 26, 74, 28, 78, 50, 68, 66, 58, 72, 42, 72, 32, 66, 22, 50),
        smooth("shade", 26, 28, 50, 26, 74, 28, 76, 38, 24, 38),
        rect("dark", 43, 70, 57, 80),
        curve("black", 5, 50, 78, 50, 88, 62, 94, 78, 90, 92, 78),
        mark=(50, 52, 26),
    ),
    "monitor": shape(
        rect("grey", 44, 66, 56, 86),
        smooth("grey", 28, 90, 40, 85, 60, 85, 72, 90, 70, 94, 30, 94),
        rounded("black", 3, 10, 97, 70, 3),
        rect("body", 7, 14, 93, 63),
        poly("light", 7, 14, 50, 14, 24, 63, 7, 63),
        rect("accent", 60, 24, 84, 28),
        rect("white", 60, 34, 84, 37),
        rect("white", 60, 42, 78, 45),
        oval("accent", 50, 66.5, 1.5),
        mark=(40, 39, 28),
    ),
}

PLAY = {
    "ball": shape(
        oval("body", 50, 50, 43),
        poly("accent", 50, 34, 65, 45, 59, 62, 41, 62, 35, 45),
        poly("accent", 38, 9, 62, 9, 50, 19),
        poly("accent", 91, 38, 90, 62, 80, 50),
        poly("accent", 9, 38, 10, 62, 20, 50),
        poly("accent", 22, 82, 38, 91, 34, 76),
        poly("accent", 78, 82, 62, 91, 66, 76),
        [
            line("line", 1.6, *xy)
            for xy in (
                (50, 34, 50, 19),
                (65, 45, 80, 50),
                (59, 62, 66, 76),
                (41, 62, 34, 76),
                (35, 45, 20, 50),
            )
        ],
        smooth("light", 22, 26, 32, 16, 34, 22, 26, 32),
        mark=(50, 50, 28),
    ),
    "plush": shape(
        oval("body", 26, 16, 11),
        oval("body", 74, 16, 11),
        oval("accent", 26, 16, 6),
        oval("accent", 74, 16, 6),
        oval("shade", 16, 62, 10, 15),
        oval("shade", 84, 62, 10, 15),
        oval("body", 50, 68, 29, 26),
        oval("light", 50, 70, 18, 17),
        oval("body", 28, 90, 13, 9),
        oval("body", 72, 90, 13, 9),
        oval("body", 50, 31, 29, 24),
        oval("light", 50, 38, 12, 10),
        oval("black", 39, 27, 3.5),
        oval("black", 61, 27, 3.5),
        oval("black", 50, 34, 4, 3),
        curve("black", 1.6, 44, 41, 50, 44, 56, 41),
        mark=(50, 71, 26),
    ),
    "toy_car": shape(
        smooth("body", 3, 66, 6, 54, 22, 50, 34, 32, 64, 30, 78, 48, 95, 54, 97, 68, 90, 74, 8, 74),
        poly("glass", 28, 49, 37, 36, 49, 35, 49, 49),
        poly("glass", 53, 35, 63, 35, 73, 49, 53, 49),
        line("shade", 2, 51, 50, 51, 72),
        rect("accent", 5, 60, 95, 64),
        oval("yellow", 92, 58, 4, 3),
        oval("black", 24, 75, 12),
        oval("black", 76, 75, 12),
        oval("metal", 24, 75, 6),
        oval("metal", 76, 75, 6),
        mark=(50, 62, 24),
    ),
    "bricks": shape(
        [
            part
            for x, y, role in ((8, 62, "body"), (52, 62, "accent"), (30, 34, "body"))
            for part in (
                rounded("dark", x + 5, y - 6, x + 15, y + 3, 1),
                rounded("dark", x + 25, y - 6, x + 35, y + 3, 1),
                rect(role, x, y, x + 40, y + 26),
                rect("shade", x, y + 21, x + 40, y + 26),
            )
        ],
        mark=(50, 47, 22),
    ),
    "bicycle": shape(
        ring("black", 4, 22, 66, 19),
        ring("black", 4, 78, 66, 19),
        [
            line("grey", 0.8, x - 17 * a, 66 - 17 * b, x + 17 * a, 66 + 17 * b)
            for x in (22, 78)
            for a, b in ((1, 0), (0, 1), (0.7, 0.7), (0.7, -0.7))
        ],
        line("body", 5, 22, 66, 38, 36, 68, 36, 48, 68, 22, 66),
        line("body", 5, 36, 30, 48, 68),
        line("body", 5, 66, 26, 78, 66),
        rounded("black", 28, 25, 45, 31, 2),
        curve("black", 4, 74, 30, 76, 22, 66, 22, 60, 24),
        oval("metal", 48, 68, 6),
        line("black", 3, 42, 78, 54, 78),
        mark=(52, 46, 20),
    ),
    "helmet": shape(
        smooth("body", 6, 62, 10, 36, 30, 16, 58, 14, 82, 28, 94, 54, 92, 64, 50, 66),
        [
            smooth("line", 26 + 18 * i, 42, 33 + 17 * i, 24, 38 + 17 * i, 26, 34 + 18 * i, 46)
            for i in range(3)
        ],
        smooth("dark", 5, 60, 50, 62, 94, 60, 93, 70, 50, 72, 8, 70),
        curve("black", 3, 22, 70, 38, 90, 44, 92),
        curve("black", 3, 60, 71, 48, 90, 44, 92),
        rect("accent", 40, 88, 49, 96),
        mark=(66, 50, 24),
    ),
    "racket": shape(
        [line("white", 0.9, x, 12, x, 56) for x in (36, 43, 50, 57, 64)],
        [line("white", 0.9, 30, y, 70, y) for y in (16, 23, 30, 37, 44, 51)],
        ring("body", 5, 50, 33, 24, 28),
        line("body", 4, 40, 57, 48, 70),
        line("body", 4, 60, 57, 52, 70),
        rounded("black", 45, 66, 55, 97, 3),
        [line("accent", 1.4, 45, 73 + 6 * i, 55, 70 + 6 * i) for i in range(4)],
        mark=(50, 33, 24),
    ),
    "hammer": shape(
        poly("wood", 45, 26, 55, 26, 57, 60, 43, 60),
        rounded("body", 42, 54, 58, 97, 5),
        [line("dark", 1.6, 43, 64 + 7 * i, 57, 64 + 7 * i) for i in range(4)],
        poly("metal", 28, 10, 60, 10, 64, 28, 28, 28),
        poly("grey", 14, 8, 28, 8, 28, 31, 14, 31),
        smooth("metal", 58, 10, 74, 8, 92, 22, 90, 28, 74, 20, 62, 28),
        mark=(50, 72, 24),
    ),
    "drill": shape(
        rect("metal", 4, 29, 24, 33),
        poly("grey", 18, 25, 32, 21, 32, 41, 18, 37),
        rounded("body", 30, 14, 82, 46, 7),
        rect("black", 38, 20, 42, 40),
        poly("black", 54, 46, 74, 44, 82, 80, 62, 80),
        poly("dark", 48, 46, 55, 46, 58, 56, 52, 56),
        rounded("body", 48, 78, 92, 95, 4),
        rect("accent", 52, 84, 88, 88),
        [line("shade", 2, 70 + 4 * i, 22, 70 + 4 * i, 38) for i in range(3)],
        mark=(56, 30, 24),
    ),
    "tyre": shape(
        oval("body", 50, 50, 46),
        [line("black", 5, 50 + 46 * c, 50 + 46 * s, 50 + 39 * c, 50 + 39 * s) for c, s in _around(16)],
        ring("shade", 3, 50, 50, 36),
        oval("metal", 50, 50, 26),
        [line("grey", 6, 50, 50, 50 + 24 * c, 50 + 24 * s) for c, s in _around(5)],
        oval("accent", 50, 50, 7),
        mark=(50, 84, 20),
    ),
    "guitar": shape(
        smooth(
            "body",
            50,
            50,
            62,
            48,
            68,
            56,
            64,
            66,
            72,
            80,
            66,
            93,
            50,
            96,
            34,
            93,
            28,
            80,
            36,
            66,
            32,
            56,
            38,
            48,
        ),
        oval("line", 50, 67, 7),
        ring("accent", 2, 50, 67, 9),
        rect("black", 40, 83, 60, 87),
        rect("wood", 46, 14, 54, 60),
        [line("metal", 0.8, 46, 20 + 6 * i, 54, 20 + 6 * i) for i in range(6)],
        poly("dark", 44, 3, 56, 3, 55, 15, 45, 15),
        [oval("metal", x, 5 + 4 * i, 1.6) for x in (42, 58) for i in range(3)],
        line("white", 0.8, 49, 14, 49, 85),
        line("white", 0.8, 51, 14, 51, 85),
        mark=(50, 80, 22),
    ),
}
