"""Records that read alike: candidate pairs by character TF-IDF, and what is made of decided pairs.

Shared by the baselines for matching and clustering. Nothing is learned here but the place of one threshold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from baselines._text import Tfidf

NEIGHBOURS = 20
MOST_PER_RECORD = 20  # pairs, as the format of predictions has it
_CELLS = 20_000_000


@dataclass(frozen=True)
class Pairs:
    """Distinct pairs of positions, left < right, and their cosine similarity; each of shape (pairs,)."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    similarity: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.left)


def text_vectors(texts: Sequence[str]) -> csr_array:
    """Unit vectors of character 2- to 4-grams within words; shape (records, n-grams).

    N-grams that more than 2 % of the records hold are left out: products over them cost the most, and they are
    what different things have in common (on the pricerunner task B-cubed F1 .54 with them, .61 without).
    """
    commonest = int(np.clip(len(texts) // 50, 50, 1_000))
    return Tfidf("char_wb", (2, 4), commonest=commonest).fit_transform(texts)


def nearest_pairs(
    vectors: csr_array, neighbours: int = NEIGHBOURS, source: NDArray[np.int64] | None = None
) -> Pairs:
    """Each record with its nearest neighbours of similarity above 0; at most `neighbours` pairs per record.

    With `source`, neighbours are looked for among the records of other sources.
    """
    records = vectors.shape[0]
    near = min(neighbours, records - 1)
    turned = vectors.T.tocsr()
    left, right, similarity = [], [], []
    step = max(1, _CELLS // max(records, 1))
    for start in range(0, records if near else 0, step):
        here = np.arange(start, min(start + step, records))
        product = (vectors[here] @ turned).toarray()
        product[here - start, here] = 0
        if source is not None:
            product[source[here, None] == source] = 0
        nearest = np.argpartition(-product, near - 1, axis=1)[:, :near]
        left.append(np.repeat(here, near))
        right.append(nearest.ravel())
        similarity.append(np.take_along_axis(product, nearest, axis=1).ravel())
    if not left:
        return Pairs(np.array([], np.int64), np.array([], np.int64), np.array([]))
    one, other, value = np.concatenate(left), np.concatenate(right), np.concatenate(similarity)
    first, second = np.minimum(one, other), np.maximum(one, other)
    _, distinct = np.unique(first * records + second, return_index=True)
    distinct = distinct[value[distinct] > 0]
    return Pairs(first[distinct], second[distinct], value[distinct].astype(np.float64))


def nearest_dense(
    vectors: NDArray[np.float32],
    neighbours: int = NEIGHBOURS,
    source: NDArray[np.int64] | None = None,
    seed: int = 0,
) -> Pairs:
    """`nearest_pairs` for dense unit vectors, (records, axes): approximate, by a graph of neighbours (voyager).

    Rows of 0 have no neighbours. With `source`, near records of the same source take up places of others.
    """
    from voyager import Index, Space

    filled = np.flatnonzero(vectors.any(axis=1))
    near = min(neighbours + 1, len(filled))
    if near < 2:
        return join([], len(vectors))
    index = Index(Space.Cosine, vectors.shape[1], M=16, ef_construction=100, random_seed=seed)
    # one thread: what is found depends on the order in which records come
    index.add_items(vectors[filled], filled, num_threads=1)
    found, distance = index.query(vectors[filled], near, num_threads=1, query_ef=max(100, 2 * near))
    one, other = np.repeat(filled, near), found.ravel().astype(np.int64)
    similarity = 1 - distance.ravel().astype(np.float64)
    kept = (one != other) & (similarity > 0)
    if source is not None:
        kept &= source[one] != source[other]
    one, other = one[kept], other[kept]
    return join([Pairs(np.minimum(one, other), np.maximum(one, other), similarity[kept])], len(vectors))


def join(found: Sequence[Pairs], records: int) -> Pairs:
    """The distinct ones of some pairs of `records` records, with the highest similarity of each."""
    left = np.concatenate([np.empty(0, np.int64), *(pairs.left for pairs in found)])
    right = np.concatenate([np.empty(0, np.int64), *(pairs.right for pairs in found)])
    similarity = np.concatenate([np.empty(0), *(pairs.similarity for pairs in found)])
    order = np.lexsort((-similarity, right, left))
    _, distinct = np.unique((left * records + right)[order], return_index=True)
    return Pairs(left[order][distinct], right[order][distinct], similarity[order][distinct])


def deal_families(family: pd.Series[Any], blocks: int, seed: int) -> list[NDArray[np.int64]]:
    """Positions of the records in `blocks` blocks of about one size, whole families at a time, the largest first."""
    codes, distinct = pd.factorize(family)
    size = np.bincount(codes, minlength=len(distinct))
    order = np.random.default_rng(seed).permutation(len(distinct))
    block, filled = np.zeros(len(distinct), np.int64), np.zeros(blocks)
    for one in order[np.argsort(-size[order], kind="stable")]:
        block[one] = filled.argmin()
        filled[block[one]] += size[one]
    return [np.flatnonzero(block[codes] == number) for number in range(blocks)]


def sample_families(family: pd.Series[Any], size: int, seed: int) -> NDArray[np.int64]:
    """Positions of about `size` records, whole families at a time.

    A threshold moves with the size of the block it was found in: true pairs grow with the number of records,
    chance similarities with its square. So it is looked for in a block as large as the one to be decided.
    """
    codes, distinct = pd.factorize(family)
    order = np.random.default_rng(seed).permutation(len(distinct))
    filled = np.cumsum(np.bincount(codes)[order])
    chosen = order[: max(1, np.searchsorted(filled, size, side="right"))]
    return np.flatnonzero(np.isin(codes, chosen))


def connected(records: int, pairs: Pairs, decided: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Cluster of each record: the connected components of the decided pairs; shape (records,)."""
    left, right = pairs.left[decided], pairs.right[decided]
    graph = coo_array((np.ones(len(left), np.int8), (left, right)), shape=(records, records))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def pair_f1(
    pairs: Pairs,
    decided: NDArray[np.bool_],
    entity: NDArray[np.int64],
    source: NDArray[np.int64] | None = None,
) -> float:
    """F1 of the decided pairs over all true pairs (across sources, where there are sources)."""
    hits = np.count_nonzero(entity[pairs.left[decided]] == entity[pairs.right[decided]])
    true = _pairs_within(entity)
    if source is not None:
        true -= _pairs_within(entity * (source.max() + 1) + source)
    return float(2 * hits / max(1, int(np.count_nonzero(decided)) + true))


def _pairs_within(group: NDArray[np.int64]) -> int:
    sizes = np.unique(group, return_counts=True)[1]
    return int((sizes * (sizes - 1) // 2).sum())


def bcubed_f1(cluster: NDArray[np.int64], entity: NDArray[np.int64]) -> float:
    """Self-excluded B-cubed F1: each record's share of fellows, itself not counted; 0/0 is 0."""

    def mates(group: NDArray[np.int64]) -> NDArray[np.int64]:
        _, place, sizes = np.unique(group, return_inverse=True, return_counts=True)
        return np.asarray(sizes[place] - 1)

    both = mates(cluster * (entity.max() + 1) + entity)

    def mean_share(among: NDArray[np.int64]) -> float:
        kept = among > 0
        return float((both[kept] / among[kept]).mean()) if kept.any() else 0.0

    precision, recall = mean_share(mates(cluster)), mean_share(mates(entity))
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def best_threshold(
    values: NDArray[np.float64], score: Callable[[NDArray[np.bool_]], float], grid: NDArray[np.float64]
) -> tuple[float, float]:
    """The threshold of the grid whose decisions `values >= threshold` score highest, and that score."""
    scores = [score(values >= threshold) for threshold in grid]
    best = int(np.argmax(scores))
    return float(grid[best]), scores[best]


def centred(values: NDArray[np.float64], threshold: float) -> NDArray[np.float64]:
    """Map [0, 1] onto [0, 1] in two straight lines, so that the threshold falls on 0.5.

    >>> centred(np.array([0.0, 0.2, 0.6, 1.0]), 0.2).tolist()
    [0.0, 0.5, 0.75, 1.0]
    """
    return np.interp(values, [0, threshold, 1], [0, 0.5, 1])


def scored_pairs(ids: pd.Index[Any], pairs: Pairs, score: NDArray[np.float64]) -> pd.DataFrame:
    """The predictions table of a matching task: of more pairs than it may have, those of the highest scores."""
    names = ids.astype(object).to_numpy()
    kept = np.sort(np.argsort(-score, kind="stable")[: MOST_PER_RECORD * len(ids)])
    return pd.DataFrame(
        {
            "left_id": pd.Series(names[pairs.left[kept]], dtype="string"),
            "right_id": pd.Series(names[pairs.right[kept]], dtype="string"),
            "score": score[kept],
        }
    )
