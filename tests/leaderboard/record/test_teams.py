"""Teams and tokens."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmark.errors import UserError
from leaderboard.record.journal import Journal
from leaderboard.record.ledger import Ledger
from leaderboard.record.refusal import Refusal
from leaderboard.record.teams import add_team, remove_team, rotate_token, team_of_token


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    journal = Journal(f"sqlite:///{tmp_path / 'journal.db'}")
    journal.create()
    return Ledger(journal)


def who(ledger: Ledger, token: str) -> str:
    with ledger.reading() as state:
        return team_of_token(state, token).id


def test_a_token_tells_its_team_and_is_kept_as_a_digest_only(ledger: Ledger, tmp_path: Path) -> None:
    team, token = add_team(ledger, "Äpfel & Birnen")
    assert team.id == "apfel-birnen"
    assert team.name == "Äpfel & Birnen"
    assert who(ledger, token) == team.id
    ledger.journal.close()
    assert all(token.encode() not in path.read_bytes() for path in tmp_path.iterdir())


def test_names_that_look_the_same_are_one_name(ledger: Ledger) -> None:
    add_team(ledger, "Team One")
    for name in ("team one", "  Team   One ", "ＴＥＡＭ One"):
        with pytest.raises(UserError, match="already"):
            add_team(ledger, name)
    remove_team(ledger, "Team One")
    with pytest.raises(UserError, match="A team that was removed had the name 'Team One'"):
        add_team(ledger, "team one")


def test_no_team_is_added_after_the_end(ledger: Ledger) -> None:
    ledger.record(lambda state: [("final", {"time": "2026-11-24T00:00:00Z"})])
    before = ledger.journal.last()
    with pytest.raises(UserError, match="has ended for good"):
        add_team(ledger, "late")
    assert ledger.journal.last() == before


def test_names_with_the_same_letters_get_numbers(ledger: Ledger) -> None:
    assert [add_team(ledger, name)[0].id for name in ("a b", "a-b", "a+b", "漢字", "日本")] == [
        "a-b", "a-b-2", "a-b-3", "team", "team-2",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\x00b", "a\x1b[31mb", "a\u202eb", "a\u200bb"])
def test_names_that_are_no_names(ledger: Ledger, name: str) -> None:
    with pytest.raises(UserError, match="no name"):
        add_team(ledger, name)


@pytest.mark.parametrize("token", ["", "cm_wrong", "' OR 1=1 --", "cm_" + "A" * 10_000])
def test_wrong_tokens(ledger: Ledger, token: str) -> None:
    add_team(ledger, "one")
    add_team(ledger, "base", baseline=True)
    with pytest.raises(Refusal) as caught:
        who(ledger, token)
    assert caught.value.code == "no token"


def test_a_rotated_token_is_void_at_once(ledger: Ledger) -> None:
    team, old = add_team(ledger, "one")
    rotated, new = rotate_token(ledger, "one")
    assert rotated.id == team.id
    assert who(ledger, new) == team.id
    with pytest.raises(Refusal):
        who(ledger, old)


def test_a_removed_team_has_no_token(ledger: Ledger) -> None:
    _, token = add_team(ledger, "one")
    remove_team(ledger, "one")
    with pytest.raises(Refusal):
        who(ledger, token)
    with pytest.raises(UserError, match="no team"):
        remove_team(ledger, "onne")
    for change in (remove_team, rotate_token):
        with pytest.raises(UserError, match="one has been removed"):
            change(ledger, "one")


def test_one_teams_name_may_be_anothers_id(ledger: Ledger) -> None:
    foxes, _ = add_team(ledger, "Blue Foxes")
    other, _ = add_team(ledger, "blue-foxes")
    with pytest.raises(UserError, match="one team's id and another's name"):
        remove_team(ledger, "blue-foxes")
    assert remove_team(ledger, other.id).name == "blue-foxes"
    assert rotate_token(ledger, "Blue Foxes")[0].id == foxes.id


def test_a_baseline_gets_no_token(ledger: Ledger) -> None:
    add_team(ledger, "base", baseline=True)
    with pytest.raises(UserError, match="is a baseline"):
        rotate_token(ledger, "base")


def test_no_id_ends_with_a_hyphen(ledger: Ledger) -> None:
    team, _ = add_team(ledger, "International Machine Learning Research Institute")
    assert team.id == "international-machine-learning-research"
