"""How the scoring of a submission ended, in the word that teams read."""

from __future__ import annotations

from collections.abc import Iterable


def outcome(statuses: Iterable[str]) -> str:
    """The word for a scored submission, from the statuses of its tasks.

    >>> outcome(["ok", "ok"]), outcome(["ok", "unsupported"]), outcome(["failed", "failed"])
    ('scored', 'partly scored', 'failed')
    """
    ok = [status == "ok" for status in statuses]
    if all(ok):
        return "scored"
    return "partly scored" if any(ok) else "failed"
