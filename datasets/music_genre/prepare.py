"""Records of the music_genre task: releases in shops, simulated. How the world is built stands in README.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .._market.brands import make_brands
from .._market.evidence import Evidence, clarity, posterior_frame
from .._market.pictures.cover_sheet import PALETTES
from .._market.pictures.covers import MOTIFS, Cover, album_cover
from .._market.sellers import LANGUAGES, Seller, make_sellers
from .._market.world import article_number
from .words import Words, spoilt
from .world import FORMATS, SPREADS, STYLES, THEMES, World, make_world, unscaled

if TYPE_CHECKING:
    from benchmark.catalog import Raw

ROWS = {"small": 4000, "full": 60000}
LARGEST, SMALLEST = 300, 60  # rows of a genre among 4,000
SELLERS, LABELS = 80, 120
NEW = 0.12
CHANGE = 0.65  # chance that a new record has a new seller, label or wording
SAID = 0.9  # chance that the shop's line names an occasion
AUDIO = ("tempo", "energy", "acoustic", "instrumental", "speech", "valence", "loudness", "duration")
NAMES = {
    "tempo": "tempo_bpm",
    "acoustic": "acousticness",
    "instrumental": "instrumentalness",
    "speech": "speechiness",
    "loudness": "loudness_db",
    "duration": "duration_s",
}
DIGITS = {"tempo": 1, "loudness": 1, "duration": 0, "year": 0, "tracks": 0}

Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Alike(np.random.Generator):
    """A generator whose draws are alike for all records of an album; `album` (records,) numbers the albums."""

    def __init__(self, rng: np.random.Generator, album: Codes) -> None:
        super().__init__(rng.bit_generator)
        self.album, self.albums = album, int(album.max()) + 1

    def random(self, size: Any = None, *_: Any, **__: Any) -> Any:
        """Uniform draws, one per album, spread over its records."""
        return super().random(self.albums)[self.album]

    def normal(self, loc: Any = 0.0, scale: Any = 1.0, size: Any = None) -> Any:
        """Normal draws, one per album, spread over its records."""
        return loc + scale * super().standard_normal(self.albums)[self.album]


def records(raw: Raw) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row per release, and the chances of its genres given what the row shows."""
    frame, evidence, world = simulate(raw)
    chances = evidence.posterior()
    frame["evidence"] = clarity(chances)
    return frame, posterior_frame(chances, world.genres)


def simulate(raw: Raw, pictures: bool = True) -> tuple[pd.DataFrame, Evidence, World]:
    """The records without the slice, their evidence, and the world they are from; covers only with `pictures`."""
    rng = raw.streams.rng
    world = make_world(rng("rates"))
    state, album = deal(rng("labels"), ROWS[raw.size], len(world.genres))
    new, changed = _changes(rng("new"), album)
    sellers = make_sellers(rng("sellers"), SELLERS)
    seller = _sellers(rng("sales"), sellers, changed[:, 0])
    evidence = Evidence(state, np.bincount(state).astype(float))
    drawn = _draw(evidence, world, album, [sellers[at] for at in seller], rng)
    frame = _texts(raw, world, drawn, album, [sellers[at] for at in seller], changed[:, 2])
    frame["label"] = _labels(rng("brands"), album, changed[:, 1], rng("companies"))
    for name in SPREADS:
        printed = unscaled(name, drawn[name])
        frame[NAMES.get(name, name)] = np.round(printed, DIGITS.get(name, 3))
    frame["year"] = frame["year"].clip(1950, 2025)
    frame["tracks"] = frame["tracks"].clip(lower=1)
    frame["format"] = _named(drawn["format"], FORMATS)
    frame["explicit"] = _named(drawn["explicit"], ("no", "yes"))
    if pictures:
        frame["cover"] = _covers(rng("pictures"), drawn, album)
    frame["genre"] = np.array(world.genres, object)[state]
    frame["product"] = [f"album {number}" for number in album]
    frame["new"] = new
    return frame, evidence, world


