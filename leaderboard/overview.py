"""What an organizer wants to know at a glance: phase, gate, teams, submissions, queue, last entries, disk."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from leaderboard.config import config_digest
from leaderboard.contest import Contest
from leaderboard.record.journal import Entry
from leaderboard.record.state import State
from leaderboard.scoring.failures import failures_file

LAST = 10


def overview(contest: Contest, now: datetime) -> dict[str, Any]:
    """The state of a competition as JSON; for the organizer alone."""
    config = contest.config
    phase, coming = config.phase_at(now), config.next_phase(now)
    with contest.ledger.reading() as state:
        entries = contest.ledger.journal.entries(max(0, state.seq - LAST))
        today = now.astimezone(UTC).date()
        return {
            "name": config.name,
            "title": config.title,
            "prize": config.prize,
            "time": now.isoformat(timespec="seconds"),
            "phase": phase and {"name": phase.name, "closes": phase.closes.isoformat()},
            "next_phase": coming and {"name": coming.name, "opens": coming.opens.isoformat()},
            "gate": state.gate or "by the dates",
            "reason": state.reason,
            "final": state.final is not None,
            "rescoring": state.rescoring and state.rescoring["reason"],
            "settings_changed": config_digest(contest.folder) != state.opening.get("config"),
            **counts(state),
            "today": sum(one.time.astimezone(UTC).date() == today for one in state.submissions.values()),
            "errors": _errors(contest),
            "seq": state.seq,
            "head": state.head,
            "last": [_described(entry) for entry in entries],
            "bytes": _bytes(contest.folder),
            "free": shutil.disk_usage(contest.folder).free,
        }


def counts(state: State) -> dict[str, int]:
    """How many teams and submissions there are; those of baselines apart."""
    return {
        "teams": sum(team.active and not team.baseline for team in state.teams.values()),
        "removed": sum(not team.active for team in state.teams.values()),
        "baselines": sum(team.active and team.baseline for team in state.teams.values()),
        "submissions": len(state.submissions),
        "of_baselines": sum(state.teams[one.team].baseline for one in state.submissions.values()),
        "queue": len(state.queued()),
    }


def _errors(contest: Contest) -> int:
    """How often scoring failed on the host's side."""
    path = failures_file(contest)
    return path.read_bytes().count(b"\n") if path.is_file() else 0


def _described(entry: Entry) -> dict[str, Any]:
    body = entry.body
    known = ("team", "id", "submission", "task", "reason", "name", "form")
    what = " ".join(f"{key} {body[key]}" for key in known if isinstance(body.get(key), str) and body[key])
    return {
        "seq": entry.seq,
        "time": entry.time.isoformat(timespec="seconds"),
        "kind": entry.kind,
        "what": what,
    }


def _bytes(folder: Path) -> int:
    """What the files below a folder take; those that vanish meanwhile take nothing."""
    total = 0
    for place, _, files in os.walk(folder):
        for name in files:
            try:
                total += os.lstat(os.path.join(place, name)).st_blocks * 512
            except FileNotFoundError:
                continue
    return total
