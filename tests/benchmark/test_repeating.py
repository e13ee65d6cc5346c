"""Two predictions tables say the same whatever the order of their rows and the names of their clusters."""

from __future__ import annotations

import pandas as pd
from toys import toy_task

from benchmark.repeating import differing


def test_labels() -> None:
    task = toy_task("classification")
    one = pd.DataFrame({"id": ["a", "b", "c"], "prediction": ["x", "y", "x"]})
    assert differing(task, one, one[::-1]) == (0, 3)
    assert differing(task, one, one.assign(prediction=["x", "x", "y"])) == (2, 3)


def test_probabilities_within_a_millionth() -> None:
    task = toy_task("classification")
    one = pd.DataFrame({"id": ["a", "b"], "p:x": [0.5, 1.0], "p:y": [0.5, 0.0]})
    assert differing(task, one, one.assign(**{"p:x": [0.5 + 1e-8, 1.0]})) == (0, 2)
    assert differing(task, one, one.assign(**{"p:x": [0.5 + 1e-3, 1.0], "p:y": [0.5 - 1e-3, 0.0]})) == (1, 2)


def test_clusters_by_their_members() -> None:
    task = toy_task("clustering")
    one = pd.DataFrame({"id": ["a", "b", "c", "d"], "cluster": [0, 0, 1, 2]})
    assert differing(task, one, one.assign(cluster=["q", "q", "z", "w"])) == (0, 4)
    assert differing(task, one, one.assign(cluster=[0, 0, 0, 2])) == (3, 4)


def test_pairs_in_either_order() -> None:
    task = toy_task("matching")
    one = pd.DataFrame({"left_id": ["a", "b"], "right_id": ["b", "c"], "score": [0.9, 0.1]})
    turned = pd.DataFrame({"left_id": ["c", "b"], "right_id": ["b", "a"], "score": [0.1, 0.9]})
    assert differing(task, one, turned) == (0, 2)
    assert differing(task, one, turned[:1]) == (1, 2)
    assert differing(task, one[:0], one[:0]) == (0, 0)
