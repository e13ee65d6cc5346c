"""`classmark competition status DIR`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from benchmark.cli.options import json_option
from benchmark.cli.output import console, print_json, size, table
from leaderboard.cli.competition.options import folder_argument, open_contest


@click.command("status")
@folder_argument
@json_option
def status(folder: Path, json: bool) -> None:
    """Show how it stands: phase, teams, queue, disk."""
    from rich.markup import escape

    from leaderboard.overview import overview

    found = overview(open_contest(folder), datetime.now(UTC))
    if json:
        print_json(found)
        return
    rows = [(name, escape(text)) for name, text in _lines(found)]
    title = f"{escape(found['title'])} ({found['name']}, {'prizes' if found['prize'] else 'practice'})"
    console().print(table(title, ("", ""), rows))
    last = [(one["seq"], one["time"], one["kind"], escape(one["what"])) for one in reversed(found["last"])]
    console().print(table("\nLast entries", ("seq", "time", "kind", "what"), last, right=("seq",)))
    if found["settings_changed"]:
        console().print("\ncompetition.toml has changed since the competition was made.")


def _lines(found: dict[str, Any]) -> list[tuple[str, str]]:
    phase, coming = found["phase"], found["next_phase"]
    when = f"{phase['name']}, closes {phase['closes']}" if phase else "none"
    if coming:
        when += f"; {coming['name']} opens {coming['opens']}"
    gate = found["gate"] + (f": {found['reason']}" if found["reason"] else "")
    of_baselines = f" ({found['of_baselines']} of baselines)" if found["of_baselines"] else ""
    lines = [
        ("phase", when),
        ("gate", "ended for good" if found["final"] else gate),
        (
            "teams",
            f"{found['teams']}, and {_counted(found['baselines'], 'baseline')}; {found['removed']} removed",
        ),
        (
            "submissions",
            f"{found['today']} today, {found['submissions']} in all{of_baselines}, {found['queue']} in the queue",
        ),
        ("journal", f"{found['seq']} entries, head {found['head'][:16]}"),
        ("disk", f"{size(found['bytes'])} here, {size(found['free'])} free"),
    ]
    if found["rescoring"]:
        lines.append(("scoring again", f"begun, and not ended: {found['rescoring']}"))
    if found["errors"]:
        lines.append(("errors", f"{found['errors']} while scoring: private/errors.jsonl"))
    return lines


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
