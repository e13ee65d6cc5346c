"""What was accepted is never lost, and what was not is never there: killed processes, full disks, failing disks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from contests import toy_contest, write_answers
from postgres import postgres_server

from leaderboard.contest import Contest
from leaderboard.record.teams import add_team
from tests.contest.checks import verify_faults
from tests.contest.crash import crash, crash_contest
from tests.contest.served import Served, served
from tests.contest.small_disk import small_disk

TIMES = 5


@pytest.mark.slow
def test_killed_processes_lose_nothing(tmp_path: Path) -> None:
    with postgres_server() as postgres:
        found = crash(crash_contest(tmp_path, postgres), tmp_path, TIMES, postgres)
    assert found.faults == []
    assert found.killed.total() == TIMES
    assert found.receipts >= TIMES


@pytest.mark.slow
def test_a_full_disk_refuses_and_spoils_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path) as disk, _submitting(disk.folder, tmp_path) as (contest, server, submit):
        receipts = [submit().raise_for_status().json()]
        server.wait_scored(300)
        disk.fill()
        refused = submit()
        assert refused.status_code == 503, refused.text
        assert refused.json()["error"]["code"] == "unavailable"
        assert str(disk.folder) not in refused.text
        assert not list(contest.submissions.incoming.iterdir())
        assert httpx.get(f"{server.url}/api/leaderboard", timeout=60).status_code == 200
        disk.empty()
        receipts.append(submit().raise_for_status().json())
        _is_whole(contest, server, receipts)


@pytest.mark.slow
def test_a_failing_disk_refuses_and_spoils_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path) as disk, _submitting(disk.folder, tmp_path) as (contest, server, submit):
        receipts = [submit().raise_for_status().json()]
        server.wait_scored(300)
        disk.fail()
        refused = submit()
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "unavailable")
        assert httpx.get(f"{server.url}/api/leaderboard", timeout=60).status_code == 200
        server.stop()
        _let_go(contest)
        with pytest.raises(RuntimeError, match=r"error: .*\n.*Read-only file system"):
            server.start()
        disk.repair()
        server.start()
        receipts.append(submit().raise_for_status().json())
        _is_whole(contest, server, receipts)


@contextmanager
def _submitting(disk: Path, tmp_path: Path) -> Iterator[tuple[Contest, Served, Any]]:
    """A served competition on a disk, and a call that submits; each call something new."""
    contest = toy_contest(disk / "contest", per_day=1000)
    token = add_team(contest.ledger, "Us")[1]
    files = {
        name: (path.name, path.read_bytes())
        for name, path in write_answers(contest, tmp_path / "answers").items()
    }
    os.sync()  # the competition has been there for months
    numbers = iter(range(1000))
    with served(contest.folder, tmp_path / "server.log", "--no-mlflow", "--scorers", "1") as server:

        def submit() -> httpx.Response:
            headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"try-{next(numbers)}"}
            return httpx.post(f"{server.url}/api/submissions", files=files, headers=headers, timeout=120)

        yield contest, server, submit
    _let_go(contest)


def _let_go(contest: Contest) -> None:
    """Close this process's own connections, so that the disk can be unmounted."""
    contest.ledger.journal.close()
    contest.private_ledger.journal.close()


def _is_whole(contest: Contest, server: Served, receipts: list[dict[str, Any]]) -> None:
    """All receipts are on record, once, in order, and scored; nothing else is; every file and chain is whole."""
    server.wait_scored(300)
    with contest.ledger.reading() as state:
        assert list(state.submissions) == [receipt["submission"] for receipt in receipts]
        assert all(len(state.scorings[receipt["submission"]]) == 1 for receipt in receipts)
    faults = [fault for fault in verify_faults(contest.folder) if "MLflow" not in fault]
    assert faults == []
