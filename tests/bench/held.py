"""What the sandbox costs: the same command in a room and as a bare process."""

from __future__ import annotations

import os
import statistics
import sys
import threading
from pathlib import Path

from benchmark.budget import Budget
from benchmark.process import run_limited
from benchmark.sandbox import Room, interpreter_mounts
from tests.bench.measure import alternately
from tests.bench.rows import Row

SHORT_ROUNDS, LONG_ROUNDS = 20, 3
LONG = "import time\nend = time.process_time() + 10\nwhile time.process_time() < end: pass"
BUDGET = Budget(seconds=60, memory=10**9, cores=1, disk=10**9)


def rows(folder: Path) -> list[Row]:
    work = folder / "work"
    work.mkdir()
    room = Room(interpreter_mounts(sys.base_prefix, sys.prefix))

    def run(program: str, where: Room | None) -> None:
        finished = run_limited(
            [sys.executable, "-c", program],
            work,
            folder / "log.txt",
            BUDGET,
            sorted(os.sched_getaffinity(0)),
            threading.Event(),
            where,
            {},
        )
        assert finished.exit_code == 0

    held, bare = alternately(lambda: run("pass", room), lambda: run("pass", None), rounds=SHORT_ROUNDS)
    more = statistics.median(one - other for one, other in zip(held, bare, strict=True))
    held, bare = alternately(lambda: run(LONG, room), lambda: run(LONG, None), rounds=LONG_ROUNDS)
    return [
        Row("entering and leaving the sandbox", more, seconds_limit=0.15),
        Row.ratio_of("10 s of work in the sandbox", held, "a bare process", bare, limit=1.03),
    ]
