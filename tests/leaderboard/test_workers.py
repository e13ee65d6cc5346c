"""Children end with their parent, and when they are told to, however often; real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import psutil

CHILD = """
import sys, threading, time
from leaderboard import workers
workers.GRACE_SECONDS = 1.0
stop = workers.stop_with_parent()
print("ready", flush=True)
if sys.argv[1] == "hangs":
    time.sleep(60)
stop.wait()
end = time.monotonic() + 1
while time.monotonic() < end:
    pass
"""
PARENT = "import subprocess, sys; subprocess.Popen([sys.executable, *sys.argv[1:]]); input()"


def test_signals_in_the_midst_of_signals_end_it() -> None:
    for _ in range(3):
        child = subprocess.Popen([sys.executable, "-c", CHILD, "ends"], stdout=subprocess.PIPE)
        assert child.stdout
        assert child.stdout.readline() == b"ready\n"
        for number in range(20_000):
            if child.poll() is not None:
                break
            os.kill(child.pid, (signal.SIGTERM, signal.SIGINT)[number % 2])
        child.wait(20)


def test_it_ends_with_its_parent_even_where_it_hangs() -> None:
    for way in ("ends", "hangs"):
        command = [sys.executable, "-c", PARENT, "-c", CHILD, way]
        parent = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert parent.stdout
        assert parent.stdout.readline() == b"ready\n"
        [child] = psutil.Process(parent.pid).children()
        parent.kill()
        parent.wait()
        deadline = time.monotonic() + 20
        while child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
            assert time.monotonic() < deadline, way
            time.sleep(0.05)
