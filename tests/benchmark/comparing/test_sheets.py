"""The comparison for people, and as Markdown."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_records import guess, make_records, truth

from benchmark.comparing.comparison import Comparison, compare
from benchmark.comparing.selection import select
from benchmark.comparing.sheets import markdown, sheets


@pytest.fixture
def comparison(tmp_path: Path) -> Comparison:
    true = truth()
    answers = {"a|b": guess(true, 0.9), "c": guess(true, 0.4), "twin": guess(true, 0.9)}
    records = make_records(tmp_path, answers, true=true, folds=5, failed={"c": {1: "timeout", 3: "timeout"}})
    records += make_records(tmp_path, {"c": guess(true, 0.5)}, "toy", true, board=False)
    return compare(select(records))


def tables(text: str) -> dict[str, list[dict[str, str]]]:
    """The tables of a Markdown text by heading, read back."""
    found = {}
    for part in text.split("\n## ")[1:]:
        lines = part.splitlines()
        rows = [line for line in lines if line.startswith("|")]
        cells = [
            [cell.strip().replace("\0", "|") for cell in row.replace("\\|", "\0").strip("|").split("|")]
            for row in rows
        ]
        found[lines[0]] = [dict(zip(cells[0], row, strict=True)) for row in cells[2:]]
    return found


def test_markdown_reads_back_as_the_comparison(comparison: Comparison) -> None:
    found = tables(markdown(comparison, comparison.pair("a|b", "c")))
    headings = ["a|b - c", "Track classification", "Track classification", "shelf 1.0.0", "toy 1.0.0"]
    assert [title.split(":")[0] for title in found] == headings
    [task] = [rows for title, rows in found.items() if title.startswith("shelf")]
    assert [(row["rank"], row["solution"]) for row in task] == [("1", "a|b"), ("1", "twin"), ("3", "c")]
    entry = comparison.tasks[0].entries[2]
    low, high = entry.score.interval
    assert task[2] == {
        "rank": "3",
        "solution": "c",
        "score": f"{entry.score.value:.3f} [{low:.3f}, {high:.3f}]",
        "ok": "3/5",
        "seconds": "15.0",
        "memory": "0.50 GB",
        "not ok": "2 timeout",
    }


def test_markdown_says_when_where_and_with_what(comparison: Comparison) -> None:
    text = markdown(comparison)
    assert "- Latest run 2025-01-02 03:04 UTC, budget 120s,8GB,2cores,10GBdisk.\n" in text
    assert "- Machine: Linux-test, 2 cores, 16 GB, Python 3.11.9.\n" in text
    assert "- Versions: classmark 0.1.0, numpy 2.0.0.\n" in text
    assert "- Note: toy is not on the board: it counts in no track.\n" in text


def test_a_pair_says_who_is_better_where_the_data_tell(comparison: Comparison) -> None:
    def verdicts(one: str, other: str) -> set[str]:
        return {row[-1] for row in sheets(comparison, comparison.pair(one, other))[0].rows}

    assert verdicts("a|b", "c") == {"a|b"}
    assert verdicts("c", "a|b") == {"a|b"}
    assert verdicts("a|b", "twin") == {"cannot tell"}


def test_who_cannot_be_told_apart_stands_beside(comparison: Comparison) -> None:
    [standing] = [sheet for sheet in sheets(comparison) if "against each" in sheet.title]
    apart = {row[0]: row[-1] for row in standing.rows}
    assert apart == {"a|b": "twin", "twin": "a|b", "c": "-"}


def test_tasks_of_a_track_stand_beside_each_other(tmp_path: Path) -> None:
    true = truth()
    records = [
        record
        for task in ("hats", "bags")
        for record in make_records(tmp_path, {"good": guess(true, 0.9), "slow": guess(true, 0.5)}, task, true)
    ]
    records += make_records(
        tmp_path, {"late": guess(true, 0.7)}, "hats", true, failed={"late": {None: "timeout"}}
    )
    comparison = compare(select(records))
    [found] = [sheet for sheet in sheets(comparison) if "task by task" in sheet.title]
    score = {
        (task.name, entry.solution): f"{entry.score.value:.3f}"
        for task in comparison.tasks
        for entry in task.entries
    }
    assert sorted(found.columns[1:]) == ["bags", "hats"]
    cells = {row[0]: dict(zip(found.columns[1:], row[1:], strict=True)) for row in found.rows}
    assert cells["good"] == {task: score[task, "good"] for task in ("bags", "hats")}
    assert cells["late"]["hats"] == f"{score['hats', 'late']} (1 timeout)"
    assert cells["late"]["bags"].endswith("(1 not run)")


def test_what_is_not_ok_has_a_column_only_where_there_is_something(comparison: Comparison) -> None:
    columns = [sheet.columns for sheet in sheets(comparison)[2:]]
    assert ["not ok" in names for names in columns] == [True, False]


def test_tasks_off_the_board_and_folds_are_marked(comparison: Comparison) -> None:
    titles = [sheet.title for sheet in sheets(comparison)]
    assert "5 folds" in titles[2]
    assert "not on the board" in titles[3]
