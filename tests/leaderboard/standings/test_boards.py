"""Standings: by hand, against a recomputation in plain numpy, and the incremental ones against the full."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from books import Book, C, K, M, book_contest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmark.comparing.sampled import ranks
from benchmark.errors import UserError
from leaderboard.contest import Contest
from leaderboard.record.journal import Entry
from leaderboard.record.vault import Vault
from leaderboard.standings.boards import Standings, TrackBoard, full

ALL = {C: 0.2, M: 0.0, K: 0.0}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the toy tasks, made once."""
    return book_contest(tmp_path_factory.mktemp("prepared") / "contest").home


@pytest.fixture
def book(prepared: Path, tmp_path: Path) -> Book:
    made = Book(book_contest(tmp_path / "contest", prepared))
    made.constants(ALL)
    return made


def order(board: TrackBoard) -> list[tuple[str, int | None]]:
    return [(row.team.id, row.rank) for row in board.rows]


def test_a_missing_or_failed_task_counts_as_the_constant_answer(book: Book) -> None:
    book.constants({C: 0.2, M: 0.1, K: 0.3})
    book.team("whole", "half", "broken")
    book.entry("whole", {C: 0.5, M: 0.4, K: 0.6})
    book.entry("half", {M: 0.9})
    book.entry("broken", {M: None, K: 0.9})
    _, matching = full(book.contest)
    found = {row.team.id: row for row in matching.rows}
    assert {name: round(row.score.value, 12) for name, row in found.items()} == {
        "whole": 0.5,
        "half": 0.6,
        "broken": 0.5,
    }
    assert found["half"].answered == (M,)
    assert found["broken"].answered == (K,)
    assert found["half"].tasks[K].value == 0.3
    assert matching.constant.value == pytest.approx(0.2)


def test_a_submission_that_answers_no_task_of_a_track_does_not_enter_it(book: Book) -> None:
    book.team("matcher", "failing")
    book.entry("matcher", {M: 0.5})
    book.entry("failing", {C: None, M: None})
    classification, matching = full(book.contest)
    assert order(classification) == []
    assert order(matching) == [("matcher", 1)]


def test_a_team_shows_its_best_and_among_equals_its_first(book: Book) -> None:
    book.team("one")
    book.entry("one", {C: 0.5})
    first = book.entry("one", {C: 0.7})
    book.entry("one", {C: 0.7})
    book.entry("one", {C: 0.6})
    [row] = full(book.contest)[0].rows
    assert row.submission.id == first


def test_a_rescoring_counts_from_then_on(book: Book) -> None:
    standings = Standings(book.contest)
    book.team("one", "two")
    name = book.entry("one", {C: 0.9}, seed=1)
    book.entry("two", {C: 0.5}, seed=2)
    assert order(standings.boards()[0]) == [("one", 1), ("two", 2)]
    book.score(name, {C: 0.1}, seed=3)
    assert order(standings.boards()[0]) == [("two", 1), ("one", 2)]


def test_those_that_cannot_be_told_apart_share_a_rank_and_stand_by_score_then_time(book: Book) -> None:
    book.team("late", "early", "better", "best")
    book.entry("early", {C: 0.5}, seed=1, width=0.05)
    book.entry("late", {C: 0.5}, seed=2, width=0.05)
    book.entry("better", {C: 0.505}, seed=3, width=0.05)
    book.entry("best", {C: 0.9}, seed=4)
    assert order(full(book.contest)[0]) == [("best", 1), ("better", 2), ("early", 2), ("late", 2)]


def test_baselines_stand_by_score_without_a_rank_and_take_none(book: Book) -> None:
    book.team("strong", "weak", baseline=True)
    book.team("one", "two")
    book.entry("strong", {C: 0.8})
    book.entry("weak", {C: 0.3})
    book.entry("one", {C: 0.7}, seed=1)
    book.entry("two", {C: 0.5}, seed=2)
    assert order(full(book.contest)[0]) == [("strong", None), ("one", 1), ("two", 2), ("weak", None)]


def test_removed_teams_leave(book: Book) -> None:
    standings = Standings(book.contest)
    book.team("one", "two")
    book.entry("one", {C: 0.9}, seed=1)
    book.entry("two", {C: 0.5}, seed=2)
    standings.boards()
    book.remove("one")
    assert order(standings.boards()[0]) == [("two", 1)]


def test_before_the_constants_are_known_a_missing_task_counts_zero(prepared: Path, tmp_path: Path) -> None:
    book = Book(book_contest(tmp_path / "contest", prepared))
    book.team("one")
    book.entry("one", {M: 0.8})
    [row] = full(book.contest)[1].rows
    assert row.score.value == 0.4


