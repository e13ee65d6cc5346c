"""Track scores, by hand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from leaderboard.config import Track
from leaderboard.record.state import Scoring, TaskScore
from leaderboard.standings.points import track_score

TRACK = Track(name="t", title="T", tasks=("a@1", "b@1", "c@1"))


def scoring(**values: float | None) -> Scoring:
    tasks = {
        name: TaskScore("failed") if value is None else TaskScore("ok", value)
        for name, value in values.items()
    }
    return Scoring("x", tasks, "", "test", "", datetime(2026, 1, 1, tzinfo=UTC), 1)


CONSTANT = scoring(a=0.1, b=-0.2, c=0.25)


@pytest.mark.parametrize(
    ("given", "score"),
    [
        (scoring(a=0.6, b=0.3, c=0.9), 0.6),
        (scoring(a=0.6, c=0.9), (0.6 - 0.2 + 0.9) / 3),
        (scoring(a=0.6, b=None), (0.6 - 0.2 + 0.25) / 3),
        (scoring(a=0.0), (0.0 - 0.2 + 0.25) / 3),
        (scoring(a=None, b=None), None),
        (scoring(other=1.0), None),
    ],
)
def test_what_is_missing_or_failed_counts_as_the_constant_answer(given: Scoring, score: float | None) -> None:
    assert track_score(TRACK, given, CONSTANT) == pytest.approx(score)


def test_before_the_constant_answers_are_scored_they_count_0() -> None:
    assert track_score(TRACK, scoring(a=0.6), None) == pytest.approx(0.2)
