"""Acceptance: phases, quotas and their races, idempotency, receipts."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from contests import toy_contest

from leaderboard.contest import Contest
from leaderboard.record.accepting import accept, plain, quota, receipt, submission_digest
from leaderboard.record.journal import Entry, Journal
from leaderboard.record.refusal import Refusal
from leaderboard.record.teams import add_team, remove_team

NOON = datetime(2026, 5, 5, 12, tzinfo=UTC)


@pytest.fixture
def contest(tmp_path: Path) -> Contest:
    made = toy_contest(tmp_path / "contest", per_day=3)
    add_team(made.ledger, "one")
    add_team(made.ledger, "two")
    return made


def files(number: int) -> dict[str, str]:
    return {"toy_matching": f"{number:064x}"}


def code_of(call: object) -> str:
    with pytest.raises(Refusal) as caught:
        call()  # type: ignore[operator]
    return caught.value.code


def test_a_receipt_names_the_entry_of_the_chain(contest: Contest) -> None:
    made, new = accept(contest, "one", files(1), note="first", now=NOON)
    assert new
    found = receipt(contest, made)
    [entry] = contest.ledger.journal.entries(after=made.seq - 1)
    assert (found["head"], found["seq"], found["phase"]) == (entry.digest, entry.seq, "main")
    assert found["digest"] == submission_digest(files(1))
    assert found["note"] == "first"


def test_the_same_again_is_the_same_receipt_and_no_quota(contest: Contest) -> None:
    first, _ = accept(contest, "one", files(1), key="k", now=NOON)
    again, new = accept(contest, "one", files(1), key="k", now=NOON + timedelta(days=400))
    assert (again, new) == (first, False)
    with contest.ledger.reading() as state:
        assert quota(contest.config, state, "one", NOON)["used_today"] == 1
    assert code_of(lambda: accept(contest, "one", files(2), key="k", now=NOON)) == "conflict"
    other, new = accept(contest, "two", files(1), key="k", now=NOON)
    assert new
    assert other.id != first.id


@pytest.mark.parametrize(
    ("first", "again"), [("", ""), ("k", ""), ("", "k"), ("k", "k"), ("k" * 150, "k" * 150)]
)
def test_the_same_files_are_counted_once(contest: Contest, first: str, again: str) -> None:
    made, _ = accept(contest, "one", files(1), key=first, now=NOON)
    assert accept(contest, "one", files(1), key=again, now=NOON) == (made, False)


def test_the_same_files_under_two_keys_are_two_submissions(contest: Contest) -> None:
    """Each key keeps its receipt; without one, it is that of the first."""
    made = {key: accept(contest, "one", files(1), key=key, now=NOON) for key in ("a", "b")}
    assert made["a"][0].id != made["b"][0].id
    for key, (submission, new) in made.items():
        assert new
        assert accept(contest, "one", files(1), key=key, now=NOON) == (submission, False)
    assert accept(contest, "one", files(1), now=NOON) == (made["a"][0], False)


def test_the_quota_is_of_a_day_of_utc(contest: Contest) -> None:
    for number in range(3):
        accept(contest, "one", files(number), now=NOON)
    with pytest.raises(Refusal, match="today") as caught:
        accept(contest, "one", files(9), now=NOON)
    assert caught.value.code == "quota"
    assert caught.value.retry_after == 12 * 3600 + 1
    assert "2026-05-06T00:00:00" in str(caught.value)
    accept(contest, "two", files(9), now=NOON)
    midnight = datetime(2026, 5, 6, tzinfo=UTC)
    assert (
        code_of(lambda: accept(contest, "one", files(9), now=midnight - timedelta(milliseconds=1))) == "quota"
    )
    accept(contest, "one", files(9), now=midnight)
    late = midnight - timedelta(milliseconds=5)
    assert code_of(lambda: accept(contest, "one", files(8), now=late)) == "quota", "clocks may step back"


def test_what_is_durable_is_answered_though_the_journal_cannot_be_read_after_it(
    contest: Contest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(self: Journal, after: int = 0) -> list[Entry]:
        raise OSError("away")

    monkeypatch.setattr(Journal, "entries", away)
    made, new = accept(contest, "one", files(1), now=NOON)
    monkeypatch.undo()
    assert new
    assert accept(contest, "one", files(1), now=NOON) == (made, False)


def test_twenty_at_once_with_a_quota_of_three(contest: Contest) -> None:
    """Each from a reader of its own, as from processes: three are accepted, whatever the order."""
    ends: list[str] = []

    def one(number: int) -> None:
        try:
            accept(Contest(contest.folder), "one", files(number), now=NOON)
            ends.append("accepted")
        except Refusal as refusal:
            ends.append(refusal.code)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["accepted"] * 3 + ["quota"] * 17
    with contest.ledger.reading() as state:
        assert len(state.by_team["one"]) == 3


def test_phases_and_the_gate(contest: Contest) -> None:
    early = datetime(2019, 12, 31, tzinfo=UTC)
    with pytest.raises(Refusal, match="main opens at 2020-01-01") as caught:
        accept(contest, "one", files(1), now=early)
    assert caught.value.code == "closed"
    contest.ledger.record(lambda state: [("gate_closed", {"reason": "a mended label"})])
    with pytest.raises(Refusal, match="a mended label"):
        accept(contest, "one", files(1), now=NOON)
    contest.ledger.record(lambda state: [("gate_opened", {"reason": ""})])
    accept(contest, "one", files(1), now=NOON)
    late, _ = accept(contest, "one", files(2), now=datetime(2999, 6, 1, tzinfo=UTC))
    assert late.phase == "extra time"
    contest.ledger.record(lambda state: [("final", {})])
    assert code_of(lambda: accept(contest, "one", files(3), now=NOON)) == "closed"


def test_a_total_quota(tmp_path: Path) -> None:
    contest = toy_contest(tmp_path / "contest")
    text = (contest.folder / "competition.toml").read_text()
    (contest.folder / "competition.toml").write_text(text.replace("per_day = 5", "per_day = 5\ntotal = 2"))
    contest = Contest(contest.folder)
    add_team(contest.ledger, "one")
    for number in range(2):
        accept(contest, "one", files(number), now=NOON + timedelta(days=number))
    with pytest.raises(Refusal, match="used up"):
        accept(contest, "one", files(7), now=NOON + timedelta(days=7))


def test_a_removed_team(contest: Contest) -> None:
    remove_team(contest.ledger, "one")
    assert code_of(lambda: accept(contest, "one", files(1), now=NOON)) == "not yours"


def test_baselines_have_no_quota(contest: Contest) -> None:
    add_team(contest.ledger, "constant", baseline=True)
    for number in range(9):
        accept(contest, "constant", files(number), now=datetime(2019, 1, 1, tzinfo=UTC))
    contest.ledger.record(lambda state: [("final", {})])
    assert code_of(lambda: accept(contest, "constant", files(9), now=NOON)) == "closed"


def test_notes_are_plain_and_short(contest: Contest) -> None:
    made, _ = accept(contest, "one", files(1), note="a\x00\x1b[31mb\n\u202ec" + "x" * 999, now=NOON)
    assert made.note.startswith("a[31mb cx")
    assert len(made.note) == 500
    assert plain("<b>'; DROP") == "<b>'; DROP"
