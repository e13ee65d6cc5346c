from __future__ import annotations

import warnings

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given
from hypothesis import strategies as st

from benchmark.errors import UserError
from benchmark.metrics import DEFAULT_METRICS, LabelOutcome, Metric
from benchmark.metrics import classification as module
from benchmark.metrics.classification import per_class_table

CLASSES, BUCKETS = 4, 3
TRUE = np.array([0, 0, 0, 1, 1, 2])
PREDICTED = np.array([0, 0, 1, 1, 0, 3])
PROBABILITIES = np.array(
    [
        [0.7, 0.1, 0.1, 0.1],
        [0.5, 0.2, 0.2, 0.1],
        [0.3, 0.4, 0.2, 0.1],
        [0.1, 0.9, 0.0, 0.0],
        [0.6, 0.3, 0.1, 0.0],
        [0.1, 0.1, 0.3, 0.5],
    ]
)
VALUES = np.array([[3.0, 1, 0, 0], [2, 0, 0, 0], [1, -1, 0, 0], [0, 4, 0, 0], [-2, 2, 0, 0], [0, 0, 5, 1]])
NAMES = ("hat", "shoe", "sock", "tie")


def hand():
    bucket = np.array([0, 0, 1, 1, 2, 2])
    return LabelOutcome(TRUE, PREDICTED, CLASSES, bucket, BUCKETS, PROBABILITIES, VALUES, NAMES)


@pytest.mark.parametrize(
    ("spelling", "value"),
    [
        ("macro_f1", (2 / 3 + 1 / 2 + 0) / 3),  # no row is a tie, so its F1 is no part of the mean
        ("accuracy", 3 / 6),
        ("balanced_accuracy", (2 / 3 + 1 / 2 + 0) / 3),
        ("f1@label=hat", 2 * 2 / (3 + 3)),
        ("f1@label=tie", 0.0),
        ("log_loss", -np.log([0.7, 0.5, 0.3, 0.9, 0.3, 0.3]).mean()),
        ("top_accuracy@k=1", 3 / 6),
        ("top_accuracy@k=2", 6 / 6),
        ("ece@bins=1", abs(3 / 6 - PROBABILITIES.max(axis=1).mean())),
        # at most 0.5: right, wrong, wrong at 0.5, 0.4, 0.5; above: right, right, wrong at 0.7, 0.9, 0.6
        ("ece@bins=2", (abs(1 - 1.4) + abs(2 - 2.2)) / 6),
        ("recoverable_value", (3 + 2 - 1 + 4 - 2 + 1) / (3 + 2 + 1 + 4 + 2 + 5)),
    ],
)
def test_by_hand(spelling, value):
    assert Metric.parse(spelling).direct(hand()) == pytest.approx(value)


def test_the_share_of_recoverable_value_may_be_negative():
    outcome = LabelOutcome(TRUE, np.full(6, 1), CLASSES, np.zeros(6, int), 1, values=-VALUES + 1)
    assert Metric("recoverable_value").direct(outcome) == pytest.approx((0 + 1 + 2 - 3 - 1 + 1) / 9)


def test_tied_probabilities_share_their_places():
    even = LabelOutcome(TRUE, PREDICTED, CLASSES, np.zeros(6, int), 1, np.full((6, CLASSES), 0.25))
    assert Metric("top_accuracy").direct(even) == pytest.approx(3 / CLASSES)


def test_per_class_table_by_hand():
    table = per_class_table(hand())
    assert table["support"].tolist() == [3, 2, 1, 0]
    assert table["predicted"].tolist() == [3, 2, 0, 1]
    assert table["precision"] == pytest.approx([2 / 3, 1 / 2, 0, 0])
    assert table["recall"] == pytest.approx([2 / 3, 1 / 2, 0, 0])
    assert table["f1"] == pytest.approx([2 / 3, 1 / 2, 0, 0])


def test_an_unknown_class_is_refused_with_a_hint():
    with pytest.raises(UserError, match="Did you mean 'shoe'"):
        Metric("f1", "shoes").direct(hand())


def test_classes_without_names_are_called_by_their_number():
    outcome = LabelOutcome(TRUE, PREDICTED, CLASSES, np.zeros(6, int), 1)
    assert Metric("f1", "0").direct(outcome) == pytest.approx(2 / 3)


