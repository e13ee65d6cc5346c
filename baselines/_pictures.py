"""Pictures as a few hundred numbers that need no neural network: size, colours, edges, and the thing's outline.

What differs from the colour of the border counts as the thing; its outline and strokes are taken within the box
around it, so that place and size in the picture do not matter to them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

SIDE = 48
CELLS = 4
BOX_SIDE = 32
OUTLINE_CELLS = 8
DIRECTIONS = 8
NAMES = (
    "width",
    "height",
    "aspect",
    *(f"mean_{channel}" for channel in "rgb"),
    *(f"spread_{channel}" for channel in "rgb"),
    *(f"colour_{bin}" for bin in range(27)),
    *(f"light_{cell}" for cell in range(CELLS**2)),
    *(f"edge_{cell}" for cell in range(CELLS**2)),
    *(f"direction_{bin}" for bin in range(DIRECTIONS)),
    *(f"box_{what}" for what in ("top", "bottom", "left", "right", "aspect", "share", "fill")),
    *(f"inner_mean_{channel}" for channel in "rgb"),
    *(f"inner_spread_{channel}" for channel in "rgb"),
    *(f"inner_colour_{bin}" for bin in range(27)),
    *(f"outline_{cell}" for cell in range(OUTLINE_CELLS**2)),
    *(f"stroke_{cell}_{bin}" for cell in range(CELLS**2) for bin in range(DIRECTIONS)),
)
_SMALLEST_THING = 20  # pixels
_SLACK = 0.06  # of a row or column: fewer pixels than that are specks, not the thing
_ACROSS = np.linspace(-1, 1, SIDE)[None, :].repeat(SIDE, axis=0)
_SMOOTH = np.stack([np.ones_like(_ACROSS), _ACROSS, _ACROSS.T, _ACROSS**2 + _ACROSS.T**2], axis=-1).reshape(
    -1, 4
)
_BORDER = np.zeros((SIDE, SIDE), bool)
_BORDER[[0, 1, -2, -1], :] = _BORDER[:, [0, 1, -2, -1]] = True


def picture_features(paths: Iterable[Any]) -> NDArray[np.float64]:
    """One row per path of shape (paths, len(NAMES)); all NaN for a missing or broken picture."""
    rows = [_features(path) for path in paths]
    return np.array(rows, float).reshape(-1, len(NAMES))


def picture_frame(table: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    """The features of all picture columns under names of their own, with the table's index."""
    frames = [
        pd.DataFrame(picture_features(table[column]), index=table.index, columns=list(NAMES)).add_prefix(
            f"{column}: "
        )
        for column in columns
    ]
    return pd.concat([pd.DataFrame(index=table.index), *frames], axis=1)


def _features(path: Any) -> NDArray[np.float64]:
    if pd.isna(path):
        return np.full(len(NAMES), np.nan)
    try:
        with Image.open(path) as picture:
            width, height = picture.size
            picture.draft("RGB", (2 * SIDE, 2 * SIDE))
            pixels = np.asarray(picture.convert("RGB").resize((SIDE, SIDE)), float) / 255
    except (OSError, UnidentifiedImageError, SyntaxError, ValueError):
        return np.full(len(NAMES), np.nan)
    light = pixels.mean(axis=2)
    down, across = np.gradient(light)
    strength = np.hypot(down, across)
    direction = np.histogram(
        np.arctan2(down, across) % np.pi, bins=DIRECTIONS, range=(0, np.pi), weights=strength
    )[0]
    return np.concatenate(
        [
            [width, height, width / height],
            pixels.mean(axis=(0, 1)),
            pixels.std(axis=(0, 1)),
            _colours(pixels.reshape(-1, 3)),
            _cells(light, CELLS),
            _cells(strength, CELLS),
            direction / max(strength.sum(), 1e-9),
            _thing(pixels, light),
        ]
    )


