"""Raw records of the spotify_genres task. What was decided, and why, stands in README.md."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from .._text import clean, key

if TYPE_CHECKING:
    from benchmark.catalog import Raw

KEYS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
MODES = ("minor", "major")
AUDIO = (
    "danceability",
    "energy",
    "loudness",
    "speechiness",
    "acousticness",
    "instrumentalness",
    "liveness",
    "valence",
    "tempo",
    "duration_ms",
)

_ESCAPE = re.compile(r"<U\+([0-9A-F]{4,8})>")


def records(raw: Raw) -> pd.DataFrame:
    """One row per song (title and artist) that stands in playlists of one genre only."""
    table = pd.read_csv(raw.path("songs"), encoding="cp1252", dtype=str, keep_default_na=False)
    frame = pd.DataFrame(
        {
            "title": _text(table["track_name"]),
            "artist": _text(table["track_artist"]),
            "album": _text(table["track_album_name"]),
            "release_date": pd.to_datetime(table["track_album_release_date"].map(first_day), utc=True),
            "popularity": pd.to_numeric(table["track_popularity"]),
            "key": pd.to_numeric(table["key"]).map(dict(enumerate(KEYS))),
            "mode": pd.to_numeric(table["mode"]).map(dict(enumerate(MODES))),
            **{name: pd.to_numeric(table[name]) for name in AUDIO},
            "playlist_genre": table["playlist_genre"],
        }
    )
    frame["artist_key"] = key(frame["artist"])
    song = [frame["artist_key"], frame["title"].str.casefold()]
    frame = frame[frame.groupby(song)["playlist_genre"].transform("nunique") == 1]
    best_known = frame.sort_values("popularity", ascending=False, kind="stable").groupby(song).head(1)
    return best_known.sort_index()


def first_day(date: str) -> str:
    """A date that may lack its month or day, as its first day.

    >>> [first_day(date) for date in ("1970", "1970-11", "1970-11-09")]
    ['1970-01-01', '1970-11-01', '1970-11-09']
    """
    return date + "0000-01-01"[len(date) :]


def _text(texts: pd.Series[Any]) -> pd.Series[Any]:
    """Clean text, with the characters back that were written as `<U+6D77>`."""
    return clean(texts.map(lambda text: _ESCAPE.sub(lambda code: chr(int(code[1], 16)), text)))
