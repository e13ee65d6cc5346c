from __future__ import annotations

import numpy as np
import pytest

import benchmark.metrics
from benchmark.errors import UserError
from benchmark.metrics import DEFAULT_METRICS, ClusterOutcome, LabelOutcome, Metric

ALL = [metric for metrics in DEFAULT_METRICS.values() for metric in metrics] + [Metric("f1", "shoe")]


@pytest.mark.parametrize("metric", ALL, ids=str)
def test_a_spelling_reads_back_as_the_same_value(metric):
    again = Metric.parse(str(metric))
    assert again == metric
    assert hash(again) == hash(metric)
    assert str(again) == str(metric)


@pytest.mark.parametrize(
    ("spelling", "canonical", "params"),
    [
        ("recall@precision=0.950", "recall@precision=0.95", {"precision": 0.95}),
        ("recall", "recall@precision=0.95", {"precision": 0.95}),
        ("top_accuracy@k=05", "top_accuracy@k=5", {"k": 5}),
        ("ece", "ece@bins=15", {"bins": 15}),
        ("f1@label=a=b@c, d", "f1@label=a=b@c, d", {"label": "a=b@c, d"}),
        ("macro_f1", "macro_f1", {}),
    ],
)
def test_spellings_are_canonical(spelling, canonical, params):
    metric = Metric.parse(spelling)
    assert str(metric) == canonical
    assert metric.params == params


@pytest.mark.parametrize(
    ("spelling", "message"),
    [
        ("macro_f2", "Did you mean 'macro_f1'?"),
        ("macro_f2@k=3", "Did you mean 'macro_f1'?"),
        ("top_accuracy@K=3", "There is no parameter of top_accuracy 'K'."),
        ("top_accuracy@k=three", "an integer >= 1"),
        ("top_accuracy@k=0", "given:   '0'"),
        ("recall@precision=1.5", r"a number in \(0, 1\]"),
        ("recall@precision=nan", r"a number in \(0, 1\]"),
        ("f1", "Write f1@label=..."),
        ("f1@label=", "Write f1@label=..."),
        ("accuracy@k=3", r"\(none\)"),
        ("", "There is no metric ''."),
    ],
)
def test_wrong_spellings_say_what_is_allowed(spelling, message):
    with pytest.raises(UserError, match=message):
        Metric.parse(spelling)


def test_an_argument_for_a_metric_without_a_parameter_is_refused():
    with pytest.raises(UserError, match="no parameter"):
        Metric("accuracy", 3)


def test_the_headline_of_each_kind_comes_first():
    first = {kind: str(metrics[0]) for kind, metrics in DEFAULT_METRICS.items()}
    assert first == {"classification": "macro_f1", "matching": "pair_f1", "clustering": "bcubed_f1"}
    assert all(metric.kind == kind for kind, metrics in DEFAULT_METRICS.items() for metric in metrics)


def test_the_page_of_the_room_lists_every_metric():
    words = benchmark.metrics.__doc__.replace(",", " ").replace("f1@label=...", "f1@label=shoe").split()
    assert [str(metric) for metric in ALL if str(metric) not in words] == []


def test_directions_and_bounds():
    lower = {metric.name for metric in ALL if not metric.higher_is_better}
    assert lower == {"log_loss", "ece", "hard_negatives_merged"}
    assert Metric("macro_f1").bounds == (0, 1)
    assert Metric("log_loss").bounds == (0, np.inf)
    assert all(metric.title for metric in ALL)


def test_metrics_that_are_no_sums_have_no_counts():
    assert {metric.name for metric in ALL if not metric.additive} == {"closure_f1", "ari", "v_measure"}
    outcome = ClusterOutcome(np.array([0, 0]), np.array([0, 1]), np.array([0, 0]), 1)
    with pytest.raises(UserError, match="no interval"):
        Metric("ari").counts(outcome)
    with pytest.raises(UserError, match="no interval"):
        Metric("ari").value(np.ones(3))


def test_what_a_metric_needs_is_a_field_of_the_outcome():
    labels = LabelOutcome(np.array([0]), np.array([0]), 1, np.array([0]), 1)
    clusters = ClusterOutcome(np.array([0]), np.array([0]), np.array([0]), 1)
    outcomes = {"classification": labels, "clustering": clusters}
    for metric in [metric for metric in ALL if metric.needs]:
        assert getattr(outcomes[metric.kind], metric.needs) is None
        with pytest.raises(UserError, match="This metric needs"):
            metric.direct(outcomes[metric.kind])
