"""`classmark compare` as it is called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from made_records import guess, make_records, truth

from benchmark.cli.compare import command
from benchmark.errors import UserError


@pytest.fixture
def results(home: Path) -> Path:
    true = truth()
    make_records(home / "results", {"good": guess(true, 0.8), "[red]poor": guess(true, 0.4)}, true=true)
    return home / "results"


def call(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(one) for one in arguments], catch_exceptions=False)


def test_tracks_come_first_then_tasks(results: Path) -> None:
    out = call().output
    assert 0 < out.index("Track classification: 1 task") < out.index("shelf 1.0.0: macro_f1")
    assert "[red]poor" in out


def test_folders_can_be_given_and_absent_ones_are_refused(results: Path, tmp_path: Path) -> None:
    assert call(results / "good").output.count("poor") == 0
    with pytest.raises(UserError, match="no results folder"):
        call(tmp_path / "absent")


def test_json_is_all_that_is_printed(results: Path) -> None:
    found = json.loads(call("--json", "--pair", "good", "[red]poor").output)
    assert [entry["solution"] for entry in found["tasks"][0]["entries"]] == ["good", "[red]poor"]
    assert found["pair"][0]["low"] > 0


def test_files_are_written_beside_what_is_printed(results: Path, tmp_path: Path) -> None:
    call("--plot", tmp_path / "p.svg", "--markdown", tmp_path / "t.md", "--csv", tmp_path / "t.csv")
    assert (tmp_path / "p.svg").read_bytes().startswith(b"<?xml")
    assert (tmp_path / "t.md").read_text(encoding="utf-8").startswith("# Comparison\n")
    assert (tmp_path / "t.csv").read_text(encoding="utf-8").startswith("task,version,")


def test_a_wrong_plot_suffix_is_told_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"\.png or \.svg"):
        call(tmp_path / "absent", "--plot", tmp_path / "p.pdf")


def test_budget_task_and_solution_are_passed_on(results: Path) -> None:
    longer = {"seconds": 600.0, "memory": 8 * 10**9, "cores": 2, "disk": 10**10}
    make_records(results, {"good": truth()}, budget=longer)
    with pytest.raises(UserError, match="several budgets"):
        call()
    assert "budget 600s" in call("--budget", "10m").output
    assert "poor" not in call("--budget", "2m", "--solution", "good", "--task", "shelf").output
