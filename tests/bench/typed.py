"""A typed table of 1M rows and 12 columns from disk, beside pandas' readers with their defaults.

The mix is that of a table of products: 4 texts (from two words to forty), 3 numbers, 3 categories (10, 200 and 30
values), a time and the path of a picture; up to half of a column is missing. The limits were set against pandas 2,
which makes Python objects of strings; pandas 3 keeps them in Arrow, as ours does, and is about as fast.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from benchmark.columns import Column
from benchmark.tables import STRING, read_typed, write_csv, write_parquet
from tests.bench.measure import alternately, apart
from tests.bench.rows import Row

ROWS = 1_000_000
ROUNDS = 5
WORDS = ("lamp", "chair", "table", "steel", "glass", "oak", "cotton", "red", "blue", "small", "new", "garden")
LENGTHS = {"title": (3, 9), "description": (15, 40), "series": (2, 3), "details": (5, 15)}
MEDIANS = {"price": 20, "rating": 3, "weight": 200}
VALUES = {
    name: tuple(f"{name} {code}" for code in range(count))
    for name, count in {"shop": 10, "category": 200, "colour": 30}.items()
}
MISSING = {
    "description": 0.2,
    "series": 0.1,
    "details": 0.4,
    "price": 0.05,
    "rating": 0.5,
    "weight": 0.3,
    "category": 0.02,
    "colour": 0.3,
    "seen": 0.1,
    "picture": 0.2,
}
COLUMNS = (
    *(Column(name, "text") for name in LENGTHS),
    *(Column(name, "numeric") for name in MEDIANS),
    *(Column(name, "categorical", values=values) for name, values in VALUES.items()),
    Column("seen", "datetime"),
    Column("picture", "image"),
)


def rows(folder: Path) -> list[Row]:
    parquet, csv = folder / "table.parquet", folder / "table.csv"
    apart(_write, parquet, csv)
    return apart(_compare, parquet, csv)


def _write(parquet: Path, csv: Path) -> None:
    """Write the table twice, and refuse to measure a reader that does not give it back with its types."""
    frame = _table(np.random.default_rng(0))
    write_parquet(frame, parquet, COLUMNS)
    write_csv(frame, csv)
    pd.testing.assert_frame_equal(read_typed(parquet, COLUMNS), frame)
    pd.testing.assert_frame_equal(read_typed(csv, COLUMNS, "csv"), frame)


def _compare(parquet: Path, csv: Path) -> list[Row]:
    one = alternately(lambda: read_typed(parquet, COLUMNS), lambda: pd.read_parquet(parquet), rounds=ROUNDS)
    two = alternately(lambda: read_typed(csv, COLUMNS, "csv"), lambda: pd.read_csv(csv), rounds=ROUNDS)
    return [
        Row.ratio_of("typed Parquet, 1M x 12", one[0], "pandas.read_parquet", one[1], limit=0.5),
        Row.ratio_of("typed CSV, 1M x 12", two[0], "pandas.read_csv", two[1], limit=0.25),
    ]


def _table(rng: np.random.Generator) -> pd.DataFrame:
    ids = pd.Series([f"{code:016x}" for code in rng.integers(0, 2**63, ROWS)], dtype=STRING)
    seconds = rng.integers(1_600_000_000, 1_700_000_000, ROWS)
    frame = pd.DataFrame(
        {name: _texts(rng, *between) for name, between in LENGTHS.items()}
        | {name: (median * rng.lognormal(0, 1, ROWS)).round(2) for name, median in MEDIANS.items()}
        | {name: pd.Categorical(rng.choice(values, ROWS), values) for name, values in VALUES.items()}
        | {"seen": pd.Series(pd.to_datetime(seconds, unit="s", utc=True)).dt.as_unit("us")}
        | {"picture": "images/" + ids + ".jpg"}
    )
    for name, share in MISSING.items():
        frame[name] = frame[name].mask(rng.random(ROWS) < share)
    return frame.set_index(pd.Index(ids, name="id"))


def _texts(rng: np.random.Generator, fewest: int, most: int) -> pd.Series[str]:
    """Texts of so many words, drawn from a pool, each with a number of its own."""
    pool = [" ".join(rng.choice(WORDS, rng.integers(fewest, most + 1))) for _ in range(10_000)]
    chosen = rng.integers(0, len(pool), ROWS)
    return pd.Series([f"{pool[code]} {row}" for row, code in enumerate(chosen)], dtype=STRING)
