"""A small replay of a whole competition; the large one is `python -m tests.contest.replay`."""

from __future__ import annotations

from pathlib import Path

import pytest
from postgres import postgres_server

from tests.contest.recomputed import Export, receipt_faults
from tests.contest.replay import Replay, replay, small_contest


@pytest.mark.slow
def test_every_receipt_score_and_rank_is_right_after_a_replay_on_sqlite(tmp_path: Path) -> None:
    contest = small_contest(tmp_path / "contest")
    _is_right(replay(contest, tmp_path, teams=6, submissions=30, seconds=5, at_once=6, scorers=1, say=print))
    _notices_what_is_wrong(Export.read(tmp_path / "export"))


@pytest.mark.slow
def test_every_receipt_score_and_rank_is_right_after_a_replay_on_postgresql(tmp_path: Path) -> None:
    with postgres_server() as server:
        contest = small_contest(tmp_path / "contest", server.create("contest"), server.create("private"))
        _is_right(
            replay(contest, tmp_path, teams=6, submissions=30, seconds=5, at_once=6, scorers=2, say=print)
        )
        contest.ledger.journal.close()
        contest.private_ledger.journal.close()


def _is_right(found: Replay) -> None:
    assert not any(found.faults.values()), found.faults
    assert found.refused == []
    assert found.submissions == 30


def _notices_what_is_wrong(export: Export) -> None:
    """The checks can fail: a receipt of nothing, and one that says another thing than the record."""
    made = export.submissions.iloc[0]
    receipt = {"submission": "0" * 16, "seq": 1}
    assert receipt_faults(export, [receipt])
    other = {name: made[name] for name in ("submission", "team", "digest", "note", "head")}
    other |= {"files": {}, "seq": int(made["seq"])}
    assert [fault for fault in receipt_faults(export, [other]) if "files" in fault]
