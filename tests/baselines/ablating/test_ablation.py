"""What each modality adds, on made-up tasks where it is known."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from toys import KINDS, toy_card, toy_task

pytest.importorskip("lightgbm")

from baselines.ablating import ablation as ablating
from baselines.ablating.classes import Classifying, decided_by
from baselines.ablating.learners import LEARNERS, Learner, Predict, linear
from baselines.ablating.modalities import ColumnSet, column_sets
from baselines.ablating.pairs import Pairing
from baselines.ablating.rows import load_rows
from benchmark.errors import UserError
from benchmark.prepare import prepare
from benchmark.scoring import score
from benchmark.task import Task, open_task

_COLUMNS = [
    {"name": "title", "type": "text", "description": "Title."},
    {"name": "size", "type": "numeric", "unit": "cm", "description": "Size."},
    {"name": "picture", "type": "image", "description": "Picture."},
]


def either_or(rows: int = 900) -> pd.DataFrame:
    """Labels that a word and a number tell together, and neither of them alone; one picture for everyone."""
    rng = np.random.default_rng(3)
    word, large = rng.integers(0, 2, rows), rng.integers(0, 2, rows)
    return pd.DataFrame(
        {
            "title": [f"{'lamp' if one else 'chair'} by {rng.choice(['Ann', 'Bob'])}" for one in word],
            "size": large * 10 + rng.random(rows) * 8,
            "picture": None,
            "label": np.where(word == large, "yes", "no"),
            "maker": [f"maker {i // 2}" for i in range(rows)],
        }
    )


def made_task(records: pd.DataFrame, **changes: Any) -> Task:
    card = toy_card("classification", columns=_COLUMNS, slices=[], **changes)
    return open_task(prepare(card, lambda raw: records))


def by_name(found: tuple[Any, ...]) -> dict[str, Any]:
    return {one.name: one for one in found}


def test_what_two_modalities_tell_together_is_joint_gain() -> None:
    found = ablating.ablate(made_task(either_or()), seeds=1)
    scores, differences = by_name(found.sets), by_name(found.differences)
    assert scores["all"].value > 0.9
    assert max(scores["text alone"].value, scores["numbers alone"].value) < 0.65
    assert differences["joint gain"].low > 0.2
    assert differences["drop of text"].low > 0.2
    assert differences["drop of numbers"].low > 0.2
    picture = differences["drop of pictures"]
    assert picture.low <= 0 <= picture.high
    assert (found.rows, found.scored, found.families) == (900, 900, 450)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_task_is_taken_apart(kind: str) -> None:
    told: list[tuple[str, int, int]] = []
    found = ablating.ablate(toy_task(kind), seeds=1, progress=lambda *step: told.append(step))
    assert [one.name for one in found.sets] == [
        one.name for one in column_sets(("text", "numbers", "pictures"))
    ]
    scores = by_name(found.sets)
    assert scores["all"].value > scores["numbers alone"].value + 0.3
    assert scores["pictures alone"].value > scores["numbers alone"].value + 0.3
    assert all(one.low <= one.value <= one.high for one in (*found.sets, *found.differences))
    assert told[-1][1:] == (21, 21)


def test_a_task_with_folds_is_taken_whole() -> None:
    task = toy_task("classification", split={"folds": 3})
    rows = load_rows(task)
    assert len(rows) == 200
    assert set(rows.table.index) == set(task.labelled.index) | set(task.test_ids)


def test_a_sample_takes_whole_families() -> None:
    task = toy_task("matching")
    rows = load_rows(task, 60)
    assert 50 <= len(rows) <= 60
    names = rows.labels.frame["family"]
    assert (names.value_counts() == 4).all()


def test_scores_are_those_of_the_suite() -> None:
    """Predictions for the test rows, cut from those for all rows, are scored by both."""
    for kind in KINDS:
        task = toy_task(kind)
        rows = load_rows(task)
        solver = (Classifying if kind == "classification" else Pairing)(rows, LEARNERS[:1], 1, 3)
        answer = solver.answer(ColumnSet("text alone", ("text",)), lambda: None)
        ids, test = rows.table.index, rows.table.index.isin(task.test_ids)
        if kind == "classification":
            names = np.array(task.classes)[answer.predicted]
            given = pd.DataFrame({"id": ids, "prediction": names})[test]
        elif kind == "clustering":
            given = pd.DataFrame({"id": ids, "cluster": answer.cluster})[test]
        else:
            inside = test[answer.left] & test[answer.right]
            given = pd.DataFrame({"left_id": ids[answer.left], "right_id": ids[answer.right]})
            given = given.assign(score=answer.score)[inside]
        outcome = ablating.kind_of(task).outcome(answer, rows.task, rows.labels, test)
        assert ablating.estimate(task.metric, outcome, task.digest).value == score(task, given).headline.value


class Spy:
    """A learner that keeps the families it learns from and those it is asked about, told by a number."""

    def __init__(self) -> None:
        self.seen: list[tuple[set[float], set[float]]] = []

    def learn(self, known: NDArray[np.float32], label: NDArray[np.int64], seed: int) -> Predict:
        learned = set(known[:, 0].tolist())
        guess = linear(known, label, seed)

        def predict(rows: NDArray[np.float32]) -> NDArray[np.float64]:
            self.seen.append((learned, set(rows[:, 0].tolist())))
            return guess(rows)

        return predict


def test_a_row_is_never_classified_by_what_has_seen_its_family() -> None:
    records = either_or(120)
    records["size"] = np.arange(120) // 2
    task, spy = made_task(records), Spy()
    rows = load_rows(task)
    solver = Classifying(rows, [Learner("spy", "dense", spy.learn)], seeds=2, folds=3)
    solver.answer(ColumnSet("numbers alone", ("numbers",)), lambda: None)
    assert len(spy.seen) == 6
    asked = defaultdict(int)
    for known, new in spy.seen:
        assert not known & new
        assert len(known) > 30
        for family in new:
            asked[family] += 1
    assert set(asked.values()) == {2}
    assert len(asked) == 60


def test_no_pair_is_judged_by_what_has_seen_its_families() -> None:
    task = toy_task("matching")
    rows = load_rows(task)
    solver = Pairing(rows, LEARNERS[:1], seeds=1, folds=4)
    families = [set(rows.family[block.records]) for block in solver.blocks]
    assert sum(map(len, families)) == len(set.union(*families)) == 50
    some = [block.pairs(ColumnSet("all", ("text", "numbers"))) for block in solver.blocks]
    views = [
        block.views(ColumnSet("all", ("text",)), one) for block, one in zip(solver.blocks, some, strict=True)
    ]
    judged = solver._judge(views, some, lambda: None)
    assert all((judged[block][block] == 0).all() for block in range(4))
    assert all(judged[0][block].any() for block in (1, 2, 3))


def test_columns_that_are_left_out_find_no_pair() -> None:
    solver = Pairing(load_rows(toy_task("matching")), LEARNERS[:1], seeds=1, folds=3)
    block = solver.blocks[0]
    text, both = (block.pairs(ColumnSet("", names)) for names in (("text",), ("text", "pictures")))
    assert set(text) < set(both)
    assert block.found["text"][text].all()
    width = {name: table.shape[1] for name, table in block.compared.items()}
    assert block.views(ColumnSet("", ("text",)), text)["columns"].shape == (len(text), width["text"])


def test_values_are_decided_by_what_classes_are_worth() -> None:
    """A class that is likely and worth little loses against one that is worth much."""
    records = either_or(300)
    records["value:yes"] = np.where(records["label"] == "yes", 10.0, -30.0)
    records["value:no"] = 0.0
    task = made_task(records, metric="recoverable_value")
    rows = load_rows(task)
    known = np.arange(len(rows))
    yes = task.classes.index("yes")
    worth = decided_by(rows, known, np.array([[0.4, 0.6], [0.1, 0.9]]))
    assert worth.shape == (2, 2)
    assert worth.argmax(axis=1).tolist() == [1 - yes, yes]
    found = ablating.ablate(task, seeds=1)
    assert found.scored == found.rows == 300
    scores = by_name(found.sets)
    assert scores["all"].value > scores["text alone"].value + 0.3


def test_one_modality_leaves_nothing_to_leave_out() -> None:
    task = toy_task("classification", columns=[_COLUMNS[0]], slices=[])
    with pytest.raises(UserError, match="nothing that could be left out"):
        ablating.ablate(task)


def test_files_are_written_whole_beside_the_card(monkeypatch: pytest.MonkeyPatch) -> None:
    task = toy_task("classification")
    found = ablating.ablate(task, seeds=1, rows=100, learners=LEARNERS[:1])
    ablating.store(found, task)
    kept = json.loads((task.folder / "ablation.json").read_text(encoding="utf-8"))
    assert kept == found.as_dict()
    assert kept["digest"] == task.digest
    assert "<svg" in (task.folder / "ablation.svg").read_text(encoding="utf-8")
    assert open_task(task.folder).digest == task.digest

    def fail(*paths: Path) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("benchmark.files.os.replace", fail)
    with pytest.raises(OSError, match="disk full"):
        ablating.store(ablating.ablate(task, seeds=1, rows=60, learners=LEARNERS[:1]), task)
    assert json.loads((task.folder / "ablation.json").read_text(encoding="utf-8")) == kept
    assert not list(task.folder.glob(".ablation*"))
