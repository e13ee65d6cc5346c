"""Scorings are those of `classmark score`, recorded once, and tell a team nothing that it may not know."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from contests import answer, toy_contest, write_answers

from benchmark.cli import cli
from benchmark.intervals import DRAWS
from benchmark.scoring import score
from leaderboard.contest import Contest
from leaderboard.record.accepting import accept
from leaderboard.record.state import Scoring, Submission
from leaderboard.record.teams import add_team
from leaderboard.scoring.failures import failures_file
from leaderboard.scoring.scorer import score_queue
from leaderboard.scoring.submissions import (
    read_draws,
    read_report,
    record_constants,
    record_scoring,
    score_submission,
)


def hand_in(contest: Contest, team: str, files: dict[str, Path], note: str = "") -> Submission:
    """Files put into the vault and accepted, as the server does."""
    digests = {name: contest.submissions.put([path.read_bytes()]) for name, path in files.items()}
    return accept(contest, team, digests, note)[0]


def scorings(contest: Contest, submission: str, private: bool = False) -> list[Scoring]:
    with (contest.private_ledger if private else contest.ledger).reading() as state:
        return list(state.scorings.get(submission, []))


@pytest.fixture
def contest(tmp_path: Path) -> Contest:
    contest = toy_contest(tmp_path / "contest")
    add_team(contest.ledger, "Ada")
    return contest


def test_scores_equal_those_of_the_command_bit_by_bit(contest: Contest, tmp_path: Path) -> None:
    files = write_answers(contest, tmp_path / "answers", wrong=0.3)
    table = pd.read_parquet(files["toy_clustering"])
    files["toy_clustering"] = tmp_path / "answer.csv"
    table.to_csv(files["toy_clustering"], index=False)
    made = hand_in(contest, "ada", files)
    assert score_queue(contest) == 1
    for part in ("public", "private"):
        [found] = scorings(contest, made.id, part == "private")
        draws = read_draws(contest.draws if part == "public" else contest.private_draws, found.draws)
        for name, path in files.items():
            command = ["score", str(contest.task(name).folder), str(path), "--part", part, "--json"]
            printed = json.loads(CliRunner().invoke(cli, command).stdout)["headline"]
            task = found.tasks[name]
            assert (task.status, task.value, task.low, task.high) == (
                "ok",
                printed["value"],
                printed["low"],
                printed["high"],
            )
            wanted = score(contest.task(name), path, part).headline.draws  # type: ignore[arg-type]
            assert draws[name].shape == (DRAWS,)
            np.testing.assert_allclose(draws[name], wanted, atol=1e-7)


def test_a_perfect_answer_has_draws_of_no_width(contest: Contest, tmp_path: Path) -> None:
    made = hand_in(contest, "ada", write_answers(contest, tmp_path))
    score_queue(contest)
    [found] = scorings(contest, made.id)
    assert all(np.ptp(draws) == 0 for draws in read_draws(contest.draws, found.draws).values())
    assert {score.value for score in found.tasks.values()} == {1.0}


def test_faults_and_failures_end_their_task_alone(contest: Contest, tmp_path: Path) -> None:
    files = write_answers(contest, tmp_path)
    files["toy_matching"].write_bytes(b"PAR1 and then nothing")
    table = contest.labels_file("toy_clustering", "labels.parquet")
    table.write_bytes(table.read_bytes() + b"x")
    made = hand_in(contest, "ada", files)
    assert score_queue(Contest(contest.folder)) == 1
    [found] = scorings(contest, made.id)
    tasks = found.tasks
    assert [tasks[name].status for name in sorted(tasks)] == ["ok", "failed", "invalid"]
    assert "not a table" in tasks["toy_matching"].message
    told = json.loads(failures_file(contest).read_text().splitlines()[-1])
    assert told["id"] in tasks["toy_clustering"].message
    assert str(tmp_path) not in tasks["toy_clustering"].message
    assert "hidden labels" in told["error"]
    assert failures_file(contest).stat().st_mode & 0o777 == 0o600
    assert sorted(read_draws(contest.draws, found.draws)) == ["toy_classification"]
    assert score_queue(contest) == 0


def test_a_scoring_is_recorded_once_and_again_for_a_reason(contest: Contest, tmp_path: Path) -> None:
    made = hand_in(contest, "ada", write_answers(contest, tmp_path))
    parts = score_submission(contest, made)
    contest.private_ledger.record(lambda state: [("scored", parts.private)])  # killed before the public one
    record_scoring(contest, made.id)
    record_scoring(contest, made.id)
    assert len(scorings(contest, made.id)) == len(scorings(contest, made.id, private=True)) == 1
    record_scoring(contest, made.id, reason="a test")
    record_scoring(contest, made.id, reason="a test")
    assert [one.reason for one in scorings(contest, made.id)] == ["", "a test"]
    assert [one.reason for one in scorings(contest, made.id, private=True)] == ["", "a test"]


def test_the_report_holds_the_public_part_alone(contest: Contest, tmp_path: Path) -> None:
    made = hand_in(contest, "ada", write_answers(contest, tmp_path, wrong=0.5))
    score_queue(contest)
    [found] = scorings(contest, made.id)
    report = read_report(contest, found.report)
    assert report["toy_classification"]["check"]["ok"]
    for name, task in report.items():
        wanted = score(contest.task(name), contest.submissions.path(made.files[name]), "public")
        assert task["metrics"] == {str(metric): one.value for metric, one in wanted.metrics.items()}
        classes = wanted.breakdown.to_dict("records") if task["classes"] else []
        assert task["classes"] == classes
    assert [name for name, task in report.items() if task["classes"]] == ["toy_classification"]
    assert scorings(contest, made.id, private=True)[0].report == ""


def test_constants_are_recorded_once(contest: Contest, tmp_path: Path) -> None:
    record_constants(contest)
    record_constants(contest)
    with contest.ledger.reading() as state:
        constant = state.constant
        assert state.seq == 3  # book, team, constants
    assert constant is not None
    path = tmp_path / "answer.parquet"
    answer(contest.task("toy_classification")).to_parquet(path)
    for name, given in constant.tasks.items():
        assert given.low <= given.value <= given.high  # type: ignore[operator]
        assert np.isfinite(read_draws(contest.draws, constant.draws)[name]).all()
    wanted = score(contest.task("toy_classification"), path, "public").constant
    assert constant.tasks["toy_classification"].value == wanted
