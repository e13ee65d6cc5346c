"""Pairs in the light of others, average link, and the choice of a way to decide."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from baselines._decision import Block, Decision, best_decision
from baselines._pair_graph import around, average_link
from baselines._pairs import Pairs, connected


def pairs_of(*pairs: tuple[int, int]) -> Pairs:
    left, right = np.array(pairs, np.int64).reshape(-1, 2).T
    return Pairs(left, right, np.ones(len(left)))


def test_third_records_by_hand() -> None:
    triangle = pairs_of((0, 1), (0, 2), (1, 2))
    found = around(3, triangle, np.array([0.2, 0.9, 0.8]))
    assert found["paths"].tolist() == pytest.approx([0.9 * 0.8, 0.2 * 0.8, 0.2 * 0.9])
    assert found["third records"].tolist() == [1, 1, 1]
    assert found["contradictions"].tolist() == pytest.approx([0.9 + 0.8 - 2 * 0.72, 0.68, 0.74])
    assert found["fellows at most"].tolist() == pytest.approx([1.1, 1.7, 1.7])
    assert found["against the better best"].tolist() == pytest.approx([0.2 / 0.9, 1, 0.8 / 0.9])


def by_force(records: int, sure: np.ndarray, threshold: float) -> list[set[int]]:
    """Average link on the full matrix, step by step."""
    clusters = [{record} for record in range(records)]
    while True:
        means = {
            (i, j): np.mean([sure[a, b] for a in clusters[i] for b in clusters[j]])
            for i in range(len(clusters))
            for j in range(i)
        }
        if not means or max(means.values()) < threshold:
            return clusters
        i, j = max(means, key=lambda pair: means[pair])
        clusters[j] |= clusters[i]
        del clusters[i]


@pytest.mark.parametrize("threshold", [0.1, 0.25, 0.5, 0.8])
def test_average_link_is_that_of_the_full_matrix(threshold: float) -> None:
    rng = np.random.default_rng(3)
    sure = np.triu(rng.random((14, 14)) * (rng.random((14, 14)) < 0.6), 1)
    left, right = np.nonzero(sure)
    merges = average_link(14, Pairs(left, right, np.ones(len(left))), sure[left, right], 0.05)
    assert (np.diff(merges.similarity) <= 1e-12).all()
    cluster = connected(14, merges, merges.similarity >= threshold)
    found = {frozenset(np.flatnonzero(cluster == name).tolist()) for name in np.unique(cluster)}
    assert found == {frozenset(one) for one in by_force(14, sure + sure.T, threshold)}


def chain() -> tuple[Block, np.ndarray]:
    """Two triples of an entity each, and one pair between them that looks alike."""
    pairs = pairs_of((0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5), (2, 3))
    block = Block(np.arange(6), pairs, pd.DataFrame(), None, np.array([0, 0, 0, 1, 1, 1]))
    return block, np.array([0.9, 0.6, 0.9, 0.9, 0.6, 0.9, 0.95])


def test_average_link_is_chosen_where_components_chain() -> None:
    block, probability = chain()
    chosen = best_decision("clustering", [block], [probability])
    assert chosen.link
    cluster = chosen.cluster(block, chosen.edges(block, probability))
    assert len(np.unique(cluster)) == 2


def test_pairs_alone_are_chosen_where_they_are_right() -> None:
    block, _ = chain()
    probability = block.match.astype(float)
    chosen = best_decision("matching", [block], [probability])
    assert not chosen.link
    assert chosen.match(block, chosen.edges(block, probability)).tolist() == block.match.tolist()


def test_only_the_ways_that_are_given_are_tried() -> None:
    block, probability = chain()
    assert not best_decision("clustering", [block], [probability], ways=(False,)).link


def test_no_pair_is_no_match() -> None:
    block = Block(np.arange(2), pairs_of(), pd.DataFrame(), None, np.arange(2))
    for link in (False, True):
        decision = Decision(link, 0.5)
        assert decision.cluster(block, decision.edges(block, np.empty(0))).tolist() == [0, 1]