def test_a_sure_miss_is_not_infinitely_bad():
    outcome = LabelOutcome(
        np.array([0]), np.array([1]), 2, np.array([0]), 1, probabilities=np.array([[0.0, 1.0]])
    )
    assert Metric("log_loss").direct(outcome) == pytest.approx(-np.log(np.finfo(float).eps))


@st.composite
def outcomes(draw):
    rows, classes = draw(st.integers(1, 40)), draw(st.integers(2, 6))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    probabilities = random.dirichlet(np.full(classes, draw(st.sampled_from([0.1, 1.0]))), rows)
    return LabelOutcome(
        true=random.integers(0, classes, rows),
        predicted=probabilities.argmax(axis=1),
        classes=classes,
        bucket=random.integers(0, BUCKETS, rows),
        buckets=BUCKETS,
        probabilities=probabilities,
        values=random.normal(size=(rows, classes)),
    )


@given(outcomes())
def test_agrees_with_scikit_learn(outcome):
    true, predicted, names = outcome.true, outcome.predicted, np.arange(outcome.classes)
    present = np.unique(true)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = {
            "macro_f1": sklearn.metrics.f1_score(true, predicted, labels=present, average="macro"),
            "accuracy": sklearn.metrics.accuracy_score(true, predicted),
            "balanced_accuracy": sklearn.metrics.balanced_accuracy_score(true, predicted),
            "log_loss": sklearn.metrics.log_loss(true, outcome.probabilities, labels=names),
            "f1@label=1": sklearn.metrics.f1_score(true, predicted, labels=[1], average=None)[0],
        }
        if outcome.classes > 3:
            expected["top_accuracy@k=3"] = sklearn.metrics.top_k_accuracy_score(
                true, outcome.probabilities, k=3, labels=names
            )
        precision, recall, f1, support = sklearn.metrics.precision_recall_fscore_support(
            true, predicted, labels=names, zero_division=0
        )
    found = {spelling: Metric.parse(spelling).direct(outcome) for spelling in expected}
    assert found == pytest.approx(expected)
    table = per_class_table(outcome)
    for name, column in {"precision": precision, "recall": recall, "f1": f1, "support": support}.items():
        assert table[name] == pytest.approx(column)


@given(outcomes())
def test_calibration_error_is_the_mean_gap_over_bins(outcome):
    confidence = outcome.probabilities.max(axis=1)
    right = outcome.predicted == outcome.true
    expected = 0.0
    for low in np.arange(15) / 15:
        inside = (confidence > low) & (confidence <= low + 1 / 15)
        if inside.any():
            expected += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    assert Metric("ece").direct(outcome) == pytest.approx(expected)


@given(outcomes(), st.randoms(use_true_random=False))
def test_counts_add_up_over_buckets_and_over_subsets_in_any_order(outcome, random):
    order = random.sample(range(len(outcome.true)), len(outcome.true))
    for metric in DEFAULT_METRICS["classification"]:
        counts = metric.counts(outcome)
        assert counts.shape[0] == BUCKETS
        assert metric.direct(outcome) == pytest.approx(float(metric.value(counts.sum(axis=0))))
        pieces = [part(outcome, np.array(rows, int)) for rows in (order[::2], order[1::2])]
        assert sum(metric.counts(piece) for piece in pieces) == pytest.approx(counts)
        assert metric.direct(part(outcome, np.array(order))) == pytest.approx(metric.direct(outcome))


def part(outcome, rows):
    return LabelOutcome(
        outcome.true[rows],
        outcome.predicted[rows],
        outcome.classes,
        outcome.bucket[rows],
        outcome.buckets,
        outcome.probabilities[rows],
        outcome.values[rows],
    )


def test_a_right_answer_is_perfect():
    sure = LabelOutcome(
        TRUE, TRUE, CLASSES, np.zeros(6, int), 1, np.eye(CLASSES)[TRUE], np.eye(CLASSES)[TRUE]
    )
    perfect = {str(metric): metric.direct(sure) for metric in DEFAULT_METRICS["classification"]}
    assert perfect.pop("log_loss") == pytest.approx(0)
    assert perfect.pop("ece@bins=15") == 0
    assert set(perfect.values()) == {1.0}


def test_blocks_of_rows_do_not_matter(monkeypatch):
    whole = Metric("top_accuracy", 2).direct(hand())
    monkeypatch.setattr(module, "CELLS_AT_ONCE", 2 * CLASSES)
    assert Metric("top_accuracy", 2).direct(hand()) == whole
