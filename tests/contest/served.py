"""`classmark serve` as a process of its own, which can be measured, killed and started again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import psutil

START_SECONDS = 120


class Served:
    """The server of a competition, with its children. Everything that it says goes to `log`."""

    def __init__(self, folder: Path, log: Path, options: Sequence[str] = ()) -> None:
        self.folder, self.log = folder, log
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._options = list(options)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = classmark("serve", self.folder, "--port", self.port, "--requests", 10**6, *self._options)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while self.health() is None:
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the server did not start:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.05)

    def health(self) -> dict[str, Any] | None:
        """What /api/health says; None where nobody answers well."""
        try:
            answer = httpx.get(f"{self.url}/api/health", timeout=10)
        except httpx.HTTPError:
            return None
        return dict(answer.json()) if answer.is_success else None

    def processes(self, module: str = "") -> list[psutil.Process]:
        """The processes of the server, or those of its children that run a module."""
        if self._process is None:
            return []
        with suppress(psutil.NoSuchProcess):
            whole = psutil.Process(self._process.pid)
            children = whole.children(recursive=True)
            return [one for one in children if _runs(one, module)] if module else [whole, *children]
        return []

    def memory(self) -> int:
        """Resident bytes of all processes together; pages that they share count for each."""
        found = 0
        for process in self.processes():
            with suppress(psutil.Error):
                found += process.memory_info().rss
        return found

    def kill(self) -> None:
        """kill -9 of the server alone; its children have to see it by themselves."""
        assert self._process
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """End it in order, and with force what is left after a while."""
        if self._process is None:
            return
        whole = self.processes()
        self._process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(60)
        for process in psutil.wait_procs(whole, timeout=10)[1]:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(10)

    def wait_scored(self, seconds: float) -> None:
        """Wait until nothing is queued any more."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            health = self.health()
            if health and not health["queued"]:
                return
            time.sleep(0.5)
        raise AssertionError(
            f"still queued after {seconds:.0f} s: {self.health()}\n{self.log.read_text()[-3000:]}"
        )


@contextmanager
def served(folder: Path, log: Path, *options: str) -> Iterator[Served]:
    """A running server, ended at the end of the block."""
    server = Served(folder, log, options)
    try:
        server.start()
        yield server
    finally:
        server.stop()


class PeakMemory:
    """The largest memory of a server, looked at twice a second in a thread, for the length of a block."""

    def __init__(self, server: Served) -> None:
        self._server = server
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.bytes = 0

    def __enter__(self) -> PeakMemory:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.5):
            self.bytes = max(self.bytes, self._server.memory())


def classmark(*arguments: object) -> list[str]:
    """The command line of classmark with these arguments, in this interpreter."""
    return [sys.executable, "-m", "benchmark", *map(str, arguments)]


def call(*arguments: object, home: Path | None = None, codes: Sequence[int] = (0,)) -> str:
    """What a command of classmark prints. RuntimeError with all it says where its exit code is another."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CLASSMARK_")}
    if home:
        environment["CLASSMARK_HOME"] = str(home)
    done = subprocess.run(classmark(*arguments), capture_output=True, text=True, env=environment)
    if done.returncode not in codes or (done.returncode and not done.stdout):
        raise RuntimeError(f"{' '.join(map(str, arguments))}: {done.stdout}{done.stderr}")
    return done.stdout


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def _runs(process: psutil.Process, module: str) -> bool:
    try:
        return module in process.cmdline()
    except psutil.Error:
        return False
