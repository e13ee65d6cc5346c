"""Cross runs: the algorithms of two teams on each other's tasks, in the real sandbox."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from books import C, K, M
from click.testing import CliRunner
from contests import toy_contest

from benchmark.cli import cli
from benchmark.errors import UserError
from benchmark.intervals import draw, interval
from benchmark.sandbox import sandbox
from leaderboard.contest import Contest
from leaderboard.record.accepting import accept
from leaderboard.record.selecting import select
from leaderboard.record.teams import add_team
from leaderboard.standings.cross import cross, keep

TITLES = """
import pandas as pd

def build(task):
    return Titles(task)

class Titles:
    "The noun of a title tells its class and its cluster."
    def __init__(self, task):
        self.task = task

    def fit(self, X, y):
        nouns = self._nouns(X)
        self.seen = dict(zip(nouns, y))
        self.most = pd.Series(list(y)).mode()[0]
        return self

    def predict(self, X):
        if self.task.kind == "matching":
            raise SystemExit("pairs are beyond me")
        nouns = self._nouns(X)
        if self.task.kind == "clustering":
            return pd.Series(X["title"].fillna("").str.split().str[1:3].str.join(" ").tolist())
        return [self.seen.get(noun, self.most) for noun in nouns]

    def _nouns(self, X):
        return X["title"].fillna("").str.split().str[1].fillna("")
"""
PLAIN = """
import pandas as pd

def supports(task):
    return task.kind != "matching", "pairs are not for me"

def build(task):
    return Plain(task)

class Plain:
    def __init__(self, task):
        self.task = task

    def fit(self, X, y):
        self.most = pd.Series(list(y)).mode()[0]
        return self

    def predict(self, X):
        return list(range(len(X))) if self.task.kind == "clustering" else [self.most] * len(X)
"""


@pytest.fixture(scope="module")
def contest(tmp_path_factory: pytest.TempPathFactory) -> Contest:
    """Two teams with code: one has selected its first, the other none; a third has sent a copy of another's."""
    if not sandbox()[0]:
        pytest.skip(sandbox()[1])
    more = '[code]\nallowed = true\nseconds = "60s"\ncores = 1\n'
    made = toy_contest(tmp_path_factory.mktemp("cross") / "contest", more=more)
    for name, codes in {"Titles": [TITLES, PLAIN], "Plain": [PLAIN], "Copy": [TITLES]}.items():
        team, _ = add_team(made.ledger, name)
        sent = [hand_in(made, team.id, code) for code in codes]
        if name == "Titles":
            select(made, team.id, sent[:1])
    return made


def hand_in(contest: Contest, team: str, code: str) -> str:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("solution.py", code)
    digest = contest.submissions.put([content.getvalue()])
    return accept(contest, team, {"code": digest}, form="code")[0].id


@pytest.fixture(scope="module")
def found(contest: Contest) -> dict[str, Any]:
    return cross(contest)


