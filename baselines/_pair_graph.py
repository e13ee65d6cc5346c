"""A pair in the light of the pairs around it: what other records say of two records' belonging together."""

from __future__ import annotations

import heapq

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array

from baselines._pairs import Pairs

_STEP = 100_000


def around(records: int, pairs: Pairs, probability: NDArray[np.float64]) -> pd.DataFrame:
    """Numbers of each pair from the probabilities (pairs,) of all pairs to match; one row per pair.

    With p(i, k) = 0 where i and k are no candidates: the records that one record expects to match, the paths over a
    third record k, sum of p(i, k) p(k, j), also against how many of either side's are expected by chance and
    against those that contradict; the cosine of the two rows of p; p against the best of either record.
    """
    weights, known = (_symmetric(records, pairs, values) for values in (probability, np.ones(len(pairs))))
    paths = _at(weights @ weights, pairs)
    both_known = _at(known @ known, pairs)
    one, other = _at(weights @ known, pairs), _at(known @ weights, pairs)
    expected = np.asarray(weights.sum(axis=1)).ravel()
    length = np.sqrt(np.asarray((weights * weights).sum(axis=1)).ravel() + 1)
    best = np.zeros(records)
    for end in (pairs.left, pairs.right):
        np.maximum.at(best, end, probability)
    of_best = probability / np.maximum([best[pairs.left], best[pairs.right]], 1e-6)
    ends = np.array([expected[pairs.left], expected[pairs.right]])
    return pd.DataFrame(
        {
            "probability": probability,
            "fellows at least": ends.min(axis=0),
            "fellows at most": ends.max(axis=0),
            "third records": both_known,
            "paths": paths,
            "paths beyond chance": paths - one * other / np.maximum(both_known, 1),
            "contradictions": one + other - 2 * paths,
            "share of paths": paths / np.maximum(one + other - paths, 1e-6),
            "profiles alike": (paths + 2 * probability) / (length[pairs.left] * length[pairs.right]),
            "against the better best": of_best.min(axis=0),
            "against the lesser best": of_best.max(axis=0),
        }
    )


def average_link(records: int, pairs: Pairs, probability: NDArray[np.float64], least: float) -> Pairs:
    """The merges of average-link clustering as pairs of records, with the mean probability at which they merge.

    At each step the two clusters merge whose records have the highest mean probability to match, those of no
    candidate pair counted as 0, until that mean falls below `least`. As means only fall, the components of the
    merges above a threshold are the clusters at that threshold.
    """
    near: list[dict[int, float]] = [{} for _ in range(records)]  # sums of probability to other clusters
    size, changes = [1] * records, [0] * records
    waiting = []
    for one, other, sure in zip(pairs.left.tolist(), pairs.right.tolist(), probability.tolist(), strict=True):
        near[one][other] = near[other][one] = sure
        if sure >= least:
            waiting.append((-sure, one, other, 0, 0))
    heapq.heapify(waiting)
    merges = []
    while waiting:
        height, one, other, seen, also_seen = heapq.heappop(waiting)
        if changes[one] != seen or changes[other] != also_seen:
            continue
        merges.append((one, other, -height))
        if len(near[one]) < len(near[other]):
            one, other = other, one
        size[one] += size[other]
        changes[one] += 1
        changes[other] = -1  # gone
        del near[one][other]
        for third, total in near[other].items():
            if third != one:
                near[one][third] = near[one].get(third, 0.0) + total
                del near[third][other]
        near[other] = {}
        for third, total in near[one].items():
            near[third][one] = total
            mean = total / (size[one] * size[third])
            if mean >= least:
                heapq.heappush(waiting, (-mean, one, third, changes[one], changes[third]))
    ends = np.array([merge[:2] for merge in merges], np.int64).reshape(-1, 2)
    return Pairs(ends[:, 0], ends[:, 1], np.array([height for *_, height in merges], np.float64))


def _symmetric(records: int, pairs: Pairs, values: NDArray[np.float64]) -> csr_array:
    half = coo_array((values, (pairs.left, pairs.right)), shape=(records, records)).tocsr()
    return csr_array(half + half.T)


def _at(matrix: csr_array, pairs: Pairs) -> NDArray[np.float64]:
    """The cells of the pairs."""
    parts = [
        matrix[pairs.left[start : start + _STEP], pairs.right[start : start + _STEP]]
        for start in range(0, len(pairs), _STEP)
    ]
    return np.concatenate([*parts, np.empty(0)])
