from __future__ import annotations

from itertools import combinations

import er_evaluation
import numpy as np
import pandas as pd
import pytest
import sklearn.metrics
from hypothesis import given
from hypothesis import strategies as st

from benchmark.metrics import DEFAULT_METRICS, Metric, PairOutcome
from benchmark.metrics import matching as module
from benchmark.metrics.matching import per_entity_table

# Entities a = {0, 1, 2} and b = {3, 4}, and 5 alone; the families of a, b and 5 are buckets 0, 1 and 2.
ENTITY, BUCKET = np.array([7, 7, 7, 3, 3, 9]), np.array([0, 0, 0, 1, 1, 2])
LEFT, RIGHT = np.array([1, 3, 2, 0, 5]), np.array([0, 2, 0, 5, 4])
SCORE = np.array([0.9, 0.8, 0.7, 0.5, 0.3])  # true, false, true, false, false; of 4 true pairs


def hand(**changes):
    return PairOutcome(ENTITY, LEFT, RIGHT, SCORE, BUCKET, 3, **changes)


@pytest.mark.parametrize(
    ("spelling", "value"),
    [
        ("pair_f1", 2 * 2 / (4 + 4)),
        ("pair_precision", 2 / 4),
        ("pair_recall", 2 / 4),
        ("average_precision", (1 / 1 + 2 / 3) / 4),
        ("best_f1", 2 * 2 / (3 + 4)),
        ("recall@precision=0.95", 1 / 4),
        ("recall@precision=0.6", 2 / 4),
        ("pairs_completeness", 2 / 4),
        ("reduction_ratio", 1 - 5 / 15),
        ("closure_f1", 2 * 3 / (10 + 4)),  # 0, 1, 2, 3 and 5 are joined; 4 hangs on by 0.3 alone
    ],
)
def test_by_hand(spelling, value):
    assert Metric.parse(spelling).direct(hand()) == pytest.approx(value)


def test_pairs_of_an_ignored_record_are_not_scored():
    outcome = hand(
        ignore=np.array([0, 0, 1, 0, 0, 0], bool)
    )  # left: 1-0 true, 0-5 false; true pairs 0-1, 3-4
    assert Metric("pair_f1").direct(outcome) == pytest.approx(2 * 1 / (2 + 2))
    assert Metric("reduction_ratio").direct(outcome) == pytest.approx(1 - 3 / 10)


def test_with_sources_only_pairs_across_them_count():
    outcome = hand(
        source=np.array([0, 1, 0, 0, 1, 1])
    )  # across: 1-0 true, 0-5 false; 5-4 and 2-3, 2-0 are within
    assert Metric("pair_precision").direct(outcome) == pytest.approx(1 / 2)
    assert Metric("pair_recall").direct(outcome) == pytest.approx(1 / 3)  # 0-1, 1-2, 3-4
    assert Metric("reduction_ratio").direct(outcome) == pytest.approx(1 - 2 / 9)


def test_tied_scores_are_one_step():
    outcome = PairOutcome(ENTITY, LEFT, RIGHT, np.full(5, 0.6), BUCKET, 3)
    assert Metric("average_precision").direct(outcome) == pytest.approx(2 / 4 * 2 / 5)


def test_counts_of_a_false_pair_stand_with_both_families():
    counts = Metric("pair_f1").counts(hand())
    assert counts[:, 0].tolist() == [2, 0, 0]
    assert counts[:, 1] == pytest.approx(
        [2 - 2 / 3, 1 - 2 / 3, 1 - 2 / 3]
    )  # each false pair is lost with either bucket
    assert counts[:, 2].tolist() == [3, 1, 0]


def test_a_false_pair_within_a_bucket_stands_there_once():
    outcome = PairOutcome(ENTITY, LEFT[1:2], RIGHT[1:2], SCORE[1:2], np.array([0, 0, 0, 0, 0, 1]), 2)
    assert Metric("pair_precision").counts(outcome)[:, 1].tolist() == [1, 0]


def test_no_pairs_score_zero():
    none = np.array([], int)
    outcome = PairOutcome(ENTITY, none, none, np.array([]), BUCKET, 3)
    scores = {metric.name: metric.direct(outcome) for metric in DEFAULT_METRICS["matching"]}
    assert scores.pop("reduction_ratio") == 1
    assert set(scores.values()) == {0.0}


