"""Answers that are too much alike: by hand, and as sets of anything."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toys import toy_task

from benchmark.kinds.classification import LabelAnswer
from benchmark.kinds.clustering import ClusterAnswer
from benchmark.kinds.matching import PairAnswer
from benchmark.labels import load_labels
from leaderboard.standings import similar
from leaderboard.standings.similar import items, jaccard, sentences


@given(st.lists(st.sets(st.integers(0, 30)), max_size=5))
def test_the_index_of_every_two_sets(given_sets: list[set[int]]) -> None:
    found = jaccard([np.array(sorted(one), np.uint64) for one in given_sets])
    for one, first in enumerate(given_sets):
        for other, second in enumerate(given_sets):
            wanted = len(first & second) / len(first | second) if first | second else 0.0
            assert found[one, other] == pytest.approx(wanted)


def test_of_very_many_items_a_share_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similar, "MOST_ITEMS", 10_000)
    numbers = np.arange(60_000, dtype=np.uint64)
    found = jaccard([numbers[:40_000], numbers[20_000:]])
    assert found[0, 0] == 1
    assert found[0, 1] == pytest.approx(1 / 3, abs=0.03)


def test_errors_are_wrong_labels_of_rows() -> None:
    task = toy_task("classification")
    labels = load_labels(task)
    right = labels.codes(task.classes)
    predicted = right.astype(np.int32)
    predicted[:3] = (predicted[:3] + 1) % len(task.classes)
    said, wrong = items(task, LabelAnswer(predicted), labels, np.ones(len(right), bool))
    assert (len(said), len(wrong)) == (len(right), 3)
    some = np.arange(len(right)) < 2
    assert [len(one) for one in items(task, LabelAnswer(predicted), labels, some)] == [2, 2]


def test_errors_are_accepted_pairs_of_different_entities() -> None:
    task = toy_task("matching")
    labels = load_labels(task)
    entity = labels.target_codes
    first, second = np.flatnonzero(entity == entity[0])[:2]
    other = np.flatnonzero(entity != entity[0])[0]
    answer = PairAnswer(
        np.array([second, first, first], np.int32),
        np.array([first, other, second + 1], np.int32),
        np.array([0.9, 0.5, 0.4]),
    )
    said, wrong = items(task, answer, labels, np.ones(len(entity), bool))
    assert list(said) == sorted([first * len(entity) + second, first * len(entity) + other])
    assert list(wrong) == [first * len(entity) + other]


def test_errors_are_clusters_that_are_none() -> None:
    task = toy_task("clustering")
    labels = load_labels(task)
    truth = labels.target_codes
    merged = truth.copy()
    merged[merged == merged[-1]] = merged[0]
    everything = np.ones(len(truth), bool)
    said, wrong = items(task, ClusterAnswer(truth + 7), labels, everything)
    assert len(wrong) == 0
    again, wrong = items(task, ClusterAnswer(merged), labels, everything)
    assert len(wrong) == 1
    assert len(np.intersect1d(said, again)) >= len(said) - 2


def test_what_is_found_in_sentences() -> None:
    found = {
        "identical": [{"file": "ab" * 32, "submissions": {"one": "s1", "two": "s2"}}],
        "alike": [
            {"task": "duplicates", "typical": 0.4, "pairs": [{"teams": ["one", "two"], "same_errors": 0.97}]}
        ],
    }
    assert sentences(found) == [
        "one and two have handed in the same file (abababababab).",
        "one and two make 97% of their errors in duplicates alike; 40% are typical.",
    ]
