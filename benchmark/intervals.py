"""Intervals by resampling families, the same way for every submission, so that submissions can be compared.

Families are grouped into buckets; a metric's additive counts per bucket, weighted 1,000 times, give its
draws. Draws of two submissions on the same rows pair by subtraction. Which counts a metric has is settled in
`benchmark.metrics`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.metrics import Metric
from benchmark.metrics.definition import Floats

MOST_BUCKETS = 1000
DRAWS = 1000
LOW_WEIGHT = 0.15


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % interval and what is behind it: draws (1000,), additive counts (buckets, k).

    None where a metric has no interval, or no counts.
    """

    value: float
    low: float | None = None
    high: float | None = None
    draws: Floats | None = field(default=None, repr=False, compare=False)
    counts: Floats | None = field(default=None, repr=False, compare=False)


def buckets(family: NDArray[Any]) -> tuple[NDArray[np.int64], int]:
    """The resampling bucket of each row, (rows,), and the number of buckets, at most 1,000.

    `family` holds opaque ids, integer or string, (rows,). Beyond 1,000 families several share a bucket; ids
    carry no meaning, so that dealing them out in their order is a random grouping.

    >>> buckets(np.array(["f7", "a1", "f7"]))
    (array([1, 0, 1]), 2)
    """
    names, code = np.unique(family, return_inverse=True)
    return code.astype(np.int64) % MOST_BUCKETS, min(len(names), MOST_BUCKETS)


@lru_cache(maxsize=8)
def weights(seed: str, buckets: int) -> Floats:
    """Random weights of the buckets, the same for the same text; (1000, buckets), rows summing to `buckets`.

    A weight is low or high (0.15 or 2.18), with mean and variance 1 like the counts of a resampling with
    replacement (an exchangeable bootstrap, Praestgaard and Wellner 1993). It is never 0: where rare classes
    drop out of a draw, its macro-F1 is one of other classes.

    >>> table = weights("digest", 4)
    >>> table.shape, bool(np.allclose(table.sum(axis=1), 4)), bool((table > 0).all())
    ((1000, 4), True, True)
    """
    key = np.frombuffer(hashlib.sha256(seed.encode()).digest(), dtype="<u4")
    generator = np.random.RandomState(key)  # not default_rng: this stream is fixed for ever (NEP 19)
    high_weight = 1 + 1 / (1 - LOW_WEIGHT)
    low_chance = (high_weight - 1) / (high_weight - LOW_WEIGHT)
    drawn = np.where(generator.random_sample((DRAWS, buckets)) < low_chance, LOW_WEIGHT, high_weight)
    drawn *= buckets / drawn.sum(axis=1, keepdims=True)
    drawn.flags.writeable = False
    return drawn


def draw(metric: Metric, table: Floats, seed: str) -> Floats:
    """The metric on 1,000 reweightings of a table of additive counts (buckets, k); (1000,)."""
    return metric.value(weights(seed, len(table)) @ table)


def interval(value: float, draws: Floats, level: float = 0.95) -> tuple[float, float]:
    """The symmetric bootstrap interval: the value, give or take a quantile of the draws' distance from it.

    Percentiles of the draws will not do. Rare classes bias macro-F1 downward, and its draws again: with 30
    long-tailed classes, 1,500 rows and 500 families, percentiles of draws with replacement cover the true
    value 80 % of the time and reversed percentiles ("basic") 91 %; with 100 classes it is 91 and 74 %. The
    symmetric interval (Hall 1988) is wide enough for a bias of unknown size: it covers 93 to 97 % in all of
    the simulations in tests/benchmark/test_intervals.py. For two submissions, give the differences of values
    and of draws.

    >>> interval(0.5, np.array([0.25, 0.375, 0.5, 0.5, 0.625]), level=0.75)
    (0.375, 0.625)
    """
    reach = float(np.quantile(np.abs(draws - value), level))
    return value - reach, value + reach


def estimate(metric: Metric, outcome: Any, seed: str) -> Estimate:
    """The metric of an outcome with its interval, seeded by a text that is the same for all submissions.

    There is no interval for a metric that is not additive, nor where fewer than two buckets have anything to
    count. A perfect score has one of no width: resampling cannot show an error that the sample lacks.
    """
    return estimates([metric], outcome, seed)[metric]


def estimates(metrics: Iterable[Metric], outcome: Any, seed: str) -> dict[Metric, Estimate]:
    """Several metrics of one outcome; those of the same counts are counted and weighted once."""
    tables: dict[Any, tuple[Floats, Floats]] = {}
    found: dict[Metric, Estimate] = {}
    for metric in metrics:
        if not metric.additive:
            found[metric] = Estimate(metric.direct(outcome))
            continue
        if metric.counting not in tables:
            table = metric.counts(outcome)
            tables[metric.counting] = table, weights(seed, len(table)) @ table
        table, weighted = tables[metric.counting]
        value = metric.direct(outcome, table)
        if np.count_nonzero(table.any(axis=1)) < 2:
            found[metric] = Estimate(value, counts=table)
            continue
        draws = metric.value(weighted)
        draws += value - metric.value(table.sum(axis=0))
        low, high = np.clip(interval(value, draws), *metric.bounds).tolist()
        found[metric] = Estimate(value, low, high, draws, table)
    return found
