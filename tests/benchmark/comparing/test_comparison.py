"""Tracks, tasks and paired differences, put together."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from made_records import guess, make_records, truth

from benchmark.comparing.comparison import Comparison, compare
from benchmark.comparing.report import as_dict
from benchmark.comparing.selection import select
from benchmark.errors import UserError
from benchmark.intervals import interval
from benchmark.records import read_records

TASKS = ("books", "shelf", "wine")


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Three board tasks of one track, one of another, one off the board; see each line for who did what."""
    for place, task in enumerate(TASKS):
        true = truth(300 + 50 * place, seed=place)
        answers = {
            "good": guess(true, 0.8, 10 + place),
            "twin": guess(true, 0.8, 10 + place),
            "poor": guess(true, 0.5, 20 + place),
        }
        make_records(
            tmp_path, answers, task, true, failed={"poor": {None: "timeout"}} if place == 1 else None
        )
        if task == "wine":
            make_records(tmp_path, {"late": guess(true, 0.9)}, task, true)
    true = truth(300, seed=7)
    make_records(
        tmp_path, {"good": guess(true, 0.6), "other": guess(true, 0.9)}, "pairs", true, track="matching"
    )
    make_records(tmp_path, {"good": guess(true, 0.6), "stray": guess(true, 0.7)}, "toy", true, board=False)
    return tmp_path


def compared(results: Path) -> Comparison:
    return compare(select(read_records([results])))


def test_a_track_is_the_mean_over_its_board_tasks_drawn_together(results: Path) -> None:
    comparison = compared(results)
    track = comparison.tracks[0]
    assert (track.name, track.tasks) == ("classification", TASKS)
    of_tasks = [
        next(entry.score for entry in task.entries if entry.solution == "poor")
        for task in comparison.tasks
        if task.name in TASKS
    ]
    [poor] = [entry for entry in track.entries if entry.solution == "poor"]
    draws = np.mean([score.draws for score in of_tasks], axis=0)
    assert poor.score.value == pytest.approx(sum(score.value for score in of_tasks) / 3)
    assert poor.score.interval == pytest.approx(interval(poor.score.value, draws))


def test_coverage_counts_the_tasks_that_were_answered_in_full(results: Path) -> None:
    track = compared(results).tracks[0]
    assert {entry.solution: entry.answered for entry in track.entries} == {
        "good": 3,
        "twin": 3,
        "poor": 2,
        "late": 1,
    }


def test_who_was_not_run_on_a_task_of_a_track_entered_has_the_constant_value_there(results: Path) -> None:
    comparison = compared(results)
    [books] = [task for task in comparison.tasks if task.name == "books"]
    [late] = [entry for entry in books.entries if entry.solution == "late"]
    assert late.score.value == books.constant.value
    assert late.endings == {"not run": 1}


def test_a_track_holds_only_those_who_entered_it(results: Path) -> None:
    tracks = {track.name: track for track in compared(results).tracks}
    assert {entry.solution for entry in tracks["matching"].entries} == {"good", "other"}
    assert "stray" not in {entry.solution for entry in tracks["classification"].entries}


def test_a_task_off_the_board_is_shown_and_counts_in_no_track(results: Path) -> None:
    comparison = compared(results)
    [toy] = [task for task in comparison.tasks if task.name == "toy"]
    assert not toy.board
    assert {entry.solution for entry in toy.entries} == {"good", "stray"}
    assert not any("toy" in track.tasks for track in comparison.tracks)
    assert "toy is not on the board: it counts in no track." in comparison.notes


def test_ranks_tie_for_twins_and_equal_plain_loops(results: Path) -> None:
    track = compared(results).tracks[0]
    found = {entry.solution: entry.rank for entry in track.entries}
    assert found["good"] == found["twin"] == 1
    assert found["poor"] > 2
    for own in track.entries:
        ahead = 0
        for other in track.entries:
            value = other.score.value - own.score.value
            off = np.sort(
                np.abs([b - a - value for a, b in zip(own.score.draws, other.score.draws, strict=True)])
            )
            ahead += value - np.quantile(off, 0.95) > 1e-12
        assert own.rank == 1 + ahead


