"""Pictures as a few numbers that need no neural network: size, colours, edges."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

SIDE = 48
CELLS = 4
NAMES = (
    "width",
    "height",
    "aspect",
    *(f"mean_{channel}" for channel in "rgb"),
    *(f"spread_{channel}" for channel in "rgb"),
    *(f"colour_{bin}" for bin in range(27)),
    *(f"light_{cell}" for cell in range(CELLS**2)),
    *(f"edge_{cell}" for cell in range(CELLS**2)),
    *(f"direction_{bin}" for bin in range(8)),
)


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
    direction = np.histogram(np.arctan2(down, across) % np.pi, bins=8, range=(0, np.pi), weights=strength)[0]
    colour = np.minimum((pixels * 3).astype(int), 2) @ np.array([9, 3, 1])
    return np.concatenate(
        [
            [width, height, width / height],
            pixels.mean(axis=(0, 1)),
            pixels.std(axis=(0, 1)),
            np.bincount(colour.ravel(), minlength=27) / SIDE**2,
            _cells(light),
            _cells(strength),
            direction / max(strength.sum(), 1e-9),
        ]
    )


def _cells(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Means over a coarse grid, row by row."""
    step = SIDE // CELLS
    return np.asarray(values.reshape(CELLS, step, CELLS, step).mean(axis=(1, 3)).ravel())
