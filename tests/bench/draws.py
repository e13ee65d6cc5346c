"""1,000 draws of a metric from additive counts, beside computing it anew on 1,000 resampled sets of rows.

The other is plain numpy on integer codes; a few of its draws are timed and scaled to 1,000. Ours is timed with the
counts and the weights, which are otherwise made once for all submissions.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.intervals import DRAWS, estimate, weights
from benchmark.metrics import ClusterOutcome, LabelOutcome, Metric
from tests.bench.measure import alternately, apart
from tests.bench.rows import Row

ROWS = 1_000_000
CLASSES = 1000
BUCKETS = 1000
ROUNDS = 5
TIMED = 5
LIMIT = 0.01
Codes = NDArray[np.int64]


def rows(folder: Path) -> list[Row]:
    return [apart(_labels), apart(_clusters)]


def _labels() -> Row:
    rng = np.random.default_rng(0)
    true, guess, bucket = (rng.integers(0, count, ROWS) for count in (CLASSES, CLASSES, BUCKETS))
    predicted = np.where(rng.random(ROWS) < 0.7, true, guess)
    return _row(
        "macro_f1",
        lambda: LabelOutcome(true, predicted, CLASSES, bucket, BUCKETS),
        lambda chosen: macro_f1(true[chosen], predicted[chosen]),
    )


def _clusters() -> Row:
    rng = np.random.default_rng(0)
    true = np.repeat(np.arange(ROWS), rng.geometric(0.25, ROWS))[:ROWS]
    predicted = np.where(rng.random(ROWS) < 0.8, true, rng.integers(0, true.max(), ROWS))
    return _row(
        "bcubed_f1",
        lambda: ClusterOutcome(true, predicted, true % BUCKETS, BUCKETS),
        lambda chosen: bcubed_f1(true[chosen], predicted[chosen]),
    )


def _row(name: str, outcome: Callable[[], Any], anew: Callable[[Codes], float]) -> Row:
    metric, rng = Metric(name), np.random.default_rng(0)

    def ours() -> float:
        weights.cache_clear()
        return estimate(metric, outcome(), "bench").value

    def other() -> list[float]:
        return [anew(rng.integers(0, ROWS, ROWS)) for _ in range(TIMED)]

    assert abs(ours() - anew(np.arange(ROWS))) < 1e-9
    mine, others = alternately(ours, other, rounds=ROUNDS)
    scaled = [taken * DRAWS / TIMED for taken in others]
    return Row.ratio_of(f"1,000 draws of {name}, 1M rows", mine, "numpy on resampled rows", scaled, LIMIT)


def macro_f1(true: Codes, predicted: Codes) -> float:
    """
    >>> round(macro_f1(np.array([0, 0, 1]), np.array([0, 1, 1])), 3)
    0.667
    """
    support, claimed = np.bincount(true, minlength=CLASSES), np.bincount(predicted, minlength=CLASSES)
    hits = np.bincount(true[true == predicted], minlength=CLASSES)
    present = support > 0
    return float((2 * hits[present] / (support + claimed)[present]).mean())


def bcubed_f1(true: Codes, predicted: Codes) -> float:
    """
    >>> round(bcubed_f1(np.array([0, 0, 1]), np.array([0, 0, 0])), 3)
    0.5
    """
    true_size, size = np.bincount(true), np.bincount(predicted)
    cell, shared = np.unique(true * len(size) + predicted, return_counts=True)
    links = shared * (shared - 1)

    def mean_share(cluster: Codes, size: Codes) -> float:
        return float((links / np.maximum(size[cluster] - 1, 1)).sum() / max(size[size > 1].sum(), 1))

    precision, recall = mean_share(cell % len(size), size), mean_share(cell // len(size), true_size)
    return 2 * precision * recall / (precision + recall)
