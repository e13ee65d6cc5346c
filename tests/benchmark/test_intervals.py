from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import simulated

from benchmark.intervals import Estimate, buckets, draw, estimate, interval, weights
from benchmark.metrics import DEFAULT_METRICS, ClusterOutcome, LabelOutcome, Metric

REPLICATIONS = 1000
POPULATION = 100_000
ADDITIVE = [metric for metrics in DEFAULT_METRICS.values() for metric in metrics if metric.additive]


def test_few_families_have_a_bucket_each():
    bucket, count = buckets(np.array(["m", "a", "z", "a"]))
    assert bucket.tolist() == [1, 0, 2, 0]
    assert count == 3


def test_many_families_share_a_thousand_buckets_evenly_and_stay_whole():
    family = np.random.default_rng(0).permutation(np.repeat(np.arange(2500), 3))
    bucket, count = buckets(family)
    assert count == 1000
    assert set(np.bincount(bucket)) == {6, 9}
    assert all(len(set(bucket[family == one])) == 1 for one in range(50))


def test_no_families_have_no_buckets():
    bucket, count = buckets(np.array([], str))
    assert (len(bucket), count) == (0, 0)


def test_weights_have_the_mean_and_variance_of_resampling_counts():
    drawn = weights("task digest", 1000)
    assert drawn.shape == (1000, 1000)
    assert drawn.sum(axis=1) == pytest.approx(1000)
    assert drawn.var() == pytest.approx(1, abs=0.01)
    assert drawn.min() > 0


def test_weights_are_the_same_for_everyone_and_for_ever():
    code = "from benchmark.intervals import weights; print(weights('task digest', 3)[:2].tolist())"
    elsewhere = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert elsewhere.strip() == str(weights("task digest", 3)[:2].tolist())
    assert (weights("task digest", 20)[0] > 1).nonzero()[0].tolist() == [2, 3, 6, 9, 10, 11, 13, 14, 18]
    assert (weights("task digest", 20) != weights("another", 20)).any()


def test_weights_cannot_be_spoilt_for_others():
    with pytest.raises(ValueError, match="read-only"):
        weights("task digest", 4)[0] = 1


def test_the_interval_lies_evenly_around_the_value():
    draws = np.array([0.25, 0.375, 0.5, 0.5, 0.625])
    assert interval(0.5, draws, level=1.0) == (0.25, 0.75)
    assert interval(0.0, draws - 0.5, level=1.0) == (-0.25, 0.25)


def outcome_of(metric):
    random = np.random.RandomState(3)
    if metric.kind == "matching":
        found = simulated.matched(random, 200)
        true = found.proposed.true
        found.score[:] = random.beta(np.where(true, 4, 2), np.where(true, 2, 4))
        return found
    if metric.kind == "clustering":
        found = simulated.clustered(random, 200)
        hard = random.randint(-1, 20, len(found.true))
        return ClusterOutcome(found.true, found.predicted, found.bucket, found.buckets, hard_group=hard)
    found = simulated.labelled(random, 200, classes=6)
    probabilities = random.dirichlet(np.ones(6), len(found.true))
    values = random.uniform(size=probabilities.shape)
    return LabelOutcome(found.true, found.predicted, 6, found.bucket, found.buckets, probabilities, values)


@pytest.mark.parametrize("metric", ADDITIVE, ids=str)
def test_every_additive_metric_has_draws_around_its_value(metric):
    outcome = outcome_of(metric)
    counts = metric.counts(outcome)
    assert counts.dtype == np.float64
    assert counts.shape[0] == outcome.buckets
    even = metric.value(np.ones((1, outcome.buckets)) @ counts)
    assert even == pytest.approx([float(metric.value(counts.sum(axis=0)))])
    found = estimate(metric, outcome, "task digest")
    assert found.value == metric.direct(outcome)
    assert found.draws.shape == (1000,)
    assert np.isfinite(found.draws).all()
    low, high = metric.bounds
    assert low <= found.low <= found.value <= found.high <= high
    assert found.low < found.high


