"""A competition of toys, made once, of which every test gets a copy; teams with tokens; answers as files."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from contests import kept_contest
from live import client, live_server

from leaderboard.contest import Contest
from leaderboard.making.bundles import write_bundle
from leaderboard.record.teams import add_team


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a competition, with answers beside it; not to be written to."""
    folder = tmp_path_factory.mktemp("toys")
    with kept_contest(folder, more="[code]\nallowed = true\n") as contest:
        write_bundle(contest)
        yield folder


@pytest.fixture
def contest(made: Path, tmp_path: Path) -> Contest:
    """A competition of this test's own."""
    return Contest(shutil.copytree(made / "contest", tmp_path / "contest"))


@pytest.fixture
def answers(made: Path) -> dict[str, bytes]:
    """A good predictions file for each task."""
    return {path.stem: path.read_bytes() for path in (made / "answers").iterdir()}


@pytest.fixture
def foxes(contest: Contest) -> str:
    """The token of a team."""
    return add_team(contest.ledger, "Foxes")[1]


@pytest.fixture
def owls(contest: Contest) -> str:
    """The token of another team."""
    return add_team(contest.ledger, "Owls")[1]


@pytest.fixture
def url(contest: Contest) -> Iterator[str]:
    """The address of a server of the competition."""
    with live_server(contest) as address:
        yield address


@pytest.fixture
def team(url: str, foxes: str) -> Iterator[httpx.Client]:
    """The first team's client."""
    with client(url, foxes) as found:
        yield found


@pytest.fixture
def left_over(contest: Contest) -> Callable[[], list[Path]]:
    """What lies half-written in the competition's vault."""
    return lambda: list(contest.submissions.incoming.glob("*"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 2 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)]
    if os.getuid() or not shutil.which("mount") or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("mounting a small file system needs root")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)
