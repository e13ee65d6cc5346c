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

from benchmark import usage
from benchmark.budget import Budget
from benchmark.sandbox import LAUNCHER, PATH, WORK, Room

POLL_SECONDS = 0.1
DISK_EVERY = 20
MOST = {"processes": 1024, "sockets": 1024}
OPEN_FILES = 4096
SLACK = 4 * 10**9
LAST_WAIT = 20
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "HF_HOME", "HF_HUB_OFFLINE", "TZ")
_THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "LOKY_MAX_CPU_COUNT",
)
# threads that spin while they wait cost threefold on cores that others use too
_WAITING = {"OMP_WAIT_POLICY": "PASSIVE", "OPENBLAS_THREAD_TIMEOUT": "4"}


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
    room: Room | None,
    variables: dict[str, str],
) -> Finished:
    """Run a command in the work folder, its output in `log`, and wait for its end or its budget's.

    In a room the work folder is `sandbox.WORK`; without one the process is held by its budget alone. The environment is
    made anew: `variables`, and nothing of the caller's but a few harmless ones. Peak memory is the largest sum of
    the resident memory of the group's processes, in bytes. Raises KeyboardInterrupt when `stop` is set.
    """
    (work / "tmp").mkdir(exist_ok=True)
    given = {
        "parent": os.getpid(),
        "cpus": list(cpus),
        "limits": _limits(budget, room),
        "room": room.spec(work) if room else None,
    }
    started = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-P", "-s", LAUNCHER, json.dumps(given), *command],
            cwd=work,
            env=_environment(work, budget, room) | variables,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            close_fds=True,
        )
    peak, over, polls = 0, "", 0
    seen: set[psutil.Process] = set()
    try:
        while not over and not _ended(process):
            if stop.is_set():
                raise KeyboardInterrupt
            polls += 1
            members = usage.group(process.pid)
            seen.update(members)
            memory = usage.resident(members)
            peak = max(peak, memory)
            if memory > budget.memory:
                over = "memory"
            elif time.monotonic() - started > budget.seconds:
                over = "timeout"
            elif polls % DISK_EVERY == 0 and usage.disk(work, log, members if room else []) > budget.disk:
                over = "disk"
            elif room:
                over = _too_many(members, room)
    finally:
        _kill_group(process, seen)
    code = process.returncode
    killed = room is not None and code > 128  # bubblewrap says 128 + signal, as shells do
    return Finished(128 - code if killed else code, over, time.monotonic() - started, peak)


def _ended(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(POLL_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return True


def _too_many(members: list[psutil.Process], room: Room) -> str:
    if usage.threads(members) > MOST["processes"]:
        return "processes"
    return "sockets" if not room.network and usage.sockets(members) > MOST["sockets"] else ""


def _limits(budget: Budget, room: Room | None) -> dict[str, int]:
    limits = {"FSIZE": budget.disk, "CORE": 0}
    if room is None:
        return limits
    # root becomes a user that runs nothing else; of any other user the kernel counts all that it runs, neighbours too
    running = 0 if os.geteuid() == 0 else usage.threads_of_user() + MOST["processes"]
    return limits | {
        "NPROC": running + MOST["processes"],
        "NOFILE": OPEN_FILES,
        "DATA": budget.memory + SLACK,  # of one process; allocators set aside more than they use
        "CPU": int(budget.seconds * budget.cores) + 10,
    }


def _environment(work: Path, budget: Budget, room: Room | None) -> dict[str, str]:
    own = {name: str(budget.cores) for name in _THREADS} | _WAITING | {"PYTHONHASHSEED": "0"}
    if room is None:
        kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        return kept | own | {"HOME": str(work), "TMPDIR": str(work / "tmp")}
    system = {"PATH": PATH, "LANG": "C.UTF-8", "USER": "solution"}
    return system | own | {"HOME": WORK, "TMPDIR": "/tmp"}


def _kill_group(process: subprocess.Popen[bytes], seen: Iterable[psutil.Process]) -> None:
    """Kill whatever is left, children too that left the group or outlived their parent, and see it gone."""
    members = {*seen, *usage.group(process.pid)}
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    for member in members:
        with contextlib.suppress(psutil.Error):
            member.kill()
    process.wait()
    deadline = time.monotonic() + LAST_WAIT
    while any(map(_runs, members)) and time.monotonic() < deadline:
        time.sleep(0.01)


def _runs(process: psutil.Process) -> bool:
    """Whether it still does anything: one that has ended may stay listed until its parent looks."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