def test_the_private_board_counts_the_best_of_those_selected(book: Book) -> None:
    book.team("chooser", "silent")
    lucky = book.entry("chooser", {C: 0.9}, {C: 0.4})
    sound = book.entry("chooser", {C: 0.8}, {C: 0.6})
    book.entry("chooser", {C: 0.7}, {C: 0.99})
    book.select("chooser", lucky, sound)
    book.entry("silent", {C: 0.5}, {C: 0.7})
    shown = book.entry("silent", {C: 0.6}, {C: 0.3})
    found = {row.team.id: row for row in full(book.contest, private=True)[0].rows}
    assert (found["chooser"].submission.id, found["chooser"].score.value) == (sound, 0.6)
    assert (found["silent"].submission.id, found["silent"].score.value) == (shown, 0.3)


def test_a_selection_that_does_not_enter_a_track_leaves_it_to_the_best_public_one(book: Book) -> None:
    book.team("one")
    chosen = book.entry("one", {C: 0.4})
    book.entry("one", {C: 0.5})
    matcher = book.entry("one", {M: 0.5})
    book.select("one", chosen)
    classification, matching = full(book.contest, private=True)
    assert [row.submission.id for row in classification.rows] == [chosen]
    assert [row.submission.id for row in matching.rows] == [matcher]


def test_boards_are_what_plain_numpy_makes_of_the_records(book: Book) -> None:
    rng = np.random.default_rng(3)
    teams = [f"t{number}" for number in range(12)]
    book.team(*teams)
    own: dict[str, list[str]] = {team: [] for team in teams}
    for number in range(60):
        team, tasks = teams[rng.integers(12)], [name for name in ALL if rng.random() < 0.7]
        public, private = (
            {name: float(rng.choice([0.4, 0.5, 0.52, 0.6])) for name in tasks} for _ in range(2)
        )
        if public:
            own[team].append(book.entry(team, public, private, seed=number))
    for team in teams[::2]:
        book.select(team, *own[team][-2:])
    for private in (False, True):
        for board in full(book.contest, private):
            assert facts(board) == brute(book.contest, board.track.names, private)


def test_lost_draws_are_told(book: Book) -> None:
    book.team("one")
    book.entry("one", {C: 0.5})
    for path in book.contest.draws.root.iterdir():
        path.unlink()
    with pytest.raises(UserError, match="draws of a scoring are missing"):
        full(book.contest)


def facts(board: TrackBoard) -> dict[str, Any]:
    return {
        row.team.id: (row.rank, round(row.score.value, 9), tuple(np.round(row.score.interval, 9).tolist()))
        for row in board.rows
    }


def brute(contest: Contest, tasks: tuple[str, ...], private: bool) -> dict[str, Any]:
    """Scores, ranks and intervals from the journals' raw entries, without the code that is tested."""
    entries = contest.ledger.journal.entries()
    owner = {entry.body["id"]: entry.body["team"] for entry in entries if entry.kind == "accepted"}
    chosen = {entry.body["team"]: entry.body["submissions"] for entry in entries if entry.kind == "selected"}
    sides = [(contest.ledger, contest.draws), (contest.private_ledger, contest.private_draws)]
    scored = [_scored(ledger.journal.entries(), vault, owner, tasks) for ledger, vault in sides]
    counting = scored[private]
    made = {}
    for team in set(owner.values()):
        own = [name for name, of in owner.items() if of == team and name in scored[0]]
        shown = max(own, key=lambda name: round(scored[0][name][0], 12), default=None)
        candidates = [shown] if shown else []
        if private:
            candidates = [name for name in own if name in chosen.get(team, ())] or candidates
        if candidates:
            made[team] = counting[max(candidates, key=lambda name: round(counting[name][0], 12))]
    return {team: _told(team, made) for team in made}


def _scored(
    entries: list[Entry], vault: Vault, owner: dict[str, str], tasks: tuple[str, ...]
) -> dict[str, Any]:
    """The value and the draws of every submission that answers one of the tasks."""
    bodies = {
        entry.body["submission"]: entry.body for entry in entries if entry.kind in ("scored", "constants")
    }
    found = {}
    for name in owner:
        if name in bodies and set(tasks) & set(bodies[name]["tasks"]):
            sources = [bodies[name] if task in bodies[name]["tasks"] else bodies[""] for task in tasks]
            pairs = list(zip(sources, tasks, strict=True))
            value = sum(body["tasks"][task]["value"] for body, task in pairs) / len(tasks)
            found[name] = (
                value,
                sum(np.load(vault.path(body["draws"]))[task].astype(float) for body, task in pairs),
            )
    return {name: (value, total / len(tasks)) for name, (value, total) in found.items()}