def test_differences_are_those_of_the_first_to_each_other(results: Path) -> None:
    track = compared(results).tracks[0]
    assert [found.other for found in track.differences] == [entry.solution for entry in track.entries[1:]]
    assert {found.solution for found in track.differences} == {"good"}
    [twin] = [found for found in track.differences if found.other == "twin"]
    assert twin.score.value == 0
    assert twin.score.interval == (0.0, 0.0)


def test_a_pair_is_told_for_every_track_and_task_that_both_entered(results: Path) -> None:
    comparison = compared(results)
    pair = comparison.pair("good", "poor")
    assert [(found.level, found.where) for found in pair] == [
        ("track", "classification"),
        *(("task", name) for name in TASKS),
    ]
    turned = comparison.pair("poor", "good")
    for one, other in zip(pair, turned, strict=True):
        low, high = other.score.interval
        assert one.score.value == -other.score.value
        assert one.score.interval == pytest.approx((-high, -low))
    with pytest.raises(UserError, match="Did you mean 'poor'"):
        comparison.pair("good", "poors")
    with pytest.raises(UserError, match="other and poor have no task in common"):
        comparison.pair("other", "poor")


def test_cost_of_a_track_is_the_sum_over_its_tasks(results: Path) -> None:
    costs = {entry.solution: entry.cost for entry in compared(results).tracks[0].entries}
    assert costs["good"].seconds == pytest.approx(9.0)
    assert costs["late"].seconds == pytest.approx(3.0)
    assert costs["good"].peak_memory == 5 * 10**8


def test_one_solution_alone_is_first(tmp_path: Path) -> None:
    make_records(tmp_path, {"a": guess(truth(), 0.5)})
    [track] = compared(tmp_path).tracks
    [entry] = track.entries
    assert entry.rank == 1
    assert track.differences == []


def test_folds_that_nobody_ran_are_told(tmp_path: Path) -> None:
    records = make_records(tmp_path, {"a": guess(truth(), 0.5)}, folds=5)
    comparison = compare(select(records[:2]))
    assert comparison.tasks[0].folds == (0, 1)
    assert comparison.notes == ("shelf: only 2 of its 5 folds were run by anyone.",)


def test_the_order_of_reading_does_not_matter(results: Path) -> None:
    records = read_records([results])
    shuffled = random.Random(3).sample(records, len(records))
    assert as_dict(compare(select(shuffled))) == as_dict(compare(select(records)))


def test_versions_and_machines_are_all_that_occur(tmp_path: Path) -> None:
    make_records(tmp_path, {"a": guess(truth(), 0.5)}, versions={"numpy": "2.0.0"})
    make_records(tmp_path, {"b": guess(truth(), 0.5)}, versions={"numpy": "2.1.0", "lightgbm": "4.0"})
    comparison = compared(tmp_path)
    assert comparison.versions == {"lightgbm": ["4.0"], "numpy": ["2.0.0", "2.1.0"]}
    assert comparison.machines == ["Linux-test, 2 cores, 16 GB, Python 3.11.9"]
    assert comparison.budget == "120s,8GB,2cores,10GBdisk"


def test_who_supports_no_task_of_a_track_stays_out_of_it_and_is_named(results: Path) -> None:
    unsupported = {None: "unsupported"}
    for task, length in zip(TASKS[:2], (300, 350), strict=True):
        answer = guess(truth(length, seed=TASKS.index(task)), 0.5)
        failed = {"matcher": unsupported, "partial": unsupported if task == "shelf" else {}}
        make_records(
            results,
            {"matcher": answer, "partial": answer},
            task,
            truth(length, seed=TASKS.index(task)),
            failed=failed,
        )
    comparison = compared(results)
    assert "matcher" not in comparison.solutions
    assert [entry.answered for entry in comparison.tracks[0].entries if entry.solution == "partial"] == [1]
    assert "matcher: not in track classification, no task of which is supported." in comparison.notes
