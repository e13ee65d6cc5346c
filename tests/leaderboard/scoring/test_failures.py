"""Which errors are the host's for a while, and which end a scoring."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest
from contests import toy_contest, write_answers

from leaderboard.contest import Contest
from leaderboard.record.accepting import accept
from leaderboard.record.teams import add_team
from leaderboard.scoring import submissions as scoring
from leaderboard.scoring.failures import failures_file
from leaderboard.scoring.submissions import record_scoring


@pytest.fixture
def contest(tmp_path: Path) -> Contest:
    return toy_contest(tmp_path / "contest")


def handed_in(contest: Contest, folder: Path) -> str:
    team, _ = add_team(contest.ledger, "one")
    files = {
        name: contest.submissions.put([path.read_bytes()])
        for name, path in write_answers(contest, folder).items()
    }
    return accept(contest, team.id, files)[0].id


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*given: object) -> None:
        raise error

    monkeypatch.setattr(scoring, "brief", fail)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_a_disk_that_cannot_be_written_leaves_the_submission_queued(
    contest: Contest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    submission = handed_in(contest, tmp_path / "answers")
    with monkeypatch.context() as patched:
        failing(patched, OSError(number, "disk"))
        with pytest.raises(OSError, match="disk"):
            record_scoring(contest, submission)
    with contest.ledger.reading() as state:
        assert state.queued() == [submission]
    record_scoring(contest, submission)
    with contest.ledger.reading() as state:
        assert state.scoring(submission).tasks["toy_matching"].status == "ok"  # type: ignore[union-attr]


def test_any_other_error_is_told_by_number_alone(
    contest: Contest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = handed_in(contest, tmp_path / "answers")
    failing(monkeypatch, ValueError("row 7 is a lamp"))
    record_scoring(contest, submission)
    with contest.ledger.reading() as state:
        score = state.scoring(submission).tasks["toy_matching"]  # type: ignore[union-attr]
    lines = [json.loads(line) for line in failures_file(contest).read_text().splitlines()]
    assert score.status == "failed"
    assert "lamp" not in score.message
    assert any(line["id"] in score.message and "lamp" in line["trace"] for line in lines)
    assert failures_file(contest).stat().st_mode & 0o077 == 0
