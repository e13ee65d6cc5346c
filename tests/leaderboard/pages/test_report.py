"""What the end says, in the terminal and on the report page: of whatever number of teams, with prizes and without."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from contests import submitted, toy_contest
from made_contest import CLOSES, made_contest

from benchmark.cli import cli
from leaderboard.contest import Contest
from leaderboard.pages.site import Site
from leaderboard.record.selecting import select
from leaderboard.record.teams import add_team
from leaderboard.scoring.submissions import record_constants
from leaderboard.standings.boards import Standings


def report(contest: Contest) -> str:
    found = Site(contest, Standings(contest), clock=lambda: CLOSES).page("report.html")
    assert found is not None
    return found[0].decode()


def test_scores_of_what_counts_are_told_from_the_best_public_ones(tmp_path: Path) -> None:
    """Foxes lead in public, and select what is worse."""
    contest = toy_contest(tmp_path / "contest")
    record_constants(contest)
    foxes, _ = add_team(contest.ledger, "Foxes")
    owls, _ = add_team(contest.ledger, "Owls")
    submitted(contest, foxes.id, tmp_path / "good", wrong=0.0)
    worse = submitted(contest, foxes.id, tmp_path / "bad", wrong=0.9).id
    submitted(contest, owls.id, tmp_path / "owls", wrong=0.3)
    select(contest, foxes.id, [worse])
    command = ["competition", "close", str(contest.folder), "--final", "--reason", "It is over."]
    done = CliRunner().invoke(cli, command)
    assert done.exit_code == 0, done.output
    with contest.ledger.reading() as state:
        assert state.final is not None
        rows = state.final["tracks"][0]["rows"]
    assert [row["name"] for row in rows] == ["Owls", "Foxes"]
    page = report(contest)
    table = page[page.index("<thead>") : page.index("</table>")]
    heads = [re.sub("<[^>]*>", "", head) for head in re.findall(r"<th scope=\"col\".*?</th>", table)]
    said = done.output.splitlines()
    for row in rows:
        found = {"The same in public": row["public"], "Best in public": row["public_best"]}
        line = table[table.index(f">{row['name']}<") :]
        cells = [re.sub("<[^>]*>", "", cell) for cell in re.findall(r"<td.*?</td>", line)]
        assert {head: cells[heads.index(head) - 2] for head in found} == {
            head: f"{value:.4f}" for head, value in found.items()
        }
        printed = next(text for text in said if row["name"] in text)
        assert re.findall(r"\S+", printed)[-4:-1] == [
            *(f"{value:.4f}" for value in found.values()),
            str(row["public_place"]),
        ]
    assert rows[1]["public_best"] == 1.0 > rows[1]["public"]
    assert "Places follow the score on the private part" in page
    assert "Prizes" not in page


@pytest.mark.parametrize(("teams", "words"), [(1, "1 team and"), (2, "2 teams and"), (5, "5 teams and")])
def test_what_is_clear_is_said_of_the_places_there_are(tmp_path: Path, teams: int, words: str) -> None:
    contest = made_contest(tmp_path / "c", teams=teams, submissions=teams * 2, final=True)
    page = report(contest)
    assert words in page
    assert "Prizes follow the score" in page
    assert "The first three places" not in page
    assert "(the first" not in page
    with contest.ledger.reading() as state:
        assert state.final is not None
        tracks = state.final["tracks"]
    compared = [track for track in tracks if len(track["rows"]) > 1]
    assert page.count("What cannot be told apart") == len(compared)
    few = [track for track in compared if len(track["rows"]) <= 3 and not track["undecided"]]
    many = [track for track in compared if len(track["rows"]) > 3 and not track["undecided"]]
    assert page.count("All places are clear of one another") == len(few)
    assert page.count("All places with a prize are clear of those below") == len(many)
