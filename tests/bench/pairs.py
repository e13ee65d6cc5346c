"""10M scored pairs of 1M records, from a Parquet file to the score, in a fresh process."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from tests.bench.big import big_task, true_labels
from tests.bench.clusters import scored
from tests.bench.measure import apart
from tests.bench.rows import Row

ROWS = 1_000_000
PAIRS = 10_000_000
SECONDS = 100
MEMORY = 4_000_000_000


def rows(folder: Path) -> list[Row]:
    file = folder / "pairs.parquet"
    prepared = apart(_write, file)
    taken, peak = apart(scored, prepared, file)
    name = "check + score, 10M pairs of 1M records"
    return [Row(name, taken, seconds_limit=SECONDS, peak=peak, peak_limit=MEMORY)]


def _write(file: Path) -> Path:
    """True pairs of records that stand near each other in their entity, and pairs at random."""
    task = big_task("matching", ROWS)
    true = true_labels(task)
    rng = np.random.default_rng(1)
    entity, records = pd.factorize(true)[0], len(true)
    order = np.argsort(entity, kind="stable")
    near = [(order[:-step], order[step:]) for step in (1, 2, 3)]
    near = [(left[same], right[same]) for left, right in near for same in [entity[left] == entity[right]]]
    chance = rng.integers(0, records, (2, PAIRS))
    left, right = np.concatenate([*map(np.stack, near), chance], axis=1)
    key = np.unique(np.minimum(left, right) * records + np.maximum(left, right))
    left, right = np.divmod(key, records)
    kept = rng.permutation(np.flatnonzero(left != right))[:PAIRS]
    left, right = left[kept], right[kept]
    center = np.where(entity[left] == entity[right], 0.7, 0.2)
    ids = pa.array(true.index, pa.string())
    table = {
        "left_id": ids.take(pa.array(left)),
        "right_id": ids.take(pa.array(right)),
        "score": np.clip(rng.normal(center, 0.2), 0, 1),
    }
    pyarrow.parquet.write_table(pa.table(table), file)
    return task.folder
