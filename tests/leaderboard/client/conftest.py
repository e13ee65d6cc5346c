"""A live competition of toys with a real server and scorer, and a machine of a participant beside it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from contests import toy_contest, write_answers
from hosted import Command, Host
from live import live_server

from benchmark.cli import cli
from benchmark.errors import UserError
from leaderboard.contest import Contest
from leaderboard.making.bundles import write_bundle
from leaderboard.record.teams import add_team
from leaderboard.scoring.submissions import record_constants


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a competition, with answers of two qualities beside it; not to be written to."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("toys")
        patch.setenv("CLASSMARK_HOME", str(folder))
        contest = toy_contest(folder / "contest", more="[code]\nallowed = true\n")
        write_answers(contest, folder / "poor", wrong=0.6)
        write_answers(contest, folder / "good", wrong=0.2, seed=1)
        write_bundle(contest)
        record_constants(contest)
        for ledger in (contest.ledger, contest.private_ledger):
            ledger.journal.close()
        yield folder


@pytest.fixture
def settings() -> list[tuple[str, str]]:
    """What a test changes in `competition.toml`: texts and their replacements."""
    return []


@pytest.fixture
def host(
    made: Path, tmp_path: Path, home: Path, settings: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Host]:
    """A server of this test's own with two teams. CLASSMARK_HOME is the participant's."""
    folder = shutil.copytree(made / "contest", tmp_path / "contest")
    text = (folder / "competition.toml").read_text()
    for old, new in settings:
        assert old in text
        text = text.replace(old, new)
    (folder / "competition.toml").write_text(text)
    contest = Contest(folder)
    for task in contest.config.tasks:
        contest.labels(task)
    tokens = {name: add_team(contest.ledger, name)[1] for name in ("Foxes", "Owls")}
    monkeypatch.setenv("CLASSMARK_HOME", str(home))
    with live_server(contest) as url:
        yield Host(contest, url, tokens)


@pytest.fixture
def poor(made: Path) -> dict[str, Path]:
    """A predictions file for each task."""
    return {path.stem: path for path in sorted((made / "poor").iterdir())}


@pytest.fixture
def good(made: Path) -> dict[str, Path]:
    """Better ones."""
    return {path.stem: path for path in sorted((made / "good").iterdir())}


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs `classmark` in a folder of its own and returns what it printed; UserError becomes exit code 2."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "100")

    def run(*arguments: str | Path, fails: bool = False) -> Result:
        done = CliRunner().invoke(cli, [str(one) for one in arguments])
        if isinstance(done.exception, UserError):
            assert fails, str(done.exception)
        elif done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        else:
            assert not fails, done.output
        return done

    return run


@pytest.fixture
def joined(host: Host, command: Command) -> Host:
    """The host, joined by the first team."""
    command("join", host.url, "--token", host.tokens["Foxes"])
    assert "CLASSMARK_JOIN_TOKEN" not in os.environ
    return host
