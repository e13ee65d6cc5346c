"""Disk and memory that hide from whoever looks: they are found, or the run ends all the same."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from hostile import attempt, log

from benchmark.budget import Budget
from benchmark.sandbox import sandbox
from benchmark.task import Task

pytestmark = [
    pytest.mark.skipif(not sandbox()[0], reason=sandbox()[1]),
    pytest.mark.xdist_group("escape"),
]
BUDGET = Budget(seconds=40, memory=10**9, cores=1, disk=3 * 10**7)
SECONDS = 8

DISK = {
    "deleted": """
        files = [open(f"f{i}", "wb", 0) for i in range(3)]
        for file in files:
            file.write(bytes(2 * 10**7))
            os.remove(file.name)
    """,
    "too deep": """
        for _ in range(30):
            os.mkdir("d" * 200)
            os.chdir("d" * 200)
        for i in range(3):
            open(f"f{i}", "wb").write(bytes(2 * 10**7))
    """,
    "beyond its end": """
        import ctypes
        with open("f", "wb") as file:
            assert ctypes.CDLL(None).fallocate(file.fileno(), 1, ctypes.c_long(0), ctypes.c_long(6 * 10**7)) == 0
    """,
    "log": """
        open("f", "wb").write(bytes(2 * 10**7))
        os.write(1, bytes(2 * 10**7))
    """,
}


@pytest.mark.parametrize("how", DISK)
def test_disk(how: str, task: Task, tmp_path: Path) -> None:
    source = f"import os, time\n{dedent(DISK[how])}\ntime.sleep({SECONDS})"
    record = attempt(source, task, tmp_path, BUDGET)
    assert record.run["reason"] == "stopped above 0.03 GB of disk"


def test_a_deleted_file_that_processes_share_counts_once(task: Task, tmp_path: Path) -> None:
    source = f"""
    import os, time
    file = open("f", "wb", 0)
    file.write(bytes(2 * 10**7))
    os.remove("f")
    for _ in range(3):
        if os.fork() == 0:
            time.sleep({SECONDS})
            os._exit(0)
    time.sleep(5)
    """
    record = attempt(source, task, tmp_path, BUDGET)
    assert record.run["status"] == "ok", record.run["reason"]


@pytest.mark.parametrize("sent", [False, True])
def test_memory_in_the_buffers_of_sockets(sent: bool, task: Task, tmp_path: Path) -> None:
    """Sockets are counted, those too that no process holds since they are on their way through another."""
    source = f"""
    import socket, time
    way, end = socket.socketpair()
    kept = []
    for _ in range(700):
        kept += socket.socketpair()
        kept[-1].setblocking(False)
        try:
            while True:
                kept[-1].send(bytes(2**16))
        except BlockingIOError:
            pass
        if {sent} and len(kept) == 100:
            socket.send_fds(way, [b"x"], [one.fileno() for one in kept])
            kept.clear()
    print("made", flush=True)
    time.sleep({SECONDS})
    """
    record = attempt(source, task, tmp_path)
    assert record.run["reason"] == "stopped above 1,024 sockets", log(record)