def test_draws_are_moved_to_the_exact_value_where_counts_are_coarse(monkeypatch):
    monkeypatch.setattr("benchmark.metrics.matching.THRESHOLDS", 5)
    random = np.random.RandomState(0)
    outcome = simulated.matched(random, 200)
    outcome.score[:] = random.random_sample(len(outcome.score))
    metric = Metric("average_precision")
    counts = metric.counts(outcome)
    coarse = float(metric.value(counts.sum(axis=0)))
    found = estimate(metric, outcome, "task digest")
    assert found.value != pytest.approx(coarse, abs=1e-3)
    assert found.draws == pytest.approx(draw(metric, counts, "task digest") + found.value - coarse)


def test_a_metric_that_is_no_sum_has_no_interval():
    outcome = outcome_of(Metric("ari"))
    assert estimate(Metric("ari"), outcome, "task digest") == Estimate(Metric("ari").direct(outcome))


def test_one_family_has_no_interval():
    outcome = LabelOutcome(np.array([0, 1]), np.array([0, 0]), 2, np.array([4, 4]), 9)
    found = estimate(Metric("accuracy"), outcome, "task digest")
    assert (found.value, found.low, found.high, found.draws) == (0.5, None, None, None)


def test_a_perfect_score_has_an_interval_of_no_width():
    outcome = LabelOutcome(np.arange(9), np.arange(9), 9, np.arange(9), 9)
    found = estimate(Metric("macro_f1"), outcome, "task digest")
    assert (found.value, found.low, found.high) == (1, 1, 1)


COVERED = [
    ("macro_f1", simulated.labelled, 500, {}),
    ("pair_f1", simulated.matched, 300, {}),
    ("bcubed_f1", simulated.clustered, 300, {}),
]
COVERED_TOO = [
    ("macro_f1", simulated.labelled, 500, {"tail": 1.3}),
    ("macro_f1", simulated.labelled, 500, {"tail": 0.5}),
    ("macro_f1", simulated.labelled, 500, {"classes": 100}),
    ("macro_f1", simulated.labelled, 1000, {}),
    ("macro_f1", simulated.labelled, 300, {"classes": 5}),
    ("pair_f1", simulated.matched, 300, {"attraction": "even"}),
    ("pair_f1", simulated.matched, 300, {"attraction": "hubs"}),
    ("pair_f1", simulated.matched, 300, {"false": 3.0}),
    ("bcubed_f1", simulated.clustered, 300, {"attraction": "even"}),
    ("bcubed_f1", simulated.clustered, 300, {"attraction": "hubs"}),
    ("bcubed_f1", simulated.clustered, 300, {"merged": 0.8}),
]
REGIMES = [*COVERED, *(pytest.param(*regime, marks=pytest.mark.slow) for regime in COVERED_TOO)]


@pytest.mark.parametrize(("name", "simulate", "families", "regime"), REGIMES)
def test_intervals_cover_the_populations_value(name, simulate, families, regime):
    metric, random = Metric(name), np.random.RandomState(0)
    truth = metric.direct(simulate(random, POPULATION, **regime))
    covered = []
    for replication in range(REPLICATIONS):
        found = estimate(metric, simulate(random, families, **regime), f"digest {replication % 8}")
        covered.append(found.low <= truth <= found.high)
    assert 0.92 <= np.mean(covered) <= 0.98


def test_the_difference_of_two_submissions_is_covered_by_a_narrower_interval():
    metric, random = Metric("pair_f1"), np.random.RandomState(0)
    truth = np.subtract(*(metric.direct(one) for one in two_submissions(random, POPULATION)))
    covered, narrower = [], []
    for replication in range(REPLICATIONS):
        one, two = (
            estimate(metric, submission, f"digest {replication % 8}")
            for submission in two_submissions(random, 300)
        )
        low, high = interval(one.value - two.value, one.draws - two.draws)
        covered.append(low <= truth <= high)
        narrower.append(high - low < one.high - one.low)
    assert 0.92 <= np.mean(covered) <= 0.98
    assert np.mean(narrower) > 0.99


def two_submissions(random, families):
    """A submission, and one that decides on three quarters of its pairs."""
    one = simulated.matched(random, families)
    kept = random.random_sample(len(one.left)) < 0.75
    two = simulated.PairOutcome(
        one.entity, one.left[kept], one.right[kept], one.score[kept], one.bucket, one.buckets
    )
    return one, two
