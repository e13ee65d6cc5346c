"""The processes beside the server are watched whatever happens to one of them."""

from __future__ import annotations

import errno
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
