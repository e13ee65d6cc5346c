"""What is counted is counted alike in the terminal and on the pages, and named in the singular where it is one."""

from __future__ import annotations

import json
import re
from pathlib import Path

from click.testing import CliRunner
from made_contest import NOW, made_contest

from benchmark.cli import cli
from leaderboard.pages.site import Site
from leaderboard.standings.boards import Standings


def test_submissions_of_baselines_are_told_apart(tmp_path: Path) -> None:
    contest = made_contest(tmp_path / "c", teams=1, submissions=1, queued=0)
    said, found = (
        CliRunner().invoke(cli, ["competition", "status", str(contest.folder), *more], catch_exceptions=False)
        for more in ([], ["--json"])
    )
    assert "6 in all (5 of baselines)" in said.output
    assert "1, and 5 baselines" in said.output
    counts = json.loads(found.output)
    page = Site(contest, Standings(contest), clock=lambda: NOW).page("index.html")
    assert page is not None
    facts = dict(re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", page[0].decode()))
    assert facts["submission"] == str(counts["submissions"] - counts["of_baselines"]) == "1"
    assert facts["team"] == str(counts["teams"]) == "1"


def test_one_team_is_no_teams(tmp_path: Path) -> None:
    contest = made_contest(tmp_path / "c", teams=1, submissions=1, queued=0)
    for path, content in Site(contest, Standings(contest), clock=lambda: NOW).pages():
        if path.endswith(".html"):
            text = re.sub('class="[^"]*"', "", content.decode())
            assert not re.search(r"\b1 (teams|tasks|submissions|tracks|other teams)\b", text), path
