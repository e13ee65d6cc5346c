"""Which records may meet."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from made_records import guess, make_records, truth

from benchmark.comparing.selection import select
from benchmark.errors import UserError
from benchmark.records import Record, read_records

TRUE = truth()
BUDGET = {"seconds": 120.0, "memory": 8 * 10**9, "cores": 2, "disk": 10**10}
LONGER = BUDGET | {"seconds": 600.0}


def made(results: Path, *solutions: str, **changes: object) -> list[Record]:
    return make_records(results, {name: guess(TRUE, 0.5) for name in solutions}, true=TRUE, **changes)  # type: ignore[arg-type]


def test_no_records_is_an_error() -> None:
    with pytest.raises(UserError, match="no records"):
        select([])


def test_several_budgets_are_refused_and_listed(tmp_path: Path) -> None:
    records = made(tmp_path, "a") + made(tmp_path, "b", budget=LONGER)
    with pytest.raises(UserError, match="several budgets") as caught:
        select(records)
    assert "120s,8GB,2cores,10GBdisk; 600s,8GB,2cores,10GBdisk" in str(caught.value)
    assert "--budget 120s." in str(caught.value)


def test_a_budget_of_a_version_that_is_left_out_does_not_stand_in_the_way(tmp_path: Path) -> None:
    older = made(tmp_path, "a", budget=LONGER)
    newer = made(tmp_path, "a", version="2.0.0", task_digest="f" * 64)
    assert select(older + newer).records == newer
    assert select(older + newer, budget="10m").records == older


@pytest.mark.parametrize("spelling", ["10m", "600s", "600", " 600s, 8GB", "600s,8GB,2cores,10GBdisk"])
def test_a_budget_can_be_chosen_in_any_spelling(tmp_path: Path, spelling: str) -> None:
    records = made(tmp_path, "a") + made(tmp_path, "b", budget=LONGER)
    selection = select(records, budget=spelling)
    assert {record.run["solution"] for record in selection.records} == {"b"}


def test_a_budget_that_no_record_has_is_refused_with_those_that_are_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no records with this budget") as caught:
        select(made(tmp_path, "a"), budget="7s")
    assert "120s,8GB,2cores,10GBdisk" in str(caught.value)


def test_two_digests_of_a_task_version_are_refused_by_folder(tmp_path: Path) -> None:
    records = made(tmp_path, "a") + made(tmp_path, "b", task_digest="f" * 64)
    with pytest.raises(UserError, match="different data") as caught:
        select(records)
    assert "ffffffffffff" in str(caught.value)
    assert str(records[0].folder) in str(caught.value)


def test_of_two_versions_the_latest_is_compared_and_a_note_says_so(tmp_path: Path) -> None:
    records = made(tmp_path, "a", version="1.9.0") + made(
        tmp_path, "a", "b", version="1.10.0", task_digest="f" * 64
    )
    selection = select(records)
    assert {record.run["version"] for record in selection.records} == {"1.10.0"}
    assert selection.notes == ("shelf: 1 records of version 1.9.0 are left out; 1.10.0 is compared.",)


def test_solutions_of_one_name_are_told_apart_by_digest(tmp_path: Path) -> None:
    records = made(tmp_path, "a", "b") + made(tmp_path, "a", solution_digest="0123456789abcdef" * 4)
    selection = select(records)
    labels = sorted(set(map(selection.label, records)))
    assert labels[0] == "a@012345"
    assert labels[1].startswith("a@")
    assert labels[2] == "b"


def test_tasks_and_solutions_can_be_chosen(tmp_path: Path) -> None:
    other = make_records(tmp_path, {"a": guess(TRUE, 0.5)}, task="other", true=TRUE)
    records = made(tmp_path, "a", "b") + made(tmp_path, "a", solution_digest="0123456789abcdef" * 4) + other
    assert set(select(records, tasks=["shelf"]).tasks) == {"shelf"}
    assert len(select(records, solutions=["a"]).records) == 3
    [only] = select(records, solutions=["a@0123"]).records
    assert only.run["solution_digest"].startswith("0123")


def test_unknown_names_are_refused_with_a_hint(tmp_path: Path) -> None:
    records = made(tmp_path, "linear")
    with pytest.raises(UserError, match="Did you mean 'shelf'"):
        select(records, tasks=["shelv"])
    with pytest.raises(UserError, match="Did you mean 'linear'"):
        select(records, solutions=["liner"])
    with pytest.raises(UserError, match="no record of a solution 'linear@0'"):
        select(records, solutions=["linear@0"])


def test_of_a_run_that_is_recorded_twice_the_latest_counts(tmp_path: Path) -> None:
    first = made(tmp_path / "one", "a", started="2025-01-01T00:00:00+00:00")
    second = made(tmp_path / "two", "a", started="2025-01-02T00:00:00+00:00")
    for records in (first + second, second + first):
        assert select(records).records == second


def test_copies_of_a_solution_under_two_names_are_two_entrants(tmp_path: Path) -> None:
    records = made(tmp_path, "a", "b", solution_digest="0" * 64)
    assert records[0].run["key"] == records[1].run["key"]
    assert len(select(records).records) == 2


def test_the_order_of_reading_does_not_matter(tmp_path: Path) -> None:
    made(tmp_path, "a", "b", "c", folds=3)
    records = read_records([tmp_path])
    shuffled = random.Random(1).sample(records, len(records))
    assert select(shuffled) == select(records)


def test_a_note_says_that_machines_differ(tmp_path: Path) -> None:
    other = {"python": "3.12.0", "platform": "else", "cores": 64, "memory": 10**12, "packages": "1"}
    records = made(tmp_path, "a") + made(tmp_path, "b", environment=other)
    assert select(records).notes == ("The runs come from 2 machines: seconds do not compare.",)


def test_notes_say_that_cores_or_sandboxes_differ(tmp_path: Path) -> None:
    alike = made(tmp_path, "a", "b")
    ready = made(
        tmp_path, "ready", seconds={"total": 0.0, "fit": None, "predict": None}, sandbox="", cpus=[0]
    )
    assert select(alike + ready).notes == ()
    fewer = made(tmp_path, "c", cpus=[0])
    assert select(alike + fewer).notes == (
        "Runs could use 1 or 2 of the 2 cores that the budget says: they do not compare.",
    )
    assert select(fewer).notes == (
        "Runs could use 1 of the 2 cores that the budget says: they do not compare.",
    )
    bare = made(tmp_path, "d", "e", sandbox="")
    assert select(alike + bare).notes == ("Not in the sandbox, as others were: d, e.",)
    assert select(bare).notes == ()
