"""The processes beside the web server: started, watched, started again when they end, and ended in their order."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import monotonic

from leaderboard.server.logs import log

_PATIENCE = 20.0
_LONGEST_WAIT = 60.0
_HEALTHY = 60.0
_PR_SET_PDEATHSIG = 1


@dataclass
class _Child:
    """A process beside the server. It is started again when it ends, at ever longer intervals."""

    module: str
    arguments: list[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    due: float = 0.0
    wait: float = 1.0

    def look(self, now: float) -> None:
        """Start it where it is due; note when it ended."""
        if self.process is not None and self.process.poll() is not None:
            fields = {"module": self.module, "status": self.process.returncode}
            log.error("child ended", extra={"fields": fields})
            self.process = None
            self.wait = 1.0 if now - self.started > _HEALTHY else min(2 * self.wait, _LONGEST_WAIT)
            self.due = now + self.wait
        if self.process is None and now >= self.due:
            self.started = now
            command = [sys.executable, "-m", self.module, *self.arguments]
            try:
                self.process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    preexec_fn=partial(_end_with_parent, os.getpid()),
                    start_new_session=True,
                )
            except (OSError, subprocess.SubprocessError) as error:  # no memory or processes left, for now
                log.error("child not started", extra={"fields": {"module": self.module, "error": str(error)}})
                self.due = now + _LONGEST_WAIT


@dataclass
class Children:
    """The processes beside the server, watched by a thread: it lives as long as they do."""

    children: list[_Child]
    _stopping: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._watch, name="children", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End them in their order: those that feed the others first."""
        self._stopping.set()
        if self._thread:
            self._thread.join()

    def _watch(self) -> None:
        while not self._stopping.wait(0.2):
            for child in self.children:
                child.look(monotonic())
        for child in self.children:
            if child.process is not None:
                _end(child.process)


def children_of(folder: Path, scorers: int, mlflow: bool) -> Children:
    """The scoring workers, each with its share of the submissions, and the MLflow writer."""
    children = [
        _Child("leaderboard.scoring.scorer", [str(folder), "--share", f"{number}/{scorers}"])
        for number in range(scorers)
    ]
    if mlflow:
        children.append(_Child("leaderboard.mlflow_store.writer", [str(folder)]))
    return Children(children)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def _end_with_parent(parent: int) -> None:
    """In a child, before it runs: Linux ends it when the server is gone, even when that was killed."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # killed before that
        os._exit(1)
