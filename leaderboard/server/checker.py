"""The process in which files of strangers are read: `python -m leaderboard.server.checker`, started by `checkers`.

A line of JSON comes in for each file, and a line goes out with its faults. It ends with the process that started it.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import traceback
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from benchmark.checking import check
from benchmark.task import Task, open_task
from leaderboard.scoring.archives import check_archive
from leaderboard.scoring.failures import OUTAGES
from leaderboard.workers import stop_with_parent


@lru_cache(maxsize=64)
def _task(folder: str) -> Task:
    return open_task(Path(folder))


def _faults(job: dict[str, str]) -> list[dict[str, Any]]:
    """What is wrong with a file, with the name of its part in place of its path."""
    path = Path(job["path"])
    if job["task"]:
        found = check(_task(job["task"]), path).faults
    else:
        found = check_archive(path, Path(job["room"], "solution"))
    faults = [fault.as_dict() for fault in found]
    for fault in faults:
        fault["message"] = fault["message"].replace(job["path"], job["name"])
    return faults


def _answer(line: str) -> dict[str, Any]:
    try:
        return {"faults": _faults(json.loads(line))}
    except Exception as error:
        if isinstance(error, OSError) and error.errno in OUTAGES:
            return {"outage": [error.errno, str(error)]}
        traceback.print_exc()
        return {"failed": True}


def _end_at(stop: threading.Event) -> None:
    """End at once, whatever is being read."""
    stop.wait()
    os._exit(0)


def main() -> None:
    """Answer until there are no more questions."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints is no answer
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")  # where memory runs out, this goes first
    for line in sys.stdin:
        answers.write(json.dumps(_answer(line)) + "\n")
        answers.flush()


if __name__ == "__main__":
    threading.Thread(target=_end_at, args=(stop_with_parent(int(sys.argv[1])),), daemon=True).start()
    main()
