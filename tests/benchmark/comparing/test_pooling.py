"""Folds and seeds of one task become one result per solution."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_records import CLASSES, constant, guess, label_counts, make_record, make_records, run_dict, truth
from sklearn.metrics import f1_score
from toys import KINDS, right_answer, toy_task

from benchmark.budget import Budget
from benchmark.comparing.pooling import Cost, TaskComparison, pool
from benchmark.comparing.selection import select
from benchmark.errors import UserError
from benchmark.intervals import interval, weights
from benchmark.labels import load_labels
from benchmark.metrics import ClusterOutcome, Metric, PairOutcome
from benchmark.records import Record
from benchmark.run import Run, execute
from benchmark.solutions import load_solution

TRUE = truth()


def pooled(records: list[Record], *without_records: str) -> TaskComparison:
    runs: dict[str, list[Record]] = {name: [] for name in without_records}
    for record in records:
        runs.setdefault(record.run["solution"], []).append(record)
    return pool(runs)


def macro_f1(true: np.ndarray, predicted: np.ndarray) -> float:
    return float(f1_score(true, predicted, average="macro", labels=np.unique(true), zero_division=0))


def test_a_hand_computed_value_over_two_folds(tmp_path: Path) -> None:
    # rows 0, 2 are fold 0 and rows 1, 3 fold 1; class 0: 1 hit of 2 said, 2 true; class 1: 1 hit of 2, 2 true
    true, predicted = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    [entry] = pooled(make_records(tmp_path, {"a": predicted}, true=true, folds=2)).entries
    assert entry.score.value == pytest.approx(0.5)
    assert entry.endings == {"ok": 2}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(st.integers(0, CLASSES - 1), st.integers(0, CLASSES - 1)), min_size=8, max_size=60
    ),
    folds=st.integers(2, 5),
)
def test_the_pooled_value_is_the_metric_on_all_rows(
    tmp_path: Path, rows: list[tuple[int, int]], folds: int
) -> None:
    true, predicted = np.array(rows).T
    task = pooled(make_records(tmp_path, {"a": predicted}, true=true, folds=folds))
    assert task.entries[0].score.value == pytest.approx(macro_f1(true, predicted))
    assert task.constant.value == pytest.approx(macro_f1(true, constant(true)))


def test_draws_are_reweighted_counts_and_the_interval_is_theirs(tmp_path: Path) -> None:
    predicted = guess(TRUE, 0.6)
    [record] = make_records(tmp_path, {"a": predicted}, true=TRUE)
    score = pooled([record]).entries[0].score
    for place in (0, 999):
        weight = weights(record.run["task_digest"], len(TRUE))[place]
        expected = f1_score(TRUE, predicted, average="macro", sample_weight=weight)
        assert score.draws[place] == pytest.approx(expected)
    assert score.interval == interval(score.value, score.draws)


def test_a_failed_fold_counts_as_the_constant_answer(tmp_path: Path) -> None:
    predicted = guess(TRUE, 0.8)
    records = make_records(tmp_path, {"a": predicted}, true=TRUE, folds=5, failed={"a": {2: "timeout"}})
    [entry] = pooled(records).entries
    mixed = np.where(np.arange(len(TRUE)) % 5 == 2, constant(TRUE), predicted)
    assert entry.score.value == pytest.approx(macro_f1(TRUE, mixed))
    assert (entry.answered, entry.asked) == (4, 5)
    assert entry.endings == {"ok": 4, "timeout": 1}


def test_a_fold_that_was_not_run_counts_as_the_constant_answer_of_anyones_record(tmp_path: Path) -> None:
    predicted = guess(TRUE, 0.8)
    records = make_records(tmp_path, {"a": predicted, "b": predicted}, true=TRUE, folds=5)
    lacking = [one for one in records if (one.run["solution"], one.run["fold"]) != ("a", 4)]
    task = pooled(lacking)
    [mine] = [entry for entry in task.entries if entry.solution == "a"]
    mixed = np.where(np.arange(len(TRUE)) % 5 == 4, constant(TRUE), predicted)
    assert mine.score.value == pytest.approx(macro_f1(TRUE, mixed))
    assert mine.endings == {"not run": 1, "ok": 4}
    assert task.folds == (0, 1, 2, 3, 4)


@pytest.mark.parametrize("status", ["unsupported", "failed", "memory", "invalid"])
def test_who_answered_nothing_stands_there_with_the_constant_value(tmp_path: Path, status: str) -> None:
    records = make_records(
        tmp_path, {"a": guess(TRUE, 0.8), "b": TRUE}, true=TRUE, failed={"b": {None: status}}
    )
    task = pooled(records, "absent")
    by_name = {entry.solution: entry for entry in task.entries}
    assert by_name["b"].score.value == by_name["absent"].score.value == task.constant.value
    assert by_name["b"].endings == {status: 1}
    assert by_name["absent"].endings == {"not run": 1}
    assert (by_name["b"].answered, by_name["absent"].answered) == (0, 0)
    assert by_name["absent"].cost == Cost()
    assert [by_name[name].rank for name in ("a", "b", "absent")] == [1, 2, 2]


def test_seeds_are_averaged_in_value_and_draws(tmp_path: Path) -> None:
    first = make_records(tmp_path, {"a": guess(TRUE, 0.8, 1)}, true=TRUE, seeds=[0])
    second = make_records(tmp_path, {"a": guess(TRUE, 0.4, 2)}, true=TRUE, seeds=[1])
    alone = [pooled(records).entries[0].score for records in (first, second)]
    [entry] = pooled(first + second).entries
    assert entry.score.value == pytest.approx((alone[0].value + alone[1].value) / 2)
    assert entry.score.draws == pytest.approx((alone[0].draws + alone[1].draws) / 2)
    assert (entry.answered, entry.asked) == (2, 2)


def test_identical_solutions_share_rank_one_and_differ_by_exactly_nothing(tmp_path: Path) -> None:
    same = guess(TRUE, 0.8)
    task = pooled(make_records(tmp_path, {"x": same, "y": same, "z": guess(TRUE, 0.4)}, true=TRUE))
    assert [(entry.solution, entry.rank) for entry in task.entries] == [("x", 1), ("y", 1), ("z", 3)]
    assert (task.entries[0].score - task.entries[1].score).interval == (0.0, 0.0)


def test_pairs_and_clusters_pool_over_folds_too(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    entity = np.repeat(np.arange(60), 3)
    fold = entity % 3
    cluster = np.where(rng.random(180) < 0.7, entity, 200 + 3 * (entity // 6) + fold)
    left, right = np.triu_indices(180, 1)
    said = ((cluster[left] == cluster[right]) | (rng.random(len(left)) < 0.002)) & (fold[left] == fold[right])
    pairs = left[said], right[said]

    def clusters(rows: np.ndarray, predicted: np.ndarray) -> ClusterOutcome:
        return ClusterOutcome(true=entity[rows], predicted=predicted[rows], bucket=entity[rows], buckets=60)

    def matches(rows: np.ndarray, keep: np.ndarray) -> PairOutcome:
        place = np.cumsum(rows) - 1
        inside = rows[pairs[0]] & keep
        return PairOutcome(
            entity[rows],
            place[pairs[0][inside]],
            place[pairs[1][inside]],
            np.ones(inside.sum()),
            entity[rows],
            60,
        )

    everything = np.ones(180, bool)
    kinds = {
        "bcubed_f1": (clusters, cluster, np.arange(180)),
        "pair_f1": (matches, np.ones(len(pairs[0]), bool), np.zeros(len(pairs[0]), bool)),
    }
    for name, (outcome, answer, nothing) in kinds.items():
        metric = Metric(name)
        records = [
            make_record(
                tmp_path,
                run_dict("a", name, number, folds=3, metric=name, track="matching"),
                {
                    "headline": metric.counts(outcome(fold == number, answer)),
                    "constant": metric.counts(outcome(fold == number, nothing)),
                },
            )
            for number in range(3)
        ]
        expected = metric.direct(outcome(everything, answer))
        task = pooled(records)
        assert 0.2 < expected < 0.99
        assert task.entries[0].score.value == pytest.approx(expected)
        assert task.constant.value == 0


def test_cost_is_summed_over_folds_and_averaged_over_seeds(tmp_path: Path) -> None:
    slow = make_records(
        tmp_path,
        {"a": TRUE},
        true=TRUE,
        folds=2,
        seconds={"total": 9.0, "fit": 5.0, "predict": 1.0, "embed": 0.75, "embed_saved": 0.25},
    )
    fast = make_records(
        tmp_path, {"a": TRUE}, true=TRUE, folds=2, seeds=[1], peak_memory=7,
        seconds={"total": 9.0, "fit": 2.0, "predict": 1.0},
    )  # fmt: skip
    assert pooled(slow + fast).entries[0].cost == Cost(7.0, 2.0, 10.0, 5 * 10**8)


def test_cost_of_a_stopped_run_is_its_whole_time_and_of_ready_predictions_unknown(tmp_path: Path) -> None:
    stopped = {"total": 120.0, "fit": None, "predict": None}
    nothing = {"total": 0.0, "fit": None, "predict": None}
    records = make_records(tmp_path, {"a": TRUE}, true=TRUE, seconds=stopped, failed={"a": {None: "timeout"}})
    records += make_records(tmp_path, {"b": TRUE}, true=TRUE, seconds=nothing, peak_memory=0)
    costs = {entry.solution: entry.cost for entry in pooled(records).entries}
    assert costs == {"a": Cost(None, None, 120.0, 5 * 10**8), "b": Cost()}


def test_what_foreign_code_says_of_its_time_is_no_cost(tmp_path: Path) -> None:
    said = {"total": 9.0, "fit": 0.1, "predict": 0.1, "embed": 0.0, "embed_saved": 0.0}
    records = make_records(tmp_path, {"a": TRUE, "b": TRUE}, true=TRUE, seconds=said, shipped=False)
    records += make_records(tmp_path, {"c": TRUE}, true=TRUE, seconds=said)
    costs = {entry.solution: entry.cost for entry in pooled(records).entries}
    assert costs["a"] == costs["b"] == Cost(None, None, 9.0, 5 * 10**8)
    assert costs["c"] == Cost(0.1, 0.1, 0.2, 5 * 10**8)


def test_a_fold_without_constant_counts_is_refused(tmp_path: Path) -> None:
    record = make_record(tmp_path, run_dict("a", "shelf", 3, folds=5, status="failed"), {})
    with pytest.raises(UserError, match="No record of shelf fold 3 has the constant"):
        pooled([record])


def test_counts_of_another_shape_are_refused_by_folder(tmp_path: Path) -> None:
    counts = label_counts(TRUE, TRUE, None, None)
    record = make_record(tmp_path, run_dict("a", "shelf"), {"constant": counts, "headline": counts[:, :2]})
    with pytest.raises(UserError, match="do not add up") as caught:
        pooled([record])
    assert str(record.folder) in str(caught.value)


def test_a_headline_that_is_better_when_lower_is_refused(tmp_path: Path) -> None:
    counts = np.ones((5, 2))
    record = make_record(
        tmp_path, run_dict("a", "x", metric="log_loss"), {"constant": counts, "headline": counts}
    )
    with pytest.raises(UserError, match="better when it is lower"):
        pooled([record])


def test_pooling_takes_records_as_selected(tmp_path: Path) -> None:
    """The newest description of a task is shown: whether it is on the board is no part of its digest."""
    old = make_records(tmp_path, {"a": TRUE}, true=TRUE)
    new = make_records(tmp_path, {"b": TRUE}, true=TRUE, board=False, started="2026-01-01T00:00:00+00:00")
    assert not pooled(select(new + old).tasks["shelf"]).board


@pytest.mark.parametrize("kind", KINDS)
def test_a_real_run_has_the_value_and_interval_of_its_own_score(tmp_path: Path, kind: str) -> None:
    task = toy_task(kind)
    right = right_answer(task, load_labels(task).frame)
    if kind == "classification":
        right.loc[::3, "prediction"] = task.classes[0]
    else:
        right = right.assign(cluster="one") if kind == "clustering" else right.iloc[::2]
    right.to_csv(tmp_path / "mine.csv", index=False)
    run = Run(load_solution(str(tmp_path / "mine.csv")), task, 0, Budget(60, 10**9, 1, 10**9))
    record = execute(run, tmp_path / "results", [0], threading.Event())
    assert record.score is not None
    [entry] = pooled([record]).entries
    headline = record.score["headline"]
    assert entry.score.value == pytest.approx(headline["value"])
    assert entry.score.interval == pytest.approx((headline["low"], headline["high"]))
    assert pooled([record]).constant.value == pytest.approx(record.score["constant"])
