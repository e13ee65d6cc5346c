"""What a competition exports: every public score, no token, no formula."""

import csv
import json

import pandas as pd
import pytest
from click.testing import CliRunner
from contests import submitted, toy_contest
from hypothesis import given
from hypothesis import strategies as st

from benchmark.cli import cli
from benchmark.errors import UserError
from benchmark.files import temporary_folder
from leaderboard.record.exporting import export, public_tables, tables, write_tables
from leaderboard.record.teams import add_team, remove_team
from leaderboard.scoring.submissions import record_scoring


@pytest.fixture
def busy(tmp_path):
    """A competition with hostile names, a removed team, a selection and a second scoring."""
    contest = toy_contest(tmp_path / "contest")
    one, _ = add_team(contest.ledger, '=HYPERLINK("http://x.example","y")')
    two, _ = add_team(contest.ledger, "+plus, \"quoted\" 'n' <b>")
    submission = submitted(contest, one.id, tmp_path / "one", note="@SUM(1+1)*cmd|'/C calc'!A0")
    submitted(contest, two.id, tmp_path / "two", note="-1 is a remark", wrong=0.5)
    record_scoring(contest, submission.id, reason="a new metric")
    contest.ledger.record(lambda state: [("selected", {"team": one.id, "submissions": [submission.id]})])
    remove_team(contest.ledger, two.id)
    return contest


def test_exports_hold_every_public_score_and_no_token(tmp_path, busy):
    done = CliRunner().invoke(cli, ["competition", "export", str(busy.folder), str(tmp_path / "out")])
    said = done.stdout
    assert done.exit_code == 0, done.output
    assert str(tmp_path / "out" / "scores.csv") in said
    with busy.ledger.reading() as state:
        tokens = {team.token for team in state.teams.values() if team.token} | {
            entry.body["token"] for entry in busy.ledger.journal.entries() if "token" in entry.body
        }
        expected = {
            (name, scoring.seq, task): (score.value, score.low, score.high)
            for name, scorings in state.scorings.items()
            for scoring in scorings
            for task, score in scoring.tasks.items()
        }
        entries = state.seq
    assert tokens
    for name in tables(busy):
        parquet = pd.read_parquet(tmp_path / "out" / f"{name}.parquet")
        records = json.loads((tmp_path / "out" / f"{name}.json").read_text())
        assert records == parquet.astype(object).where(parquet.notna(), None).to_dict("records")
        with (tmp_path / "out" / f"{name}.csv").open(newline="") as file:
            assert sum(1 for _ in csv.reader(file)) == len(parquet) + 1
    scores = pd.read_parquet(tmp_path / "out" / "scores.parquet")
    found = {
        (row.submission, row.seq, row.task): (row.value, row.low, row.high)
        for row in scores.itertuples(index=False)
    }
    assert found == expected
    assert scores.groupby("submission")["newest"].sum().eq(3).all()
    journal = pd.read_parquet(tmp_path / "out" / "journal.parquet")
    assert len(journal) == entries
    for path in (tmp_path / "out").iterdir():
        assert not any(token.encode() in path.read_bytes() for token in tokens)


def test_no_cell_of_a_csv_is_a_formula(tmp_path, busy):
    export(busy, tmp_path / "out")
    for path in (tmp_path / "out").glob("*.csv"):
        with path.open(newline="") as file:
            header, *rows = csv.reader(file)
        numbers = {header.index(name) for name in ("value", "low", "high") if name in header}
        for row in rows:
            texts = [cell for place, cell in enumerate(row) if place not in numbers]
            assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in texts)
    assert "'=HYPERLINK" in (tmp_path / "out" / "teams.csv").read_text()
    assert pd.read_parquet(tmp_path / "out" / "teams.parquet")["name"][0].startswith("=HYPERLINK")


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20), min_size=1))
def test_every_text_comes_back_from_every_format(texts):
    frame = pd.DataFrame({"note": pd.array(texts, dtype="string"), "value": 0.1})
    with temporary_folder() as folder:
        write_tables({"notes": frame}, folder)
        assert pd.read_parquet(folder / "notes.parquet")["note"].tolist() == texts
        assert [row["note"] for row in json.loads((folder / "notes.json").read_text("utf-8"))] == texts
        with (folder / "notes.csv").open(newline="", encoding="utf-8") as file:
            _, *rows = csv.reader(file)
    defused = ["'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text for text in texts]
    assert rows == [[text, "0.1"] for text in defused]


def test_public_tables_are_rounded_and_tell_nothing_that_is_the_teams_own(busy):
    shown = public_tables(busy)
    whole = tables(busy)["scores"]
    whole = whole[whole["team"] != "plus-quoted-n-b"]  # which was removed
    assert shown["teams"]["team"].tolist() == ["hyperlink-http-x-example-y"]
    assert shown["scores"]["value"].tolist() == whole["value"].round(3).tolist()
    text = "".join(frame.to_csv() for frame in shown.values())
    with busy.ledger.reading() as state:
        for submission in state.submissions.values():
            assert submission.note not in text
            assert not any(digest in text for digest in submission.files.values())


def test_an_empty_competition_is_exported_with_the_same_columns_and_types(tmp_path, busy):
    empty = tables(toy_contest(tmp_path / "empty"))
    for name, frame in tables(busy).items():
        assert empty[name].dtypes.equals(frame.dtypes)
    export(busy, tmp_path / "out")
    with pytest.raises(UserError, match="already"):
        export(busy, tmp_path / "out")
