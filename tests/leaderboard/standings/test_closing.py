"""The end of a competition: when it may come, what the report says, and that it comes once."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from books import Book, C, K, M, book_contest, draws_of
from contests import toy_contest, write_answers

from benchmark.errors import UserError
from leaderboard.contest import Contest
from leaderboard.record.accepting import accept
from leaderboard.record.gate import move_gate
from leaderboard.record.teams import add_team
from leaderboard.scoring.submissions import record_constants, record_scoring
from leaderboard.standings.closing import close

NOW = datetime(2026, 6, 1, tzinfo=UTC)
OVER = datetime(2999, 1, 2, tzinfo=UTC)
ALL = {C: 0.2, M: 0.0, K: 0.0}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return book_contest(tmp_path_factory.mktemp("prepared") / "contest").home


@pytest.fixture
def book(prepared: Path, tmp_path: Path) -> Book:
    """A competition with a first and a second prize in each track, whose submissions are closed."""
    made = Book(book_contest(tmp_path / "contest", prepared, prizes=("1,000 EUR", "500 EUR")))
    made.constants(ALL, ALL | {C: 0.1})
    move_gate(made.contest, "closed", "the end", NOW)
    return made


@pytest.fixture
def contested(book: Book) -> Book:
    """Four teams and a baseline. `lucky` leads in public; `sound` and `solid` cannot be told apart in private."""
    book.team("lucky", "sound", "solid", "last")
    book.team("base", baseline=True)
    book.entry("lucky", {C: 0.9}, {C: 0.5}, seed=1)
    book.entry("sound", {C: 0.8}, {C: 0.8}, seed=2, width=0.05)
    book.entry("solid", {C: 0.7}, {C: 0.802}, seed=3, width=0.05)
    book.entry("last", {C: 0.3, M: 0.4}, {C: 0.2, M: 0.5}, seed=4)
    book.entry("base", {C: 0.85}, {C: 0.85}, seed=5)
    return book


def rows(body: dict[str, Any], *keys: str) -> list[tuple[Any, ...]]:
    return [tuple(row[key] for key in keys) for row in body["tracks"][0]["rows"]]


def test_places_go_by_the_private_point_score(contested: Book) -> None:
    body = close(contested.contest, OVER)
    assert rows(body, "place", "team", "rank", "public_place", "climbed") == [
        (1, "solid", 1, 3, 2),
        (2, "sound", 1, 2, 0),
        (3, "lucky", 3, 1, -2),
        (4, "last", 4, 4, 0),
    ]
    assert rows(body, "public", "inflation") == [(0.7, -0.102), (0.8, 0.0), (0.9, 0.4), (0.3, 0.1)]
    track = body["tracks"][0]
    assert [(row["team"], row["private"]["value"]) for row in track["baselines"]] == [("base", 0.85)]
    assert track["constant"] == {"public": 0.2, "private": 0.1}


def test_winners_prizes_and_what_cannot_be_told_apart(contested: Book) -> None:
    classification, matching = close(contested.contest, OVER)["tracks"]
    assert [(one["place"], one["prize"], one["team"]) for one in classification["winners"]] == [
        (1, "1,000 EUR", "solid"),
        (2, "500 EUR", "sound"),
    ]
    [pair] = classification["undecided"]
    assert (pair["places"], pair["teams"]) == ([1, 2], ["solid", "sound"])
    assert pair["difference"]["low"] < 0 < pair["difference"]["high"]
    assert [one["team"] for one in matching["winners"]] == ["last"]
    assert matching["rows"][0]["tasks"][K] == {
        "public": None,
        "private": {"value": 0.0, "low": 0.0, "high": matching["rows"][0]["tasks"][K]["private"]["high"]},
        "answered": False,
    }


def test_ranges_of_ranks_are_those_over_the_draws(contested: Book) -> None:
    body = close(contested.contest, OVER)
    scores = {
        "lucky": draws_of(C, 0.5, 1, 0.02),
        "sound": draws_of(C, 0.8, 2, 0.05),
        "solid": draws_of(C, 0.802, 3, 0.05),
        "last": draws_of(C, 0.2, 4, 0.02),
    }
    for team, ranks in rows(body, "team", "ranks"):
        drawn = sorted(
            1 + sum(scores[other][draw] > scores[team][draw] for other in scores) for draw in range(1000)
        )
        assert ranks == [drawn[24], drawn[975]]
    assert rows(body, "ranks")[:2] == [([1, 2],), ([1, 2],)]


def test_the_first_three_are_shown_with_their_notes(contested: Book) -> None:
    assert rows(close(contested.contest, OVER), "note") == [
        ("note of s3",),
        ("note of s2",),
        ("note of s1",),
        ("",),
    ]


def test_selected_submissions_count_and_equal_ones_stand_by_time(book: Book) -> None:
    book.team("late", "early")
    chosen = book.entry("early", {C: 0.4}, {C: 0.6}, seed=1)
    book.entry("early", {C: 0.5}, {C: 0.9}, seed=1)
    book.select("early", chosen)
    book.entry("late", {C: 0.7}, {C: 0.6}, seed=1)
    body = close(book.contest, OVER)
    assert rows(body, "team", "submission", "selected", "public_best", "public_submission") == [
        ("early", chosen, True, 0.5, "s2"),
        ("late", "s3", False, 0.7, "s3"),
    ]


def test_the_end_is_written_down_once(contested: Book) -> None:
    body = close(contested.contest, OVER)
    contest = contested.contest
    with contest.ledger.reading() as state:
        assert state.final == body
        assert body["journal"] == {"seq": state.seq - 1, "head": contest.ledger.journal.entries()[-2].digest}
        seq = state.seq
    with pytest.raises(UserError, match="has ended already"):
        close(contest, OVER + timedelta(days=1))
    assert contest.ledger.journal.last() == seq


def test_the_organizer_gets_every_score_in_full(contested: Book) -> None:
    body = close(contested.contest, OVER)
    report = json.loads((contested.contest.private / "report.json").read_text())
    assert report["final"] == body
    assert len(report["scores"]) == 5
    assert report["scores"][2]["private"]["classification"] == 0.802


@pytest.mark.parametrize(
    ("arrange", "expected"),
    [
        (lambda book: move_gate(book.contest, "open", "one more day", NOW), "gate is open"),
        (lambda book: book.accept("one", (C,)), "1 submissions wait"),
    ],
)
def test_it_cannot_come_too_early(book: Book, arrange: Callable[[Book], Any], expected: str) -> None:
    book.team("one")
    arrange(book)
    with pytest.raises(UserError, match=expected):
        close(book.contest, OVER)
    assert not (book.contest.private / "report.json").exists()


def test_it_waits_for_the_last_phase(prepared: Path, tmp_path: Path) -> None:
    book = Book(book_contest(tmp_path / "contest", prepared))
    with pytest.raises(UserError, match=r"Not all phases are over(.|\n)*main closes at 2999"):
        close(book.contest, NOW)
    move_gate(book.contest, "closed", "Back in ten minutes.", NOW)
    with pytest.raises(UserError, match="Not all phases are over"):
        close(book.contest, NOW)
    with pytest.raises(UserError, match="constant answers have none"):
        close(book.contest, OVER)
    book.constants(ALL)
    assert close(book.contest, NOW, early=True)["tracks"][0]["rows"] == []


def test_a_submission_without_a_private_score_is_told(book: Book) -> None:
    book.team("one")
    name = book.accept("one", (C,))
    body = {"submission": name, "tasks": {}, "draws": "", "scorer": "hand", "reason": ""}
    book.contest.ledger.record(lambda state: [("scored", body)])
    with pytest.raises(UserError, match="1 submissions have no private score"):
        close(book.contest, OVER)


def test_copies_are_reported_to_the_organizer_alone(tmp_path: Path) -> None:
    contest = toy_contest(tmp_path / "contest", rows=1500)
    record_constants(contest)
    for number, name in enumerate(["One", "Two", "Copy", "Near"]):
        hand_in(contest, tmp_path, name, seed=min(number, 1), spoilt=name == "Near")
    move_gate(contest, "closed", "the end")
    body = close(contest, OVER)
    found = json.loads((contest.private / "similar.json").read_text())
    assert [sorted(one["submissions"]) for one in found["identical"]] == [["copy", "two"]] * 3
    by_task = {one["task"]: one for one in found["alike"]}
    assert by_task[C]["teams"] == 4
    pairs = [sorted(pair["teams"]) for pair in by_task[C]["pairs"]]
    assert pairs[0] == ["copy", "two"]
    assert sorted(map(tuple, pairs)) == [("copy", "near"), ("copy", "two"), ("near", "two")]
    assert "similar" not in json.dumps(body)
    assert "identical" not in json.dumps(body)


def hand_in(contest: Contest, folder: Path, name: str, seed: int, spoilt: bool) -> None:
    """Hand in answers of which a third is wrong; `spoilt` changes a few rows more."""
    import pandas as pd

    team, _ = add_team(contest.ledger, name)
    paths = write_answers(contest, folder / name, 0.4, seed)
    if spoilt:
        frame = pd.read_parquet(paths[C])
        frame.loc[frame.index[:5], "prediction"] = contest.task(C).classes[0]
        frame.to_parquet(paths[C], index=False)
    files = {task: contest.submissions.put([path.read_bytes()]) for task, path in paths.items()}
    if spoilt:
        files = {C: files[C]}
    submission, _ = accept(contest, team.id, files)
    record_scoring(contest, submission.id)
