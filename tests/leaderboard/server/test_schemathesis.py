"""Schemathesis against the server's own description: whatever it thinks of is answered as described."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from live import live_server, signed

from leaderboard.contest import Contest
from leaderboard.scoring.scorer import score_queue
from leaderboard.server.limits import Limits

EXAMPLES = 25
SETTINGS = """
[[operations]]
include-name = "POST /api/submissions"
checks.positive_data_acceptance.expected-statuses = [200, 201, 422, 429]  # no schema tells what a good file is
"""


@pytest.mark.slow
def test_every_answer_is_as_described(
    contest: Contest, foxes: str, answers: dict[str, bytes], tmp_path: Path
) -> None:
    """Good requests and bad ones, of a team that has submitted: examples, limits of every field, random ones."""
    with live_server(contest, Limits(requests=10**6, changes=10**6)) as url:
        assert (
            httpx.post(f"{url}/api/submissions", files=answers, headers=signed(foxes), timeout=60).status_code
            == 201
        )
        score_queue(contest)
        (tmp_path / "schemathesis.toml").write_text(SETTINGS)
        command = [
            *(sys.executable, "-m", "schemathesis.cli", "run", f"{url}/api/openapi.json"),
            *("--header", f"Authorization: Bearer {foxes}", "--max-examples", str(EXAMPLES)),
            *("--seed", "1", "--no-color", "--generation-database", "none", "--request-timeout", "30"),
        ]
        found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout[-20_000:] + found.stderr
    assert not contest.ledger.journal.faults()