def by_team(found: dict[str, Any], cells: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    names = {one["submission"]: one["name"] for one in found["solutions"]}
    return {names[cell["submission"]]: cell for cell in cells}


def test_every_selected_solution_runs_on_every_task(found: dict[str, Any]) -> None:
    assert [one["name"] for one in found["solutions"]] == ["Titles", "Plain", "Copy"]
    tasks = {task["task"]: by_team(found, task["cells"]) for task in found["tasks"]}
    assert set(tasks) == {C, M, K}
    endings = {task: {name: list(cell["endings"]) for name, cell in of.items()} for task, of in tasks.items()}
    assert endings[C] == {"Titles": ["ok"], "Plain": ["ok"], "Copy": ["ok"]}
    assert endings[K] == {"Titles": ["ok"], "Plain": ["ok"], "Copy": ["ok"]}
    assert endings[M] == {"Titles": ["failed"], "Plain": ["unsupported"], "Copy": ["failed"]}
    assert tasks[M]["Plain"]["reason"] == "pairs are not for me"
    assert tasks[C]["Titles"]["value"] > tasks[C]["Plain"]["value"] + 0.3
    assert tasks[K]["Plain"]["value"] == 0.0


def test_differences_are_paired(contest: Contest, found: dict[str, Any]) -> None:
    """Recomputed from the records' counts alone."""
    task = contest.task(C)
    values, draws = [], []
    for one in found["solutions"][:2]:
        [folder] = (contest.home / "results" / one["submission"]).glob(f"{C}-*/*")
        with np.load(folder / "counts.npz") as arrays:
            counts = arrays["headline"]
        values.append(float(task.metric.value(counts.sum(axis=0))))
        draws.append(draw(task.metric, counts, task.digest))
    low, high = interval(values[0] - values[1], draws[0] - draws[1])
    ids = [one["submission"] for one in found["solutions"]]
    differences = next(one for one in found["tasks"] if one["task"] == C)["differences"]
    [gap] = [one for one in differences if {one["submission"], one["other"]} == set(ids[:2])]
    assert gap["submission"] == ids[0]
    assert (gap["value"], gap["low"], gap["high"]) == pytest.approx((values[0] - values[1], low, high))
    assert gap["clear"]
    [same] = [one for one in differences if {one["submission"], one["other"]} == {ids[0], ids[2]}]
    assert (same["value"], same["low"], same["high"], same["clear"]) == (0.0, 0.0, 0.0, False)


def test_a_track_has_the_mean_and_counts_a_failed_run_as_the_constant_answer(found: dict[str, Any]) -> None:
    matching = next(one for one in found["tracks"] if one["track"] == "matching")
    tasks = {task["task"]: task for task in found["tasks"]}
    mean = by_team(found, matching["cells"])["Titles"]
    clustering = by_team(found, tasks[K]["cells"])["Titles"]["value"]
    assert mean["value"] == pytest.approx((clustering + tasks[M]["constant"]) / 2)
    assert (mean["answered"], mean["asked"]) == (1, 2)
    ranks = {name: cell["rank"] for name, cell in by_team(found, matching["cells"]).items()}
    assert ranks == {"Titles": 1, "Copy": 1, "Plain": 3}


def test_code_that_fails_everywhere_stands_with_the_constant_answer(tmp_path: Path) -> None:
    if not sandbox()[0]:
        pytest.skip(sandbox()[1])
    contest = toy_contest(tmp_path / "contest", more='[code]\nallowed = true\nseconds = "60s"\ncores = 1\n')
    team, _ = add_team(contest.ledger, "Broken")
    hand_in(contest, team.id, "def build(task):\n    raise RuntimeError('not today')\n")
    done = CliRunner().invoke(cli, ["competition", "cross", str(contest.folder)])
    assert done.exit_code == 0, done.output
    for part in ("Track classification, 1 task ", "Track matching, 2 tasks ", "0/1", "0/2"):
        assert part in done.output
    found = json.loads((contest.private / "cross.json").read_text())
    for one in found["tracks"]:
        [cell] = one["cells"]
        assert (cell["rank"], cell["value"]) == (1, pytest.approx(one["constant"]))
        assert (cell["answered"], cell["asked"], one["differences"]) == (0, len(one["tasks"]), [])
    page = (contest.private / "cross.html").read_text()
    assert "did 0/2" in page
    assert '<td class="none">none</td>' not in page


def test_what_is_recorded_is_not_run_again(contest: Contest, found: dict[str, Any]) -> None:
    started = []

    def note(run: Any, record: Any) -> None:
        if record is None:
            started.append(run.title)

    assert cross(Contest(contest.folder), on_change=note) == found
    assert started == []


def test_the_page_stands_on_its_own(contest: Contest, found: dict[str, Any]) -> None:
    numbers, page = keep(contest, found)
    assert json.loads(numbers.read_text()) == found
    text = page.read_text()
    assert "<script" not in text
    assert "http" not in text
    assert text.count("<caption>") == 1 + sum(bool(one["differences"]) for one in found["tasks"]) + 1
    for word in ("Titles", "Plain", "Copy", C, M, K, "unsupported"):
        assert word in text
    beyond_doubt = [
        gap for one in [*found["tasks"], *found["tracks"][1:]] for gap in one["differences"] if gap["clear"]
    ]
    assert text.count(", ahead") == text.count(", behind") == len(beyond_doubt) == 6


def test_the_command_shows_the_table(contest: Contest, found: dict[str, Any]) -> None:
    done = CliRunner().invoke(cli, ["competition", "cross", str(contest.folder)])
    assert done.exit_code == 0, done.output
    for word in ("Titles", "unsupported", "cross.html"):
        assert word in done.output


def test_without_code_there_is_nothing_to_cross(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="No team has submitted code"):
        cross(toy_contest(tmp_path / "contest"))
