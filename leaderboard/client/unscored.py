"""Tasks without a score, as a participant reads of them: the reason in a line, and the end of the solution's log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leaderboard.client.plain import lines, one_line
from leaderboard.record.outcome import outcome

_WITHOUT_LOG = ("ok", "invalid", "unsupported")


def word(submission: Mapping[str, Any]) -> str:
    """What became of a submission: queued, scored, partly scored or failed."""
    if not submission["score"]:
        return one_line(submission["status"])
    return outcome(task["status"] for task in submission["score"]["tasks"].values())


def unscored(tasks: Mapping[str, Mapping[str, Any]]) -> dict[tuple[str, str], list[str]]:
    """The names of tasks without a score, those of one status and reason together."""
    found: dict[tuple[str, str], list[str]] = {}
    for name, task in tasks.items():
        if task["status"] != "ok":
            found.setdefault((one_line(task["status"]), reason(task)), []).append(name)
    return found


def reason(task: Mapping[str, Any]) -> str:
    """Why a task has no score, in one line; with the log's last line where that says something else."""
    told = [one_line(line) for line in str(task["message"]).splitlines() if line.strip()]
    if task["status"] != "failed" or not told or told[-1] == told[0]:
        return told[0] if told else ""
    return f"{told[0]} (the log ends: {told[-1]})"


def log(task: Mapping[str, Any]) -> str:
    """The end of the solution's log; "" where it tells nothing."""
    if task["status"] in _WITHOUT_LOG:
        return ""
    return lines(task["message"]).partition("\n")[2]
