"""The answer that looks at nothing."""

from __future__ import annotations

import pandas as pd

from baselines.constant import Constant

TABLE = pd.DataFrame(index=["a", "b", "c"])


def test_of_two_most_frequent_classes_it_takes_the_first_by_name() -> None:
    model = Constant("classification").fit(TABLE, pd.Series(["z", "b", "z", "b", "c"], dtype="string"))
    assert list(model.predict(TABLE)) == ["b", "b", "b"]


def test_no_pair_and_every_record_alone() -> None:
    label = pd.Series(["1", "1", "2"], dtype="string")
    pairs = Constant("matching").fit(TABLE, label).predict(TABLE)
    assert pairs.columns.tolist() == ["left_id", "right_id", "score"]
    assert pairs.empty
    assert len(set(Constant("clustering").fit(TABLE, label).predict(TABLE))) == 3
