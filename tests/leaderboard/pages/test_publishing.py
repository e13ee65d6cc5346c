"""`classmark publish`: the same pages as files, every public score as tables, nothing of the private part."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from made_contest import made_contest
from wellformed import read_page

from benchmark.cli import cli
from benchmark.errors import UserError
from leaderboard.contest import Contest
from leaderboard.pages.publishing import publish


@pytest.fixture(scope="module")
def contest(tmp_path_factory: pytest.TempPathFactory) -> Contest:
    return made_contest(tmp_path_factory.mktemp("made") / "c", teams=23, submissions=70)


def test_pages_and_tables_lie_side_by_side(contest: Contest, tmp_path: Path) -> None:
    out = tmp_path / "site"
    pages = publish(contest, out)
    assert len(list(out.rglob("*.html"))) == pages
    home = read_page((out / "index.html").read_bytes())
    assert home.faults == []
    assert [link for link in home.links if not (out / link).is_file() and not link.startswith("#")] == []
    tables = [pd.read_parquet(out / "data" / "scores.parquet"), pd.read_csv(out / "data" / "scores.csv")]
    tables.append(pd.DataFrame(json.loads((out / "data" / "scores.json").read_text())))
    with contest.ledger.reading() as state:
        expected = sum(len(one.tasks) for found in state.scorings.values() for one in found)
        one = next(iter(state.scorings.values()))[0]
        value = one.tasks["duplicates"].value
    for table in tables:
        assert len(table) == expected
        found = table[
            (table["submission"].astype(str).str.zfill(16) == one.submission)
            & (table["task"] == "duplicates")
        ]
        assert found["value"].tolist() == [round(value or 0, 3)]
        assert (table["value"].round(3) == table["value"]).all()
    boards = json.loads((out / "data" / "leaderboard.json").read_text())
    assert [track["name"] for track in boards["tracks"]] == ["classification", "matching"]


def test_formulas_in_names_are_defused(contest: Contest, tmp_path: Path) -> None:
    publish(contest, tmp_path / "site")
    lines = (tmp_path / "site" / "data" / "teams.csv").read_text().splitlines()
    assert any("'=cmd|calc" in line for line in lines)
    assert not any(cell.startswith(("=", "+", "@")) for line in lines for cell in line.split(","))


def test_an_own_folder_is_replaced_and_a_foreign_one_is_not(contest: Contest, tmp_path: Path) -> None:
    out = tmp_path / "site"
    publish(contest, out)
    (out / "left over").write_text("x")
    publish(contest, out)
    assert not (out / "left over").exists()
    foreign = tmp_path / "letters"
    foreign.mkdir()
    (foreign / "dear.txt").write_text("x")
    with pytest.raises(UserError, match="there already"):
        publish(contest, foreign)
    assert [path.name for path in foreign.iterdir()] == ["dear.txt"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["letters", "site"]


def test_the_command(contest: Contest, tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["publish", str(contest.folder), str(tmp_path / "site"), "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["pages"] > 30
    with pytest.raises(UserError, match="is not a competition"):
        CliRunner().invoke(cli, ["publish", str(tmp_path), str(tmp_path / "other")], catch_exceptions=False)
