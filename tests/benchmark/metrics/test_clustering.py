from __future__ import annotations

from itertools import combinations

import er_evaluation
import numpy as np
import pandas as pd
import pytest
import sklearn.metrics
from hypothesis import given
from hypothesis import strategies as st

from benchmark.metrics import DEFAULT_METRICS, ClusterOutcome, Metric
from benchmark.metrics.clustering import per_cluster_table

METRICS = DEFAULT_METRICS["clustering"]

# True clusters {0, 1, 2}, {3, 4}, {5} in buckets 0, 1, 2; predicted {0, 1}, {2, 3, 4}, {5}.
TRUE, PREDICTED, BUCKET = (
    np.array([7, 7, 7, 3, 3, 9]),
    np.array([1, 1, 0, 0, 0, 4]),
    np.array([0, 0, 0, 1, 1, 2]),
)
HARD = np.array([-1, 6, 6, 6, 6, -1])


def hand(**changes):
    return ClusterOutcome(TRUE, PREDICTED, BUCKET, 3, **changes)


def f1(precision, recall):
    return 2 * precision * recall / (precision + recall)


@pytest.mark.parametrize(
    ("spelling", "value"),
    [
        ("bcubed_precision", (1 + 1 + 0 + 1 / 2 + 1 / 2) / 5),
        ("bcubed_recall", (1 / 2 + 1 / 2 + 0 + 1 + 1) / 5),
        ("bcubed_f1", 3 / 5),
        ("cluster_pair_f1", 2 * 2 / (4 + 4)),
        ("ari", (2 - 4 * 4 / 15) / (4 - 4 * 4 / 15)),
        ("bcubed_f1_ordinary", f1((1 + 1 + 1 / 3 + 2 / 3 + 2 / 3 + 1) / 6, (2 / 3 * 2 + 1 / 3 + 3) / 6)),
        ("bcubed_f1_singletons", f1(1, 3 / 6)),
        ("exact_cluster_f1", 2 * 1 / (3 + 3)),
        ("closest_cluster_f1", (2 / 3 + 2 / 3 + 1) / 3),
        ("hard_negatives_merged", 2 / 4),  # 1-3, 1-4, 2-3, 2-4; the latter two are in one cluster
    ],
)
def test_by_hand(spelling, value):
    assert Metric.parse(spelling).direct(hand(hard_group=HARD)) == pytest.approx(value)


def test_ignored_records_leave_both_partitions():
    outcome = hand(hard_group=HARD, ignore=np.array([0, 0, 1, 0, 0, 0], bool))
    scores = {metric.name: metric.direct(outcome) for metric in METRICS}
    assert scores.pop("bcubed_f1_singletons") == pytest.approx(f1(1, 3 / 5))
    assert scores.pop("hard_negatives_merged") == 0
    assert set(scores.values()) == {1.0}


def test_counts_are_what_is_lost_without_a_bucket():
    counts = Metric("bcubed_f1").counts(hand())
    # the sum of precisions, 3, falls to 2 without bucket 0, for 3 and 4 are then right, and to 2 without 1
    assert counts[:, 0] == pytest.approx([1 + 1 / 3, 1 + 1 / 3, 1 / 3])
    # of the 5 records with predicted fellows, 2 are left without bucket 0, and 2 without 1, where 2 is alone
    assert counts[:, 1] == pytest.approx([3 - 1 / 3, 3 - 1 / 3, -1 / 3])
    assert counts[:, 2:].tolist() == [[1, 3], [2, 2], [0, 0]]


@pytest.mark.parametrize("name", ["bcubed_f1", "bcubed_precision", "bcubed_recall", "cluster_pair_f1"])
def test_leaving_every_record_alone_scores_exactly_zero(name):
    assert Metric(name).direct(ClusterOutcome(TRUE, np.arange(6), BUCKET, 3)) == 0


def test_the_true_partition_is_perfect():
    outcome = ClusterOutcome(TRUE, -TRUE, BUCKET, 3, hard_group=HARD)
    scores = {metric.name: metric.direct(outcome) for metric in METRICS}
    del scores["bcubed_f1_singletons"]
    assert scores.pop("hard_negatives_merged") == 0
    assert set(scores.values()) == {1.0}


def test_no_records_score_zero():
    none = np.array([], int)
    outcome = ClusterOutcome(none, none, none, 3, hard_group=none)
    assert {metric.direct(outcome) for metric in METRICS if metric.additive} == {0.0}


def test_per_cluster_table_by_hand():
    table = per_cluster_table(hand())
    assert table["cluster"].tolist() == [3, 7, 9]
    assert table["size"].tolist() == [2, 3, 1]
    assert table["pieces"].tolist() == [1, 2, 1]
    assert table["recall"] == pytest.approx([1, 1 / 3, np.nan], nan_ok=True)
    assert table["precision"] == pytest.approx([1 / 2, 2 / 3, np.nan], nan_ok=True)


@st.composite
def outcomes(draw):
    records = draw(st.integers(1, 14))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    true = random.integers(0, draw(st.integers(1, records)), records)
    other = random.integers(0, draw(st.integers(1, records)), records)
    return ClusterOutcome(
        true=true,
        predicted=np.where(random.random(records) < draw(st.sampled_from([0, 0.6])), true, other),
        bucket=true % 3,
        buckets=3,
        ignore=None if draw(st.booleans()) else random.random(records) < 0.2,
        hard_group=random.integers(-1, 3, records),
    )


