"""Candidate pairs and what is made of them, against hand-computed cases and brute force."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from baselines import _pairs as pairing


def some_pairs(*pairs: tuple[int, int]) -> pairing.Pairs:
    left, right = np.array(pairs, np.int64).reshape(-1, 2).T
    return pairing.Pairs(left, right, np.ones(len(left)))


def test_nearest_pairs_are_those_of_brute_force() -> None:
    rng = np.random.default_rng(0)
    dense = rng.random((40, 6)) * (rng.random((40, 6)) < 0.5)
    product = dense @ dense.T
    np.fill_diagonal(product, 0)
    wanted = set()
    for row in range(40):
        best = np.argsort(-product[row])[:3]
        wanted |= {(min(row, other), max(row, other)) for other in best if product[row, other] > 0}
    found = pairing.nearest_pairs(csr_array(dense), neighbours=3)
    assert set(zip(found.left, found.right, strict=True)) == wanted
    assert np.allclose(found.similarity, product[found.left, found.right])


def test_neighbours_are_of_other_sources() -> None:
    vectors, source = csr_array(np.ones((6, 1))), np.array([0, 0, 0, 1, 1, 1])
    found = pairing.nearest_pairs(vectors, source=source)
    assert len(found) == 9
    assert (source[found.left] != source[found.right]).all()


@pytest.mark.parametrize("records", [0, 1])
def test_one_record_has_no_pair(records: int) -> None:
    assert len(pairing.nearest_pairs(csr_array(np.ones((records, 2))))) == 0


def test_nearest_dense_are_those_of_brute_force() -> None:
    pytest.importorskip("voyager")
    dense = np.random.default_rng(0).normal(size=(60, 8)).astype(np.float32)
    dense /= np.linalg.norm(dense, axis=1, keepdims=True)
    dense[7] = 0
    wanted, found = pairing.nearest_pairs(csr_array(dense), neighbours=3), pairing.nearest_dense(dense, 3)
    assert set(zip(found.left, found.right, strict=True)) == set(zip(wanted.left, wanted.right, strict=True))
    assert np.allclose(found.similarity, wanted.similarity, atol=1e-5)
    again = pairing.nearest_dense(dense, 3)
    assert np.array_equal(found.left, again.left)
    source = np.arange(60) % 2
    across = pairing.nearest_dense(dense, 3, source)
    assert (source[across.left] != source[across.right]).all()
    assert len(pairing.nearest_dense(np.zeros((5, 2), np.float32))) == 0


def test_joined_pairs_stand_once_with_their_highest_similarity() -> None:
    one = pairing.Pairs(np.array([0, 1]), np.array([1, 2]), np.array([0.2, 0.9]))
    other = pairing.Pairs(np.array([0, 0]), np.array([1, 2]), np.array([0.5, 0.1]))
    joined = pairing.join([one, other], 3)
    assert joined.left.tolist() == [0, 0, 1]
    assert joined.right.tolist() == [1, 2, 2]
    assert joined.similarity.tolist() == [0.5, 0.1, 0.9]
    assert len(pairing.join([], 3)) == 0


def test_chains_are_one_cluster() -> None:
    pairs = some_pairs((0, 1), (1, 2), (3, 4))
    cluster = pairing.connected(6, pairs, np.array([True, True, False]))
    assert len({cluster[0], cluster[1], cluster[2]}) == 1
    assert len(set(cluster)) == 4


def test_pair_f1_counts_true_pairs_that_were_not_proposed() -> None:
    entity = np.array([0, 0, 0, 1, 1])  # four true pairs
    pairs = some_pairs((0, 1), (0, 3))
    assert pairing.pair_f1(pairs, np.array([True, True]), entity) == pytest.approx(2 * 1 / (2 + 4))
    source = np.array([0, 0, 1, 0, 1])  # of which three are across sources
    assert pairing.pair_f1(some_pairs((0, 2)), np.array([True]), entity, source) == pytest.approx(2 / (1 + 3))


def test_bcubed_f1_is_the_definition_row_by_row() -> None:
    rng = np.random.default_rng(1)
    cluster, entity = rng.integers(0, 8, 40), rng.integers(0, 8, 40)

    def mean_share(among: np.ndarray, other: np.ndarray) -> float:
        shares = []
        for row in range(40):
            mates = [i for i in range(40) if i != row and among[i] == among[row]]
            if mates:
                shares.append(np.mean([other[i] == other[row] for i in mates]))
        return float(np.mean(shares))

    precision, recall = mean_share(cluster, entity), mean_share(entity, cluster)
    wanted = 2 * precision * recall / (precision + recall)
    assert pairing.bcubed_f1(cluster, entity) == pytest.approx(wanted)
    assert pairing.bcubed_f1(np.arange(40), entity) == 0


def test_families_are_drawn_whole_and_by_the_seed() -> None:
    family = pd.Series([f"f{i // 3}" for i in range(90)])
    first, again, other = (pairing.sample_families(family, 30, seed) for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert len(first) == 30
    assert (family.iloc[first].value_counts() == 3).all()


def test_families_are_dealt_whole_into_blocks_of_one_size() -> None:
    family = pd.Series([f"f{i // 3}" for i in range(90)] + ["large"] * 30)
    blocks = pairing.deal_families(family, 3, 0)
    assert sorted(np.concatenate(blocks).tolist()) == list(range(120))
    assert max(map(len, blocks)) - min(map(len, blocks)) <= 3
    names = [set(family.iloc[block]) for block in blocks]
    assert not names[0] & names[1] | names[0] & names[2] | names[1] & names[2]


def test_at_least_one_family_is_drawn() -> None:
    assert len(pairing.sample_families(pd.Series(["a"] * 5), 1, 0)) == 5


def test_the_best_threshold_is_the_first_of_the_best() -> None:
    values, grid = np.array([0.1, 0.5, 0.9]), np.array([0.2, 0.4, 0.6])
    assert pairing.best_threshold(values, lambda decided: float(decided.sum() == 2), grid) == (0.2, 1.0)


def test_scored_pairs_name_the_records() -> None:
    found = pairing.scored_pairs(pd.Index(["x", "y", "z"]), some_pairs((0, 2)), np.array([0.7]))
    assert found.to_numpy().tolist() == [["x", "z", 0.7]]
    nothing = pairing.scored_pairs(pd.Index(["x"]), some_pairs(), np.array([]))
    assert nothing.columns.tolist() == ["left_id", "right_id", "score"]
