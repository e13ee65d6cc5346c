"""Scoring workers: they follow the record, share the queue, and survive what they score."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest
from contests import answer, toy_contest, write_answers
from postgres import postgres_server
from wheels import only_index, write_wheel

from benchmark.errors import UserError
from benchmark.own_environment import BuildFailed
from benchmark.sandbox import sandbox
from benchmark.scoring import score
from leaderboard.contest import Contest
from leaderboard.record.accepting import accept
from leaderboard.record.state import Submission
from leaderboard.record.teams import add_team
from leaderboard.record.vault import Vault
from leaderboard.scoring.failures import failures_file
from leaderboard.scoring.scorer import MOST_STARTS, Pauses, score_queue, work
from leaderboard.scoring.submissions import record_scoring
from leaderboard.standings.cross import cross

SOLUTION = """
import pandas as pd

class Majority:
    def fit(self, X, y):
        self.most = y.mode()[0]
        return self

    def predict(self, X):
        print("a line of its own")
        return pd.Series(self.most, index=X.index)

def supports(task):
    if task.kind == "matching":
        return False, "pairs are beyond it"
    return True, ""

def build(task):
    if task.kind == "clustering":
        raise ValueError("no idea")
    return Majority()
"""


def submit(contest: Contest, name: str, folder: Path) -> Submission:
    team, _ = add_team(contest.ledger, name)
    files = write_answers(contest, folder / team.id, wrong=0.2)
    digests = {task: contest.submissions.put([path.read_bytes()]) for task, path in files.items()}
    return accept(contest, team.id, digests)[0]


def worker(contest: Contest, share: str = "0/1") -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "leaderboard.scoring.scorer", str(contest.folder), "--share", share]
    return subprocess.Popen(command, stderr=subprocess.PIPE)


def queued(contest: Contest) -> list[str]:
    with contest.ledger.reading() as state:
        return state.queued()


def wait_for_an_empty_queue(contest: Contest, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while queued(contest) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert queued(contest) == []


def test_workers_share_what_comes_and_end_when_told(tmp_path: Path) -> None:
    contest = toy_contest(tmp_path / "contest")
    workers = [worker(contest, "0/2"), worker(contest, "1/2")]
    for number in range(6):
        submit(contest, f"Team {number}", tmp_path)
    wait_for_an_empty_queue(contest)
    for one in workers:
        one.send_signal(signal.SIGTERM)
        assert one.wait(20) == 0
    with contest.ledger.reading() as state, contest.private_ledger.reading() as private:
        assert {len(found) for found in state.scorings.values()} == {1}
        assert set(private.scorings) == set(state.scorings)
    assert list((contest.private / "scoring").iterdir()) == []


def test_a_worker_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    contest = toy_contest(tmp_path / "contest")
    code = (
        "import subprocess, sys, time; "
        "child = subprocess.Popen([sys.executable, '-m', 'leaderboard.scoring.scorer', sys.argv[1]]); "
        "print(child.pid, flush=True); time.sleep(600)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(contest.folder)], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    submit(contest, "Ada", tmp_path)
    wait_for_an_empty_queue(contest)
    parent.kill()
    parent.wait()
    for _ in range(100):
        if not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text().split()[2]:
            return
        time.sleep(0.1)
    pytest.fail("the worker outlives its parent")


def test_a_submission_that_ends_its_workers_is_given_up(tmp_path: Path) -> None:
    contest = toy_contest(tmp_path / "contest")
    made, other = submit(contest, "Ada", tmp_path), submit(contest, "Grace", tmp_path)
    (contest.private / "scoring").mkdir()
    (contest.private / "scoring" / made.id).write_bytes(b"." * MOST_STARTS)
    assert score_queue(contest) == 2
    with contest.ledger.reading() as state:
        given_up, scored = state.scorings[made.id][-1], state.scorings[other.id][-1]
    assert {task.status for task in given_up.tasks.values()} == {"failed"}
    assert {task.status for task in scored.tasks.values()} == {"ok"}


def test_an_outage_is_no_fault_of_what_is_scored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    contest = toy_contest(tmp_path / "contest")
    made = submit(contest, "Ada", tmp_path)

    def full(self: Vault, parts: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Vault, "put", full)
        for _ in range(MOST_STARTS + 2):
            with pytest.raises(OSError, match="No space"):
                score_queue(contest)
    assert score_queue(contest) == 1
    with contest.ledger.reading() as state:
        assert {task.status for task in state.scorings[made.id][-1].tasks.values()} == {"ok"}


@pytest.mark.slow
def test_a_database_that_goes_away_is_waited_for(tmp_path: Path) -> None:
    with postgres_server() as server:
        urls = f'database = "{server.create("main")}"\nprivate_database = "{server.create("hidden")}"'
        contest = toy_contest(tmp_path / "contest", more=urls)
        one = worker(contest)
        submit(contest, "Ada", tmp_path)
        wait_for_an_empty_queue(contest)
        server.kill()
        time.sleep(2)
        assert one.poll() is None
        server.start()
        submit(contest, "Grace", tmp_path)
        wait_for_an_empty_queue(contest)
        one.send_signal(signal.SIGTERM)
        assert one.wait(20) == 0
        for ledger in (contest.ledger, contest.private_ledger):
            assert ledger.journal.faults() == []
            ledger.journal.close()


@pytest.fixture
def coded(tmp_path: Path) -> tuple[Contest, Submission]:
    """A competition that takes code, with one code submission."""
    if not sandbox()[0]:
        pytest.skip("there is no sandbox here: install bubblewrap")
    contest = toy_contest(tmp_path / "contest", more='[code]\nallowed = true\nseconds = "60s"\ncores = 1\n')
    team, _ = add_team(contest.ledger, "Ada")
    path = tmp_path / "solution.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mine/solution.py", SOLUTION)
    digest = contest.submissions.put([path.read_bytes()])
    return contest, accept(contest, team.id, {"code": digest}, form="code")[0]


def test_code_is_run_in_the_sandbox_and_its_predictions_scored(coded: tuple[Contest, Submission]) -> None:
    contest, made = coded
    assert score_queue(contest) == 1
    with contest.ledger.reading() as state:
        [found] = state.scorings[made.id]
    tasks = found.tasks
    assert (tasks["toy_matching"].status, tasks["toy_matching"].message) == (
        "unsupported",
        "pairs are beyond it",
    )
    assert tasks["toy_clustering"].status == "failed"
    assert tasks["toy_clustering"].message.splitlines() == [
        "ValueError: no idea",
        "Traceback (most recent call last):",
        '  File "solution.py", line 20, in build',
        '    raise ValueError("no idea")',
        "ValueError: no idea",
    ]
    assert str(contest.folder) not in json.dumps([task.message for task in tasks.values()])
    [path] = (contest.home / "results" / made.id).rglob("predictions.parquet")
    wanted = score(contest.task("toy_classification"), path, "public").headline.value
    assert tasks["toy_classification"].value == wanted


def test_code_that_is_stopped_stays_queued(coded: tuple[Contest, Submission]) -> None:
    contest, made = coded
    stop = threading.Event()
    threading.Timer(1.0, stop.set).start()
    assert score_queue(contest, stop=stop) == 0
    assert queued(contest) == [made.id]
    assert os.listdir(contest.private / "scoring") == []


def test_code_that_this_machine_has_no_room_for_waits_and_the_others_are_scored(
    coded: tuple[Contest, Submission], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leaderboard.scoring.scorer.FIRST_PAUSE", 3600.0)
    contest, made = coded
    settings = contest.folder / "competition.toml"
    before = settings.read_text()
    settings.write_text(before.replace("cores = 1", 'cores = 1\ndisk = "9000000GB"'))
    contest, stop = Contest(contest.folder), threading.Event()
    worker = threading.Thread(target=work, args=(contest, (0, 1), stop))
    worker.start()
    try:
        for name in ("Grace", "Mary"):
            other = submit(contest, name, tmp_path)
            deadline = time.monotonic() + 60
            while queued(contest) != [made.id] and time.monotonic() < deadline:
                time.sleep(0.1)
            with contest.ledger.reading() as state:
                assert {task.status for task in state.scorings[other.id][-1].tasks.values()} == {"ok"}
    finally:
        stop.set()
        worker.join()
    # one try within the first pause, whatever else came
    [line] = failures_file(contest).read_text().splitlines()
    assert "less room for the work folder" in json.loads(line)["error"]
    with pytest.raises(UserError, match="less room for the work folder"):
        cross(contest)
    settings.write_text(before)
    assert score_queue(Contest(contest.folder)) == 1
    assert queued(contest) == []


def test_pauses_grow_and_end(monkeypatch: pytest.MonkeyPatch) -> None:
    now, pauses = 1000.0, Pauses()
    monkeypatch.setattr("leaderboard.scoring.scorer.time.monotonic", lambda: now)
    tries = []
    while now < 1000 + 3600:
        if pauses.due(["a"]):
            tries.append(now - 1000)
            pauses.begin("a")
        now += 1
    assert tries[:5] == [0, 10, 30, 70, 150]
    assert tries[-1] - tries[-2] == 600
    assert not pauses.one_ended()
    assert pauses.due(["b"]) == ["b"]
    assert pauses.due(["a"]) == ["a"]  # it was scored meanwhile: its pauses are forgotten


@pytest.mark.parametrize(
    ("function", "told"),
    [
        ("wanted_requirements", "Scoring failed on the host's side"),
        ("environment_for", "No environment could be built"),
    ],
)
def test_what_kept_code_from_running_is_mended_and_scored_again(
    coded: tuple[Contest, Submission], monkeypatch: pytest.MonkeyPatch, function: str, told: str
) -> None:
    """What the index has no wheels of, and an error of the suite: neither is for ever."""
    contest, made = coded

    def fail(*_: object) -> None:
        raise BuildFailed(["lightgbm"], "no wheels") if function == "environment_for" else KeyError("secret")

    with monkeypatch.context() as patch:
        patch.setattr("benchmark.run.wanted_requirements", lambda solution: ["lightgbm"])
        patch.setattr(f"benchmark.run.{function}", fail)
        assert score_queue(contest) == 1
    record_scoring(contest, made.id, reason="mended")
    with contest.ledger.reading() as state:
        before, after = (one.tasks["toy_classification"] for one in state.scorings[made.id])
    assert (before.status, after.status) == ("failed", "ok")
    assert told in before.message
    assert "secret" not in before.message
    assert failures_file(contest).is_file() == (function == "wanted_requirements")


def test_code_waits_for_an_index_that_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not sandbox()[0]:
        pytest.skip("there is no sandbox here: install bubblewrap")
    index = only_index(tmp_path / "index", monkeypatch)
    contest = toy_contest(tmp_path / "contest", more='[code]\nallowed = true\nseconds = "60s"\ncores = 1\n')
    made, other = submit_copy(contest, tmp_path), submit(contest, "Grace", tmp_path)
    assert score_queue(contest) == 1
    assert queued(contest) == [made.id]
    found = cross(contest)
    with contest.ledger.reading() as state:
        assert {task.status for task in state.scorings[other.id][-1].tasks.values()} == {"ok"}
    lines = [json.loads(line) for line in failures_file(contest).read_text().splitlines()]
    assert [made.id in line["what"] and "package index is away" in line["error"] for line in lines] == [True]
    assert {tuple(cell["endings"]) for task in found["tasks"] for cell in task["cells"]} == {("failed",)}

    write_wheel(index, "pandas", "3.0.0")
    write_wheel(index, "pyarrow", "25.0.0")
    write_wheel(index, "leaf", "1.0")
    found = cross(contest)
    endings = {tuple(cell["endings"]) for task in found["tasks"] for cell in task["cells"]}
    assert endings == {("ok",), ("invalid",)}
    assert score_queue(contest) == 1
    with contest.ledger.reading() as state:
        assert state.scorings[made.id][-1].tasks["toy_classification"].status == "ok"


def submit_copy(contest: Contest, folder: Path) -> Submission:
    """Code with a requirement, whose answers it brings along: those of one task."""
    task = contest.task("toy_classification")
    team, _ = add_team(contest.ledger, "Ada")
    with zipfile.ZipFile(folder / "copy.zip", "w") as archive:
        archive.writestr("solution.toml", 'command = ["/bin/cp", "{solution}/answers", "{out}"]\n')
        archive.writestr("answers", answer(task).to_parquet(index=False))
        archive.writestr("requirements.txt", "leaf\n")
    digest = contest.submissions.put([(folder / "copy.zip").read_bytes()])
    return accept(contest, team.id, {"code": digest}, form="code")[0]
