"""Reads files of strangers in processes of their own: what ends or stalls one of them harms nobody else.

A file may be made to crash its reader, to fill the memory or to take for ever. Then it is refused like any other.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from time import monotonic
from typing import Any

from benchmark.files import temporary_folder
from benchmark.predictions import Fault

SECONDS = 120.0
_TRIES = 2


class _Gone(Exception):
    """The process ended before it answered."""


class _Stalled(Exception):
    """The process did not answer in time."""


class _Checker:
    """One process. It serves one question at a time."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "leaderboard.server.checker", str(os.getpid())]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )

    def ask(self, question: dict[str, str], seconds: float) -> dict[str, Any]:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(question).encode() + b"\n")
            self._process.stdin.flush()
        except OSError:
            raise _Gone from None
        answer: dict[str, Any] = json.loads(self._line(monotonic() + seconds))
        return answer

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                pipe and pipe.close()

    def _line(self, until: float) -> bytes:
        assert self._process.stdout is not None
        handle, line = self._process.stdout.fileno(), b""
        while not line.endswith(b"\n"):
            if not select.select([handle], [], [], max(0.0, until - monotonic()))[0]:
                raise _Stalled
            piece = os.read(handle, 2**16)
            if not piece:
                raise _Gone
            line += piece
        return line


class Checkers:
    """Some such processes. Threads may share them, and wait for one that is free."""

    def __init__(self, count: int, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._idle: SimpleQueue[_Checker | None] = SimpleQueue()
        for _ in range(count):
            self._idle.put(_Checker())

    def faults(self, task: Path | None, path: Path, name: str) -> list[dict[str, Any]]:
        """The faults of a predictions file for the task in a folder, or of a solution's archive; `name` is its part's.

        OSError where the disk has no room to unpack it.

        A process that is gone may have been gone for another reason: the file gets a second try.
        """
        question = {"task": str(task or ""), "path": str(path), "name": name}
        for _ in range(_TRIES):
            try:
                answer = self._ask(question) if task else self._ask_with_room(question)
            except _Stalled:
                return [
                    Fault("too slow", f"Reading the file takes more than {self._seconds:.0f} s.").as_dict()
                ]
            except _Gone:
                continue
            if "outage" in answer:
                raise OSError(*answer["outage"])
            if "failed" in answer:
                raise RuntimeError(f"the check of {name} failed")
            faults: list[dict[str, Any]] = answer["faults"]
            return faults
        return [Fault("not a table", "The file is damaged: it ended the process that read it.").as_dict()]

    def close(self) -> None:
        """End the processes that are idle."""
        while not self._idle.empty():
            checker = self._idle.get()
            if checker is not None:
                checker.end()

    def _ask_with_room(self, question: dict[str, str]) -> dict[str, Any]:
        """With a folder to unpack to, which this process removes: the other one may be killed amid its work."""
        with temporary_folder() as room:
            return self._ask(question | {"room": str(room)})

    def _ask(self, question: dict[str, str]) -> dict[str, Any]:
        checker = self._idle.get()
        try:
            checker = checker or _Checker()
            return checker.ask(question, self._seconds)
        except BaseException:
            if checker is not None:
                checker.end()
                checker = None
            raise
        finally:
            self._idle.put(checker)