def test_all_true_pairs_and_no_other_are_perfect():
    true = np.array([(0, 1), (0, 2), (2, 1), (4, 3)]).T
    outcome = PairOutcome(ENTITY, *true, np.array([0.9, 0.8, 0.7, 0.6]), BUCKET, 3)
    scores = {metric.name: metric.direct(outcome) for metric in DEFAULT_METRICS["matching"]}
    assert scores.pop("reduction_ratio") == pytest.approx(1 - 4 / 15)
    assert set(scores.values()) == {1.0}


def test_per_entity_table_by_hand():
    table = per_entity_table(hand())
    assert table["entity"].tolist() == [3, 7, 9]
    assert table["size"].tolist() == [2, 3, 1]
    assert table["pairs"].tolist() == [1, 3, 0]
    assert table["found"].tolist() == [0, 2, 0]
    assert table["missed"].tolist() == [1, 1, 0]
    assert table["false"].tolist() == [1, 2, 1]


@st.composite
def outcomes(draw, complete=False, plain=False):
    records = draw(st.integers(2, 12))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    entity = random.integers(0, records, records)
    pairs = np.array(list(combinations(range(records), 2)))
    same = entity[pairs[:, 0]] == entity[pairs[:, 1]]
    proposed = random.random(len(pairs)) < np.where(same, 1.0 if complete else 0.6, 0.2)
    left, right = random.permuted(pairs[proposed], axis=1).T
    levels = draw(st.sampled_from([3, 10_000]))
    return PairOutcome(
        entity=entity,
        left=left,
        right=right,
        score=random.integers(0, levels + 1, len(left)) / levels,
        bucket=entity % 3,
        buckets=3,
        ignore=None if plain or draw(st.booleans()) else random.random(records) < 0.2,
        source=None if plain or draw(st.booleans()) else random.integers(0, 2, records),
    )


def by_enumeration(outcome):
    """Every metric from the list of all pairs."""
    scores = {
        frozenset(pair): score
        for *pair, score in zip(outcome.left.tolist(), outcome.right.tolist(), outcome.score, strict=True)
    }
    ignore = np.zeros(len(outcome.entity), bool) if outcome.ignore is None else outcome.ignore
    possible = [
        frozenset((one, two))
        for one, two in combinations(np.flatnonzero(~ignore).tolist(), 2)
        if outcome.source is None or outcome.source[one] != outcome.source[two]
    ]
    true = {pair for pair in possible if len(set(outcome.entity[list(pair)])) == 1}
    proposed = {pair: scores[pair] for pair in possible if pair in scores}
    linked = [set(pair) for pair, score in proposed.items() if score >= 0.5]
    components: list[set[int]] = []
    for link in linked:
        touching = [component for component in components if component & link]
        components = [component for component in components if not component & link]
        components.append(link.union(*touching))
    closed = {pair for pair in possible if any(pair <= component for component in components)}

    def quality(chosen):
        found = len(chosen & true)
        precision, recall = found / (len(chosen) or 1), found / (len(true) or 1)
        return precision, recall, 2 * found / ((len(chosen) + len(true)) or 1)

    steps = [
        quality({pair for pair, score in proposed.items() if score >= threshold})
        for threshold in sorted(set(proposed.values()), reverse=True)
    ]
    gained = np.diff([0.0] + [recall for _, recall, _ in steps])
    decided = {pair for pair, score in proposed.items() if score >= 0.5}
    return {
        "pair_f1": quality(decided)[2],
        "pair_precision": quality(decided)[0],
        "pair_recall": quality(decided)[1],
        "average_precision": sum(gain * step[0] for gain, step in zip(gained, steps, strict=True)),
        "best_f1": max([step[2] for step in steps], default=0),
        "recall@precision=0.95": max([step[1] for step in steps if step[0] >= 0.95], default=0),
        "pairs_completeness": quality(set(proposed))[1],
        "reduction_ratio": 1 - len(proposed) / (len(possible) or 1),
        "closure_f1": quality(closed)[2],
    }


@given(outcomes())
def test_agrees_with_enumerating_all_pairs(outcome):
    found = {str(metric): metric.direct(outcome) for metric in DEFAULT_METRICS["matching"]}
    assert found == pytest.approx(by_enumeration(outcome))


