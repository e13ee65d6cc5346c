"""The API's JSON: what it says, to how many digits, and what it never says."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from books import Book, C, K, M, book_contest

from leaderboard.record.gate import move_gate
from leaderboard.standings.boards import full
from leaderboard.views import board_json, competition_json, history_json, rounded, task_json, team_json

NOW = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """A board on which a team went up and down."""
    book = Book(book_contest(tmp_path_factory.mktemp("views") / "contest"))
    book.constants({C: -0.0001, M: 0.0, K: 0.0}, {C: 0.7777})
    book.team("one", "two", "gone")
    book.team("base", baseline=True)
    book.entry("base", {C: 0.5})
    book.entry("one", {C: 0.4444}, {C: 0.8888}, seed=1)
    book.entry("one", {C: 0.3}, seed=2)
    book.entry("one", {C: 0.7004, M: 0.25}, seed=3)
    book.entry("one", {K: None})
    book.accept("one", (K,))
    book.entry("two", {C: 0.6}, seed=5)
    book.entry("gone", {C: 0.6}, seed=6)
    book.remove("gone")
    return book


def team(book: Book, name: str) -> dict[str, Any]:
    with book.contest.ledger.reading() as state:
        return team_json(book.contest, state, full(book.contest), name)


def test_a_board_in_json(book: Book) -> None:
    with book.contest.ledger.reading() as state:
        found = board_json(book.contest, full(book.contest), state)
        assert (found["competition"], found["seq"], found["head"]) == ("toys", state.seq, state.head)
    classification, matching = found["tracks"]
    assert json.dumps(classification["constant"]) == "0.0"
    assert [(row["team"], row["rank"], row["score"]) for row in classification["rows"]] == [
        ("one", 1, 0.7),
        ("two", 2, 0.6),
        ("base", None, 0.5),
    ]
    [row] = matching["rows"]
    assert (row["score"], row["answered"], row["asked"], row["submission"]) == (0.125, 1, 2, "s4")
    assert row["tasks"][M]["answered"]
    assert not row["tasks"][K]["answered"]
    assert row["low"] < row["score"] < row["high"]


def test_a_team_in_json(book: Book) -> None:
    found = team(book, "one")
    assert [one["submission"] for one in found["submissions"]] == ["s6", "s5", "s4", "s3", "s2"]
    assert [one["status"] for one in found["submissions"]] == ["queued", *["scored"] * 4]
    assert found["submissions"][1]["tasks"][K] == {
        "status": "failed",
        "value": None,
        "low": None,
        "high": None,
    }
    assert found["submissions"][1]["tracks"] == {"classification": None, "matching": None}
    assert found["submissions"][2]["tracks"] == {"classification": 0.7, "matching": 0.125}
    steps = found["progress"]["classification"]
    assert [(one["score"], one["best"]) for one in steps] == [(0.444, 0.444), (0.3, 0.444), (0.7, 0.7)]
    assert found["tracks"]["matching"]["rank"] == 1


def test_history_has_every_scored_submission_of_those_who_take_part(book: Book) -> None:
    with book.contest.ledger.reading() as state:
        found = history_json(book.contest, state)
    assert [one["submission"] for one in found] == ["s1", "s2", "s3", "s4", "s5", "s7"]
    assert found[1]["tracks"] == {"classification": 0.444, "matching": None}


def test_nothing_private_is_in_any_of_it(book: Book) -> None:
    contest = book.contest
    with contest.ledger.reading() as state:
        content = [
            competition_json(contest, state, NOW),
            board_json(contest, full(contest), state),
            history_json(contest, state),
            *(team_json(contest, state, full(contest), name) for name in state.teams),
            *(task_json(contest, name) for name in contest.config.tasks),
        ]
    text = json.dumps(content, allow_nan=False)
    for secret in ("note of", "0.888", "0.8888", "0.7777", "message", "token"):
        assert secret not in text


def test_a_task_in_json(book: Book) -> None:
    found = task_json(book.contest, M)
    task = book.contest.task(M)
    assert found == {
        "name": M,
        "version": "1.0.0",
        "digest": task.digest,
        "kind": "matching",
        "metric": str(task.metric),
        "track": "matching",
        "title": "A toy",
        "summary": "Small and made up.",
        "sizes": task.card["sizes"],
        "file": None,
    }


def test_the_phase_is_the_one_that_takes_submissions(tmp_path: Path) -> None:
    contest = book_contest(tmp_path / "contest")

    def phase(now: datetime) -> Any:
        with contest.ledger.reading() as state:
            found = competition_json(contest, state, now)
        return found["phase"], found["gate"], found["final"]

    late = datetime(2999, 5, 1, tzinfo=UTC)
    assert phase(NOW) == ("main", "", False)
    assert phase(late) == (None, "", False)
    move_gate(contest, "open", "the disk was full")
    assert phase(late) == ("extra time", "open", False)
    move_gate(contest, "closed", "enough")
    assert phase(NOW) == (None, "closed", False)


@pytest.mark.parametrize(
    ("value", "shown"), [(0.0625, "0.062"), (0.1875, "0.188"), (-0.0004, "0.0"), (1.0, "1.0"), (None, "None")]
)
def test_scores_are_rounded_half_to_even(value: float | None, shown: str) -> None:
    assert str(rounded(value, 3)) == shown