def _told(team: str, made: dict[str, Any]) -> tuple[Any, ...]:
    value, drawn = made[team]
    above = 0
    for other, (its, theirs) in made.items():
        reach = np.quantile(np.abs((theirs - drawn) - (its - value)), 0.95)
        above += other != team and (its - value) - reach > 1e-12
    reach = np.quantile(np.abs(drawn - value), 0.95)
    return 1 + above, round(value, 9), (round(max(value - reach, 0), 9), round(min(value + reach, 1), 9))


def same(some: tuple[TrackBoard, ...], others: tuple[TrackBoard, ...]) -> bool:
    """Whether boards are equal to the last bit."""

    def told(boards: tuple[TrackBoard, ...]) -> list[Any]:
        return [
            [
                board.track.name,
                board.constant.value,
                board.constant.draws.tobytes(),
                [
                    [
                        (
                            row.team,
                            row.rank,
                            row.submission,
                            row.answered,
                            row.score.value,
                            row.score.interval,
                        ),
                        [(name, one.value, one.draws.tobytes()) for name, one in row.tasks.items()],
                    ]
                    for row in board.rows
                ],
            ]
            for board in boards
        ]

    return told(some) == told(others)


TEAMS = ("a", "b", "c", "base")
values = st.dictionaries(st.sampled_from([C, M, K]), st.sampled_from([None, 0.3, 0.5, 0.51, 0.7]), min_size=1)
steps = st.one_of(
    st.tuples(st.just("entry"), st.sampled_from(TEAMS), values, values, st.integers(0, 3)),
    st.tuples(st.just("accept"), st.sampled_from(TEAMS)),
    st.tuples(st.just("score"), st.integers(0, 99), values, values, st.integers(0, 3)),
    st.tuples(st.just("remove"), st.sampled_from(TEAMS)),
    st.tuples(st.just("select"), st.sampled_from(TEAMS), st.integers(0, 99)),
    st.tuples(st.just("constants"), st.sampled_from([0.0, 0.2])),
    st.tuples(st.just("mend")),
    st.tuples(st.just("look")),
)


@settings(max_examples=25)
@given(script=st.lists(steps, min_size=3, max_size=25))
def test_incremental_standings_equal_the_full_ones(
    script: list[Any], prepared: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    book = Book(book_contest(tmp_path_factory.mktemp("book") / "contest", prepared))
    book.team("a", "b", "c")
    book.team("base", baseline=True)
    kept = Standings(book.contest), Standings(book.contest, private=True)
    owner: dict[str, str] = {}
    for what, *how in script:
        act(book, what, how, owner)
        if what == "look":
            check(book, kept)
    check(book, kept)


def act(book: Book, what: str, how: list[Any], owner: dict[str, str]) -> None:
    names = list(owner)
    if what == "entry":
        team, public, private, seed = how
        owner[book.entry(team, public, {task: private.get(task, 0.4) for task in public}, seed=seed)] = team
    elif what == "accept":
        owner[book.accept(how[0])] = how[0]
    elif what == "score" and names:
        book.score(names[how[0] % len(names)], how[1], how[2], seed=how[3])
    elif what == "remove":
        book.remove(how[0])
    elif what == "select":
        own = [name for name in names if owner[name] == how[0]]
        book.select(how[0], *own[how[1] % (len(own) + 1) :][:2])
    elif what == "constants":
        book.constants(dict.fromkeys(ALL, how[0]), dict.fromkeys(ALL, how[0] / 2))
    elif what == "mend":
        book.mend(C)


def check(book: Book, kept: tuple[Standings, Standings]) -> None:
    for standings, private in zip(kept, (False, True), strict=True):
        boards = standings.boards()
        assert standings.boards() is boards
        assert same(boards, full(book.contest, private))
        for board in boards:
            ranked = [row for row in board.rows if row.rank is not None]
            assert [row.rank for row in ranked] == ranks([row.score for row in ranked])


def test_threads_may_share_the_standings(book: Book) -> None:
    standings, errors = Standings(book.contest), []
    book.team("one", "two")

    def look() -> None:
        try:
            for _ in range(20):
                with book.contest.ledger.reading():
                    standings.boards()
                standings.boards()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(10):
        book.entry("one" if number % 2 else "two", {C: number / 10}, seed=number)
    for thread in threads:
        thread.join()
    assert not errors
    assert same(standings.boards(), full(book.contest))
