"""Errors of the host while it scores: a team is told a number, the organizer finds the rest under it.

Texts of errors can hold hidden labels, so no part of one is ever shown to a team.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import traceback
from datetime import UTC, datetime
from pathlib import Path

from benchmark.errors import HostTrouble
from leaderboard.contest import Contest

OUTAGES = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


def failures_file(contest: Contest) -> Path:
    """A line of JSON for each error: id, time, what, error, trace."""
    return contest.private / "errors.jsonl"


def raise_outage(error: Exception) -> None:
    """Raise an error that will pass, such as a full or read-only disk: it is no fault of what is scored."""
    if isinstance(error, HostTrouble) or (isinstance(error, OSError) and error.errno in OUTAGES):
        raise error


def report_failure(contest: Contest, what: str, error: BaseException) -> str:
    """Write an error down for the organizer, and return what the team may read of it.

    The same error in the same place has the same number.
    """
    trace = "".join(traceback.format_exception(error))
    number = hashlib.sha256(f"{what}\n{error!r}".encode()).hexdigest()[:12]
    line = {
        "id": number,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "what": what,
        "error": repr(error),
        "trace": trace,
    }
    handle = os.open(failures_file(contest), os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.write(handle, (json.dumps(line, ensure_ascii=True) + "\n").encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    return f"Scoring failed on the host's side; the organizer has been told (error {number})."
