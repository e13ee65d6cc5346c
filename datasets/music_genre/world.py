"""The grid of genres, and the chances by which a genre leaves its traces in words, numbers and covers."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._market.pictures.cover_sheet import PALETTES
from .._market.pictures.covers import MOTIFS
from .._market.sellers import LANGUAGES
from .._market.world import jittered

Floats = NDArray[np.float64]

FORMATS = ("cd", "vinyl", "digital", "cassette")
STYLES = ("person", "band", "dj", "mc", "choir", "ensemble", "orchestra", "duo")
THEMES = (
    "love", "night", "winter", "prayer", "opus", "machine", "dream", "street", "sea", "dance", "road", "dark",
    "youth", "story", "life",
)  # fmt: skip
OCCASION = 0.78
HOME = 0.36
JITTER = 0.1
# Standard deviations of what is measured; shares are measured in logits, durations and tempi in logarithms.
SPREADS = {
    "tempo": 0.18,
    "energy": 0.8,
    "acoustic": 1.2,
    "instrumental": 1.35,
    "speech": 0.55,
    "valence": 0.9,
    "loudness": 3.6,
    "duration": 0.36,
    "year": 12.0,
    "tracks": 0.3,
}
LOGARITHMS = ("tempo", "duration", "tracks")
SHARES = ("energy", "acoustic", "instrumental", "speech", "valence")


@dataclass(frozen=True)
class World:
    """Tables of chances (genres, values) and means of numbers (genres,), on the scale in which they are drawn."""

    genres: list[str]
    occasions: list[str]
    tables: dict[str, Floats]  # theme, style, occasion, title_language, motif, palette, format, explicit
    means: dict[str, Floats]
    spreads: dict[str, Floats]


def make_world(rng: np.random.Generator) -> World:
    """The grid of `genres.toml`, with all chances and means moved a little by `rng`."""
    grid = tomllib.loads((Path(__file__).parent / "genres.toml").read_text(encoding="utf-8"))
    genres = list(grid["genres"])
    entries = [grid["genres"][genre] for genre in genres]
    occasions = list(grid["text"])
    texts = [grid["text"][entry["text"]] for entry in entries]
    covers = [grid["cover"][entry["cover"]] for entry in entries]
    audio = [grid["numbers"][entry["numbers"]] for entry in entries]
    tilts = [entry.get("tilt", {}) for entry in entries]
    rows = {
        "theme": [_chances(text["theme"], THEMES) for text in texts],
        "style": [_chances(text["style"], STYLES) for text in texts],
        "occasion": [_chances({entry["text"]: OCCASION}, occasions) for entry in entries],
        "title_language": [
            _chances({entry["home"]: HOME} if "home" in entry else {}, LANGUAGES) for entry in entries
        ],
        "motif": [_chances(cover["motif"], MOTIFS) for cover in covers],
        "palette": [_chances(cover["palette"], PALETTES) for cover in covers],
        "format": [np.array(profile["formats"], float) for profile in audio],
        "explicit": [np.array([1 - profile["explicit"], profile["explicit"]]) for profile in audio],
    }
    values: dict[str, Any] = {"theme": THEMES, "style": STYLES, "motif": MOTIFS}
    for name, names in values.items():
        rows[name] = [
            row * [tilt.get(value, 1.0) for value in names]
            for row, tilt in zip(rows[name], tilts, strict=True)
        ]
    tables = {name: jittered(np.array(row), rng) for name, row in rows.items()}
    means = {
        name: _scaled(name, np.array([float(profile[name]) for profile in audio]))
        + JITTER * spread * rng.normal(size=len(genres))
        for name, spread in SPREADS.items()
    }
    spreads = {name: np.full(len(genres), spread) for name, spread in SPREADS.items()}
    return World(genres, occasions, tables, means, spreads)


def unscaled(name: str, drawn: Floats) -> Floats:
    """From the scale in which a number is drawn to the one that is printed."""
    if name in LOGARITHMS:
        return np.exp(drawn)
    return 1 / (1 + np.exp(-drawn)) if name in SHARES else drawn


def _scaled(name: str, value: Floats) -> Floats:
    if name in LOGARITHMS:
        return np.log(value)
    return np.log(value / (1 - value)) if name in SHARES else value


def _chances(named: dict[str, float], values: Any) -> Floats:
    """The named chances; the other values share the rest."""
    rest = (1 - sum(named.values())) / (len(values) - len(named))
    return np.array([named.get(value, rest) for value in values])
