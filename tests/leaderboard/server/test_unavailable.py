"""Full disks, read-only disks, databases that are away: refused in plain words, and nothing half-written."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from live import client, live_server

from leaderboard.contest import Contest
from leaderboard.record.teams import add_team

Left = Callable[[], list[Path]]


def fill(disk: Path) -> Path:
    """A file that takes all that is left of a disk."""
    path = disk / "filler"
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(512))
    assert shutil.disk_usage(disk).free == 0
    return path


def require_refused(answer: httpx.Response) -> None:
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["Retry-After"]) > 0
    error = answer.json()["error"]
    assert (error["code"], "same receipt" in error["do"]) == ("unavailable", True)
    assert "/" not in error["problem"] + error["given"]


def require_whole(contest: Contest, count: int) -> None:
    """Every accepted submission's files are whole, the chain holds, and that is all there is."""
    assert not contest.ledger.journal.faults()
    with contest.ledger.reading() as state:
        assert len(state.submissions) == count
        digests = [digest for one in state.submissions.values() for digest in one.files.values()]
    assert not contest.submissions.faults(digests)


def test_a_full_disk_for_submissions(
    contest: Contest, foxes: str, answers: dict[str, bytes], small_disk: Path
) -> None:
    contest.submissions.root.symlink_to(small_disk)
    with live_server(contest) as url, client(url, foxes) as team:
        assert team.post("/api/submissions", files=answers).status_code == 201
        filler = fill(small_disk)
        before = set(small_disk.iterdir())
        for name, body in answers.items():
            require_refused(team.post("/api/submissions", files={name: body}))
            assert not list((small_disk / "incoming").glob("*"))
        assert set(small_disk.iterdir()) == before
        assert team.get("/api/quota").json()["used"] == 1
        filler.unlink()
        assert (
            team.post("/api/submissions", files={"toy_matching": answers["toy_matching"]}).status_code == 201
        )
    require_whole(contest, 2)


def test_a_full_disk_for_the_journal(
    made: Path, tmp_path: Path, answers: dict[str, bytes], small_disk: Path
) -> None:
    folder = shutil.copytree(made / "contest", tmp_path / "contest")
    shutil.move(folder / "journal.db", small_disk / "journal.db")
    settings = folder / "competition.toml"
    settings.write_text(f'database = "sqlite:///{small_disk}/journal.db"\n' + settings.read_text())
    contest = Contest(folder)
    token = add_team(contest.ledger, "Foxes")[1]
    with live_server(contest) as url, client(url, token) as team:
        first = team.post("/api/submissions", files=answers, headers={"Idempotency-Key": "first"})
        assert first.status_code == 201
        filler = fill(small_disk)
        found = [
            team.post("/api/submissions", files=answers, headers={"Idempotency-Key": f"{number}"})
            for number in range(40)
        ]
        refused = [one for one in found if one.status_code == 503]
        assert refused
        require_refused(refused[-1])
        counted = 1 + sum(one.status_code == 201 for one in found)
        assert counted < 5
        assert team.get("/api/submissions").status_code == 200
        filler.unlink()
        assert (
            team.post("/api/submissions", files=answers, headers={"Idempotency-Key": "x"}).status_code == 201
        )
    require_whole(contest, counted + 1)


def test_a_read_only_disk(contest: Contest, foxes: str, answers: dict[str, bytes], small_disk: Path) -> None:
    contest.submissions.root.symlink_to(small_disk)
    with live_server(contest) as url, client(url, foxes) as team:
        subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
        require_refused(team.post("/api/submissions", files=answers))
        subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
        assert team.post("/api/submissions", files=answers).status_code == 201
    require_whole(contest, 1)


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EIO, errno.EROFS])
@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_disk_that_fails_at_the_last_moment(
    contest: Contest,
    foxes: str,
    answers: dict[str, bytes],
    left_over: Left,
    monkeypatch: pytest.MonkeyPatch,
    fault: int,
    call: str,
) -> None:
    """What the system says when a file is to be made durable: the submission is not accepted."""

    def fail(*_: object) -> None:
        raise OSError(fault, os.strerror(fault), "/secret/place")

    with live_server(contest) as url, client(url, foxes) as team:
        with monkeypatch.context() as patch:
            patch.setattr(os, call, fail)
            answer = team.post("/api/submissions", files=answers)
        require_refused(answer)
        assert "secret" not in answer.text
        assert not left_over()
        assert team.post("/api/submissions", files=answers).status_code == 201
    require_whole(contest, 1)


def test_a_database_that_is_away(contest: Contest, foxes: str, answers: dict[str, bytes]) -> None:
    """Moved away under the server's feet: reads and submissions are refused, until it is back."""
    with live_server(contest) as url, client(url, foxes) as team:
        assert team.post("/api/submissions", files=answers).status_code == 201
        contest.ledger.journal.close()
        hidden = contest.folder / "away"
        hidden.mkdir()
        for path in contest.folder.glob("journal.db*"):
            path.rename(hidden / path.name)
        (contest.folder / "journal.db").mkdir()
        require_refused(team.post("/api/submissions", files={"toy_matching": answers["toy_matching"]}))
        for address in ("/api/health", "/api/leaderboard", "/api/me"):
            require_refused(team.get(address))
        (contest.folder / "journal.db").rmdir()
        for path in hidden.iterdir():
            path.rename(contest.folder / path.name)
        assert team.get("/api/health").status_code == 200
        assert team.post("/api/submissions", files=answers).status_code == 200
    require_whole(contest, 1)


def test_a_journal_that_another_process_holds_does_not_stop_readers(
    contest: Contest, foxes: str, answers: dict[str, bytes]
) -> None:
    with live_server(contest) as url, client(url, foxes) as team:
        holder = sqlite3.connect(contest.folder / "journal.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        assert team.get("/api/health").status_code == 200
        assert team.get("/").status_code == 200
        holder.execute("ROLLBACK")
        holder.close()
        assert team.post("/api/submissions", files=answers).status_code == 201
