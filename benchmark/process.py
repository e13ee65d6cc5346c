"""Run one foreign process group under a budget: watched, stopped as a whole, its peak memory measured."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmark.budget import Budget

POLL_SECONDS = 0.1
DISK_EVERY = 20
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "HF_HOME", "HF_HUB_OFFLINE", "TZ")
_THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "LOKY_MAX_CPU_COUNT",
)


@dataclass(frozen=True)
class Finished:
    """How a process group ended: `over` is "" or the part of the budget that it exceeded."""

    exit_code: int
    over: str
    seconds: float
    peak_memory: int


def run_limited(
    command: Sequence[str],
    work: Path,
    log: Path,
    budget: Budget,
    cpus: Sequence[int],
    stop: threading.Event,
) -> Finished:
    """Run a command in the work folder, its output in `log`, and wait for its end or its budget's.

    The environment is made anew: nothing of the caller's is inherited but a few harmless variables. Peak memory
    is the largest sum of the resident memory of the group's processes, in bytes. Raises KeyboardInterrupt when
    `stop` is set.
    """
    limits = json.dumps({"cpus": list(cpus), "file_size": budget.disk, "parent": os.getpid()})
    launcher = str(Path(__file__).with_name("launch.py"))
    started = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-P", "-s", launcher, limits, *command],
            cwd=work,
            env=_environment(work, budget),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            close_fds=True,
        )
    peak, over, polls = 0, "", 0
    seen: set[psutil.Process] = set()
    try:
        while process.poll() is None and not over:
            if stop.wait(POLL_SECONDS):
                raise KeyboardInterrupt
            polls += 1
            members = _group(process.pid)
            seen.update(members)
            memory = _resident(members)
            peak = max(peak, memory)
            if memory > budget.memory:
                over = "memory"
            elif time.monotonic() - started > budget.seconds:
                over = "timeout"
            elif polls % DISK_EVERY == 0 and _disk(work) > budget.disk:
                over = "disk"
    finally:
        _kill_group(process, seen)
    return Finished(process.returncode, over, time.monotonic() - started, peak)


def _environment(work: Path, budget: Budget) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    threads = {name: str(budget.cores) for name in _THREADS}
    temporary = work / "tmp"
    temporary.mkdir(exist_ok=True)
    return kept | threads | {"HOME": str(work), "TMPDIR": str(temporary), "PYTHONHASHSEED": "0"}


def _group(leader: int) -> list[psutil.Process]:
    try:
        parent = psutil.Process(leader)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _resident(members: Iterable[psutil.Process]) -> int:
    total = 0
    for process in members:
        with contextlib.suppress(psutil.Error):
            total += process.memory_info().rss
    return total


def _disk(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            total += path.lstat().st_size
    return total


def _kill_group(process: subprocess.Popen[bytes], seen: Iterable[psutil.Process]) -> None:
    """Kill whatever is left: the group, and children that left it or outlived their parent."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    for member in {*seen, *_group(process.pid)}:
        with contextlib.suppress(psutil.Error):
            member.kill()
    process.wait()