def deal(rng: np.random.Generator, rows: int, genres: int) -> tuple[Codes, Codes]:
    """The genre and the album of each record; exact counts in a long tail, albums of 1 to 3 records."""
    tail = np.linspace(1, 0, genres) ** 5
    counts = (SMALLEST + (LARGEST - SMALLEST) * tail) * rows / ROWS["small"]
    counts = (
        np.floor(counts * rows / max(counts.sum(), rows)).clip(SMALLEST * rows // ROWS["small"]).astype(int)
    )
    counts[0] += rows - counts.sum()
    state: list[int] = []
    album: list[int] = []
    number = 0
    for genre, count in zip(rng.permutation(genres), counts, strict=True):
        sizes = rng.choice([1, 2, 3], count, p=[0.62, 0.26, 0.12])
        members = np.repeat(np.arange(count), sizes)[:count]
        state += [int(genre)] * count
        album += (number + members).tolist()
        number += int(members.max()) + 1
    order, numbers = rng.permutation(rows), rng.permutation(number)
    return np.array(state)[order], numbers[np.array(album)[order]]


def _changes(rng: np.random.Generator, album: Codes) -> tuple[Flags, Flags]:
    """Whether each record is new, and what of it: seller, label, wording (records, 3); label and wording by album."""
    albums = int(album.max()) + 1
    new = (rng.permutation(albums) < round(NEW * albums))[album]
    what = rng.random((albums, 3)) < CHANGE
    none = ~what.any(axis=1)
    what[none, rng.integers(0, 3, none.sum())] = True
    return new, what[album] & new[:, None]


def _sellers(rng: np.random.Generator, sellers: list[Seller], new: Flags) -> Codes:
    late = np.array([seller.new for seller in sellers])
    trade = rng.lognormal(0, 0.7, len(sellers))
    found = np.zeros(len(new), np.int64)
    for flag in (False, True):
        share = np.where(late == flag, trade, 0)
        found[new == flag] = rng.choice(len(sellers), (new == flag).sum(), p=share / share.sum())
    return found


def _draw(
    evidence: Evidence, world: World, album: Codes, sellers: list[Seller], streams: Any
) -> dict[str, Any]:
    """All evidence, in codes of the world's tables and on the scale of its numbers."""
    shown = streams("shown")
    records = len(album)
    omits = np.array([seller.omits for seller in sellers])
    draws = streams("evidence")
    alike = Alike(streams("album evidence"), album)
    drawn: dict[str, Any] = {}
    for name in ("theme", "style", "title_language"):
        drawn[name] = evidence.category("text", world.tables[name], alike)
    said = (shown.random(records) < SAID) & (shown.random(records) >= omits / 2)
    drawn["occasion"] = evidence.category("text", world.tables["occasion"], draws, said)
    measured = shown.random(records) >= omits / 3
    for name in SPREADS:
        given = shown.random(records) >= omits / 2
        given = given & measured if name in AUDIO else given
        drawn[name] = evidence.number("numbers", world.means[name], world.spreads[name], alike, given)
    for name, rng in (("format", draws), ("explicit", alike)):
        given = shown.random(records) >= omits / 2
        drawn[name] = evidence.category("numbers", world.tables[name], rng, given)
    pictured = shown.random(records) < np.array([seller.pictures for seller in sellers])
    for name in ("motif", "palette"):
        drawn[name] = evidence.category("pictures", world.tables[name], alike, pictured)
    return drawn


def _texts(
    raw: Raw, world: World, drawn: dict[str, Any], album: Codes, sellers: list[Seller], new: Flags
) -> pd.DataFrame:
    """Title, artist, line, language and store; records of an album share the title's words and the artist."""
    words = Words(raw.streams.rng("lexicon"), raw.streams.rng("artists"))
    rng, noise = raw.streams.rng("texts"), raw.streams.rng("noise")
    known: dict[int, tuple[str, str]] = {}
    rows = []
    for at, seller in enumerate(sellers):
        language = LANGUAGES[drawn["title_language"][at]]
        if (number := int(album[at])) not in known:
            title = words.title(language, THEMES[drawn["theme"][at]], rng, bool(new[at]))
            title = f"{title} [{article_number(rng)}]"
            known[number] = title, words.artist(language, STYLES[drawn["style"][at]], rng)
        title, artist = known[number]
        if noise.random() < 0.15:
            title = f"{title} {words.edition(language, noise)}"
        own = seller.language if noise.random() >= seller.foreign else str(noise.choice(LANGUAGES))
        occasion = world.occasions[code] if (code := drawn["occasion"][at]) >= 0 else ""
        line = words.line(own, occasion, rng, bool(new[at]))
        if not occasion and noise.random() < 0.5:
            line = ""
        rows.append(
            (
                spoilt(title, seller, noise),
                artist,
                spoilt(line, seller, noise) or None,
                seller.language,
                seller.name,
            )
        )
    return pd.DataFrame(rows, columns=["title", "artist", "description", "language", "store"])


def _labels(
    brands: np.random.Generator, album: Codes, new: Flags, rng: np.random.Generator
) -> NDArray[np.object_]:
    """A record company per album, from the last quarter of the pool where it is to be new; some are not given."""
    endings = ("Records", "Music", "Recordings", "Tonträger", "Disques", "Discos", "Edizioni", "Sounds")
    pool = [f"{name} {endings[int(brands.integers(0, 8))]}" for name in make_brands(brands, LABELS)]
    late = LABELS * 3 // 4
    old, fresh = (
        (rng.random(int(album.max()) + 1) ** 1.6)[album],
        rng.integers(late, LABELS, int(album.max()) + 1)[album],
    )
    found = np.array(pool, object)[np.where(new, fresh, (old * late).astype(int))]
    found[rng.random(len(album)) < 0.1] = None
    return found


def _covers(rng: np.random.Generator, drawn: dict[str, Any], album: Codes) -> list[bytes | None]:
    """One scan per record; the print is the album's."""
    seed, layout = int(rng.integers(2**62)), int(rng.integers(2**62))
    return [
        album_cover(
            Cover(MOTIFS[motif], PALETTES[palette], layout + int(number)), np.random.default_rng([seed, row])
        )
        if motif >= 0
        else None
        for row, (motif, palette, number) in enumerate(
            zip(drawn["motif"], drawn["palette"], album, strict=True)
        )
    ]


def _named(codes: Codes, names: tuple[str, ...]) -> NDArray[np.object_]:
    return np.array([*names, None], object)[codes]