def _thing(pixels: NDArray[np.float64], light: NDArray[np.float64]) -> NDArray[np.float64]:
    """What is seen before the background: its box, colours, outline and strokes."""
    mask = _foreground(pixels)
    top, bottom = _reach(mask.mean(axis=1))
    left, right = _reach(mask.mean(axis=0))
    box = (left, top, right, bottom)
    inner = pixels[mask]
    return np.concatenate(
        [
            np.array([top, bottom, left, right]) / SIDE,
            [(right - left) / (bottom - top), mask.mean(), mask[top:bottom, left:right].mean()],
            inner.mean(axis=0),
            inner.std(axis=0),
            _colours(inner),
            _cells(_cut(mask, box), OUTLINE_CELLS),
            _strokes(_cut(light, box)),
        ]
    )


def _foreground(pixels: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Pixels unlike the background, by more than most of the border is; all, where there are none.

    The background is a smooth surface through the border: light falls off to one side and to the corners.
    """
    shape, noise = _surface(pixels[_BORDER])
    off = np.abs(pixels - (_SMOOTH @ shape).reshape(pixels.shape)).max(axis=2)
    mask: NDArray[np.bool_] = off > np.clip(2.5 * noise, 0.08, 0.35)
    return mask if mask.sum() >= _SMALLEST_THING else np.ones_like(mask)


def _surface(border: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Coefficients of the surface through most of the border's colours, (4, 3), and how far that is off."""
    ground = _SMOOTH[_BORDER.ravel()]
    kept = np.ones(len(border), bool)
    for _ in range(3):
        shape = np.asarray(np.linalg.lstsq(ground[kept], border[kept], rcond=None)[0], np.float64)
        off = np.abs(border - ground @ shape).max(axis=1)
        middle = float(np.median(off))
        kept = off <= 2.5 * middle + 1e-6
    return shape, middle


def _reach(share: NDArray[np.float64]) -> tuple[int, int]:
    """From where to where the rows or columns hold the thing; at least four of them, else all."""
    held = np.flatnonzero(share > _SLACK)
    return (int(held[0]), int(held[-1]) + 1) if len(held) >= 4 else (0, len(share))


def _cut(values: NDArray[Any], box: tuple[int, int, int, int]) -> NDArray[np.float64]:
    """The values within the box, stretched over a square."""
    plane = Image.fromarray((values * 255).astype(np.uint8))
    return np.asarray(plane.resize((BOX_SIDE, BOX_SIDE), Image.Resampling.BILINEAR, box), float) / 255


def _strokes(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """Strength of the edges in each cell and direction, as in a histogram of oriented gradients."""
    down, across = np.gradient(light)
    strength = np.hypot(down, across)
    place = np.arctan2(down, across) % np.pi / np.pi * DIRECTIONS
    low = place.astype(int) % DIRECTIONS
    part = place - np.floor(place)
    cell = np.arange(len(light)) // (len(light) // CELLS)
    base = (cell[:, None] * CELLS + cell) * DIRECTIONS
    size = CELLS**2 * DIRECTIONS
    found = np.bincount((base + low).ravel(), (strength * (1 - part)).ravel(), size)
    found += np.bincount((base + (low + 1) % DIRECTIONS).ravel(), (strength * part).ravel(), size)
    return np.asarray(np.sqrt(found / (np.sqrt(np.square(found).sum()) / CELLS + 0.05)))


def _colours(pixels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shares of the 27 bins of colour; pixels of shape (pixels, 3)."""
    bins = np.minimum((pixels * 3).astype(int), 2) @ np.array([9, 3, 1])
    return np.bincount(bins, minlength=27) / len(pixels)


def _cells(values: NDArray[np.float64], cells: int) -> NDArray[np.float64]:
    """Means over a coarse grid, row by row."""
    step = len(values) // cells
    return np.asarray(values.reshape(cells, step, cells, step).mean(axis=(1, 3)).ravel())
