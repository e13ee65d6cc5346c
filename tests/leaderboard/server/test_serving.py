"""`classmark serve` as a person runs it: a process with children, which ends in order and leaves none behind."""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from contests import kept_contest
from live import client

from benchmark.errors import UserError
from leaderboard.cli.serve import command
from leaderboard.contest import Contest
from leaderboard.record.teams import add_team


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a competition, with answers beside it; not to be written to."""
    folder = tmp_path_factory.mktemp("toys")
    with kept_contest(folder):
        yield folder


@pytest.fixture
def contest(made: Path, tmp_path: Path) -> Contest:
    return Contest(shutil.copytree(made / "contest", tmp_path / "contest"))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def until(holds: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


class Served:
    """A running `classmark serve`."""

    def __init__(self, contest: Contest, log: Path, *options: str) -> None:
        self.port, self.log = free_port(), log
        self.url = f"http://127.0.0.1:{self.port}"
        line = [sys.executable, "-m", "benchmark", "serve", str(contest.folder), "--port", str(self.port)]
        with log.open("w") as file:
            self.process = subprocess.Popen([*line, *options], stderr=file, stdout=file)
        until(self._answers)

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            return httpx.get(f"{self.url}/api/health").status_code == 200
        except httpx.TransportError:
            return False

    def children(self, module: str) -> list[psutil.Process]:
        found = []
        for one in psutil.Process(self.process.pid).children():
            with contextlib.suppress(psutil.Error):  # it may end between two looks at it
                if module in " ".join(one.cmdline()):
                    found.append(one)
        return found


@pytest.fixture
def served(contest: Contest, tmp_path: Path) -> Iterator[Served]:
    running = Served(contest, tmp_path / "log", "--no-mlflow", "--scorers", "2")
    yield running
    if running.process.poll() is None:
        running.process.terminate()
        running.process.wait(60)


def test_a_submission_is_scored_and_the_service_ends_in_order(
    served: Served, contest: Contest, made: Path
) -> None:
    token = add_team(contest.ledger, "Foxes")[1]
    answers = {path.stem: path.read_bytes() for path in (made / "answers").iterdir()}
    until(lambda: len(served.children("leaderboard.scoring.scorer")) == 2)
    with client(served.url, token) as team:
        receipt = team.post("/api/submissions", files=answers).json()
        until(lambda: team.get(f"/api/submissions/{receipt['submission']}").json()["status"] == "scored")
    children = served.children("leaderboard.scoring.scorer")
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(60) == 0
    assert not [one for one in children if one.is_running()]
    log = served.log.read_text()
    assert "Toys & co: teams 0, submissions 0, to score 0" in log
    assert served.url in log
    assert token not in log
    assert "Traceback" not in log


def test_a_worker_that_dies_is_started_again(served: Served) -> None:
    until(lambda: len(served.children("leaderboard.scoring.scorer")) == 2)
    victim = served.children("leaderboard.scoring.scorer")[0]
    victim.kill()
    until(lambda: len(served.children("leaderboard.scoring.scorer")) == 2 and not victim.is_running())
    assert "child ended" in served.log.read_text()


def test_killed_it_leaves_no_worker_and_no_half_upload(
    served: Served, contest: Contest, tmp_path: Path
) -> None:
    until(lambda: len(served.children("leaderboard.scoring.scorer")) == 2)
    children = served.children("leaderboard.scoring.scorer")
    contest.submissions.draft([b"half an upload"])
    served.process.kill()
    served.process.wait()
    until(lambda: all(_is_gone(one) for one in children))
    again = Served(contest, tmp_path / "log 2", "--no-mlflow", "--scorers", "1")
    assert not list(contest.submissions.incoming.glob("*"))
    again.process.send_signal(signal.SIGINT)
    assert again.process.wait(60) == 0


def _is_gone(process: psutil.Process) -> bool:
    """Ended, and perhaps not yet buried by whoever became its parent."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def refusal(*arguments: object) -> str:
    """What `classmark serve` says when it does not start."""
    with pytest.raises(UserError) as refused:
        command.main([str(one) for one in arguments], standalone_mode=False)
    return str(refused.value)


def test_what_cannot_be_served(served: Served, contest: Contest, tmp_path: Path, made: Path) -> None:
    said = refusal(contest.folder, "--port", free_port())
    assert "is being served already" in said
    assert f"process {served.process.pid}" in said
    other = shutil.copytree(made / "contest", tmp_path / "other")
    assert "cannot listen" in refusal(other, "--port", served.port)
    assert "is not a competition" in refusal(tmp_path)
    half = tmp_path / "half"
    half.mkdir()
    shutil.copy(contest.folder / "competition.toml", half)
    assert "not a whole competition" in refusal(half)
