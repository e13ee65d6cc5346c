"""Populations of families with a known truth, for the coverage of intervals in `test_intervals`.

A sample of families, drawn anew many times, is one test set; a population of very many families tells the
value that the interval should cover. Families differ in size and difficulty, so that rows of a family go
wrong together. `random` is a numpy RandomState, whose stream is the same in every version of numpy.
"""

from __future__ import annotations

import numpy as np

from benchmark.intervals import buckets
from benchmark.metrics import ClusterOutcome, LabelOutcome, PairOutcome


def difficulty(random, mean):
    """The chance that a family's row or pair comes out right; its spread makes a family go wrong together."""
    return random.beta(2 * mean, 2 * (1 - mean))


def labelled(random, families, classes=30, tail=1.0):
    """Long-tailed classes, the rarer the harder; a wrong answer is a neighbour or a frequent class."""
    frequency = np.arange(1, classes + 1.0) ** -tail
    frequency /= frequency.sum()
    family = np.repeat(np.arange(families), 1 + random.poisson(2, families))
    label = random.choice(classes, families, p=frequency)
    right = difficulty(random, np.linspace(0.95, 0.5, classes)[label])[family]
    true, rows = label[family], len(family)
    neighbour = (true + random.randint(1, 4, rows)) % classes
    frequent = random.choice(classes, rows, p=frequency)
    wrong = np.where(random.random_sample(rows) < 0.5, neighbour, frequent)
    predicted = np.where(random.random_sample(rows) < right, true, wrong)
    return LabelOutcome(true, predicted, classes, *buckets(family))


def attractions(random, families, kind):
    """How strongly each family attracts false links."""
    if kind == "even":
        return np.ones(families)
    if kind == "hubs":
        return np.where(random.random_sample(families) < 0.05, 10.0, 0.5)
    return random.gamma(0.5, 2.0, families)


def matched(random, families, false=1.0, attraction="gamma"):
    """One entity per family; `false` false pairs per family, between families that attract them."""
    entity = np.repeat(np.arange(families), 2 + random.poisson(1.5, families))
    records, first = len(entity), np.searchsorted(entity, np.arange(families))
    left, right = [], []
    for step in range(1, 1 + np.bincount(entity).max()):
        start = np.flatnonzero(entity[: records - step] == entity[step:])
        left.append(start)
        right.append(start + step)
    left, right = np.concatenate(left), np.concatenate(right)
    found = random.random_sample(len(left)) < difficulty(random, np.full(families, 0.75))[entity[left]]
    pull = attractions(random, families, attraction)
    number = random.poisson(false * families * pull.mean() ** 2)
    ends = random.choice(families, (2, number), p=pull / pull.sum())
    ends = ends[:, ends[0] != ends[1]]
    ends = first[ends] + random.randint(0, 2, ends.shape)
    left, right = np.append(left[found], ends[0]), np.append(right[found], ends[1])
    return PairOutcome(entity, left, right, np.ones(len(left)), *buckets(entity))


def clustered(random, families, merged=0.3, attraction="gamma"):
    """One true cluster per family; records fall off it, and the rest merges with other families' rest."""
    true = np.repeat(np.arange(families), 1 + random.poisson(2, families))
    records = len(true)
    off = random.random_sample(records) > difficulty(random, np.full(families, 0.8))[true]
    pull = attractions(random, families // 3, attraction)
    with_others = families + random.choice(families // 3, families, p=pull / pull.sum())
    place = np.where(random.random_sample(families) < merged, with_others, np.arange(families))
    predicted = np.where(off, 2 * families + np.arange(records), place[true])
    return ClusterOutcome(true, predicted, *buckets(true))