@given(outcomes())
def test_counts_add_up_to_the_exact_value(outcome):
    for metric in DEFAULT_METRICS["matching"]:
        if metric.additive:
            total = metric.counts(outcome).sum(axis=0)
            assert float(metric.value(total)) == pytest.approx(metric.direct(outcome))


@given(outcomes(complete=True, plain=True))
def test_average_precision_is_scikit_learns_where_no_true_pair_is_missing(outcome):
    true = outcome.entity[outcome.left] == outcome.entity[outcome.right]
    if true.any():
        expected = sklearn.metrics.average_precision_score(true, outcome.score)
        assert Metric("average_precision").direct(outcome) == pytest.approx(expected)


@given(outcomes(complete=True, plain=True))
def test_a_true_pair_left_out_lowers_average_precision_below_scikit_learns(outcome):
    true = outcome.entity[outcome.left] == outcome.entity[outcome.right]
    if true.sum() > 1:
        kept = np.arange(len(true)) != np.flatnonzero(true)[0]
        less = PairOutcome(
            outcome.entity, outcome.left[kept], outcome.right[kept], outcome.score[kept], outcome.bucket, 3
        )
        blind = sklearn.metrics.average_precision_score(true[kept], outcome.score[kept])
        assert Metric("average_precision").direct(less) < blind


@given(outcomes(), st.randoms(use_true_random=False))
def test_neither_the_order_of_records_nor_that_of_pairs_matters(outcome, random):
    records, pairs = len(outcome.entity), len(outcome.left)
    order, pair_order = (np.array(random.sample(range(size), size), int) for size in (records, pairs))
    place = np.argsort(order)
    shuffled = PairOutcome(
        outcome.entity[order],
        place[outcome.right[pair_order]],
        place[outcome.left[pair_order]],
        outcome.score[pair_order],
        outcome.bucket[order],
        3,
        None if outcome.ignore is None else outcome.ignore[order],
        None if outcome.source is None else outcome.source[order],
    )
    for metric in DEFAULT_METRICS["matching"]:
        assert metric.direct(shuffled) == metric.direct(outcome)
        if metric.additive:
            assert metric.counts(shuffled) == pytest.approx(metric.counts(outcome))


def test_agrees_with_er_evaluation():
    random = np.random.default_rng(0)
    entity, guess = random.integers(0, 60, 200), random.integers(0, 60, 200)
    guess = np.where(random.random(200) < 0.7, entity, guess)
    left, right = np.array(
        [pair for pair in combinations(range(200), 2) if guess[pair[0]] == guess[pair[1]]]
    ).T
    outcome = PairOutcome(entity, left, right, np.ones(len(left)), np.zeros(200, int), 1)
    arguments = pd.Series(guess), pd.Series(entity)
    assert Metric("pair_precision").direct(outcome) == pytest.approx(
        er_evaluation.pairwise_precision(*arguments)
    )
    assert Metric("pair_recall").direct(outcome) == pytest.approx(er_evaluation.pairwise_recall(*arguments))
    assert Metric("closure_f1").direct(outcome) == pytest.approx(er_evaluation.pairwise_f(*arguments))


def test_more_scores_than_thresholds_change_the_counts_value_little(monkeypatch):
    random = np.random.default_rng(0)
    entity = np.repeat(np.arange(500), 2)
    left, right = np.arange(0, 1000, 2), np.arange(1, 1000, 2)
    false = random.integers(0, 1000, 3000)
    score = np.concatenate([random.beta(4, 2, 500), random.beta(2, 4, 3000)])
    pairs = np.append(left, false), np.append(right, (false + 2) % 1000)
    monkeypatch.setattr(module, "THRESHOLDS", 100)
    outcome = PairOutcome(entity, *pairs, score, entity, 500)
    for name in ("average_precision", "best_f1", "recall"):
        counts = Metric(name).counts(outcome)
        assert counts.shape == (500, 201)
        assert float(Metric(name).value(counts.sum(axis=0))) == pytest.approx(
            Metric(name).direct(outcome), abs=0.01
        )


def test_record_numbers_may_be_small_integers():
    small = PairOutcome(
        ENTITY.astype(np.int32), LEFT.astype(np.int32), RIGHT.astype(np.int32), SCORE, BUCKET, 3
    )
    for metric in DEFAULT_METRICS["matching"]:
        assert metric.direct(small) == metric.direct(hand())
