"""The processes beside the server are watched whatever happens to one of them."""

from __future__ import annotations

import errno
import os
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from leaderboard.server.children import children_of


def test_one_that_cannot_be_started_leaves_the_watch_alive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def fail(command: list[str], **_: Any) -> None:
        tried.append(command[2])
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(subprocess, "Popen", fail)
    watched = children_of(tmp_path, 1, mlflow=True)
    watched.start()
    time.sleep(0.6)
    assert "children" in {thread.name for thread in threading.enumerate()}
    assert tried == ["leaderboard.scoring.scorer", "leaderboard.mlflow_store.writer"], "and not at once again"
    watched.stop()


def test_one_whose_server_was_killed_before_it_began_ends_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [child] = children_of(tmp_path, 1, mlflow=False).children
    child.module, child.arguments = "timeit", ["-n", "1", "pass"]
    for server, code in ((os.getpid(), 0), (1, 1)):
        with monkeypatch.context() as forked:
            forked.setattr(os, "getpid", lambda server=server: server)
            child.look(child.due)
        assert child.process
        assert child.process.wait(60) == code
        child.process = None