def by_definition(outcome):
    """Every metric from its definition, record by record, pair by pair, cluster by cluster."""
    records = [
        record for record in range(len(outcome.true)) if outcome.ignore is None or not outcome.ignore[record]
    ]

    def clusters(code):
        found: dict[int, set[int]] = {}
        for record in records:
            found.setdefault(int(code[record]), set()).add(record)
        return found

    predicted, true = clusters(outcome.predicted), clusters(outcome.true)
    said = {record: predicted[int(outcome.predicted[record])] for record in records}
    real = {record: true[int(outcome.true[record])] for record in records}

    def mean(numbers):
        numbers = list(numbers)
        return sum(numbers) / (len(numbers) or 1)

    def both(one, two):
        return 2 * one * two / (one + two) if one + two else 0.0

    excluded = [
        mean(len(said[r] & real[r] - {r}) / len(side[r] - {r}) for r in records if len(side[r]) > 1)
        for side in (said, real)
    ]
    ordinary = [mean(len(said[r] & real[r]) / len(side[r]) for r in records) for side in (said, real)]
    alone = [mean(1.0 for r in records), mean(1 / len(real[r]) for r in records)]
    pairs = list(combinations(records, 2))
    together = {(one, two) for one, two in pairs if two in said[one]}
    right = {(one, two) for one, two in pairs if two in real[one]}
    hard = {
        (one, two)
        for one, two in pairs
        if outcome.hard_group[one] == outcome.hard_group[two] >= 0 and two not in real[one]
    }
    exact = [cluster for cluster in predicted.values() if cluster in true.values()]

    def closest(of, among):
        return mean(max(len(one & two) / len(one | two) for two in among) for one in of)

    return {
        "bcubed_f1": both(*excluded),
        "bcubed_precision": excluded[0],
        "bcubed_recall": excluded[1],
        "cluster_pair_f1": 2 * len(together & right) / (len(together) + len(right) or 1),
        "bcubed_f1_ordinary": both(*ordinary),
        "bcubed_f1_singletons": both(*alone),
        "exact_cluster_f1": 2 * len(exact) / (len(predicted) + len(true) or 1),
        "closest_cluster_f1": both(
            closest(predicted.values(), true.values()), closest(true.values(), predicted.values())
        ),
        "hard_negatives_merged": len(hard & together) / (len(hard) or 1),
    }


@given(outcomes())
def test_agrees_with_the_definitions(outcome):
    expected = by_definition(outcome)
    assert {name: Metric(name).direct(outcome) for name in expected} == pytest.approx(expected)


@given(outcomes())
def test_agrees_with_scikit_learn(outcome):
    kept = np.ones(len(outcome.true), bool) if outcome.ignore is None else ~outcome.ignore
    true, predicted = outcome.true[kept], outcome.predicted[kept]
    assert Metric("ari").direct(outcome) == pytest.approx(
        sklearn.metrics.adjusted_rand_score(true, predicted)
    )
    assert Metric("v_measure").direct(outcome) == pytest.approx(
        sklearn.metrics.v_measure_score(true, predicted), abs=1e-9
    )


def test_agrees_with_er_evaluation():
    """Whose B-cubed gives true clusters, not records, equal weight: the same where all are of one size."""
    random = np.random.default_rng(0)
    true, other = random.permutation(np.repeat(np.arange(75), 4)), random.integers(0, 80, 300)
    predicted = np.where(random.random(300) < 0.7, true, other)
    outcome = ClusterOutcome(true, predicted, np.zeros(300, int), 1)
    arguments = pd.Series(predicted), pd.Series(true)
    assert Metric("bcubed_f1_ordinary").direct(outcome) == pytest.approx(er_evaluation.b_cubed_f(*arguments))
    assert Metric("cluster_pair_f1").direct(outcome) == pytest.approx(er_evaluation.pairwise_f(*arguments))
    assert Metric("exact_cluster_f1").direct(outcome) == pytest.approx(er_evaluation.cluster_f(*arguments))


@given(outcomes(), st.randoms(use_true_random=False))
def test_neither_the_order_of_records_nor_the_names_of_clusters_matter(outcome, random):
    order = np.array(random.sample(range(len(outcome.true)), len(outcome.true)), int)
    names = np.array(random.sample(range(100), 100))
    shuffled = ClusterOutcome(
        outcome.true[order] + 5,
        names[outcome.predicted[order]],
        outcome.bucket[order],
        3,
        None if outcome.ignore is None else outcome.ignore[order],
        outcome.hard_group[order],
    )
    for metric in METRICS:
        assert metric.direct(shuffled) == pytest.approx(metric.direct(outcome), abs=1e-9)
        if metric.additive:
            assert metric.counts(shuffled) == pytest.approx(metric.counts(outcome))


@given(outcomes())
def test_counts_of_families_apart_add_up(outcome):
    """Where no predicted cluster spans families, leaving one out takes just what is its own."""
    apart = ClusterOutcome(
        outcome.true,
        outcome.predicted * 3 + outcome.bucket,
        outcome.bucket,
        3,
        outcome.ignore,
        outcome.hard_group * 3 + np.where(outcome.hard_group < 0, -3, outcome.bucket),
    )
    for metric in METRICS:
        if metric.additive:
            pieces = [of_bucket(apart, bucket) for bucket in range(3)]
            assert sum(metric.counts(piece) for piece in pieces) == pytest.approx(metric.counts(apart))


def of_bucket(outcome, bucket):
    rows = outcome.bucket == bucket
    return ClusterOutcome(
        outcome.true[rows],
        outcome.predicted[rows],
        outcome.bucket[rows],
        3,
        None if outcome.ignore is None else outcome.ignore[rows],
        outcome.hard_group[rows],
    )
