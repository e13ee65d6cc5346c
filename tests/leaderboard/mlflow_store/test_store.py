"""MLflow shows what the record says, whatever happens to it; on real MLflow with SQLite and PostgreSQL."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from contests import copy_journal, restored, submitted, toy_contest, write_answers
from mlflow import MlflowClient
from postgres import postgres_server

from benchmark.files import file_digest
from leaderboard.contest import Contest
from leaderboard.mlflow_store.content import Reading
from leaderboard.mlflow_store.verifying import rebuild, verify
from leaderboard.mlflow_store.writer import Mirror, keep_up, open_store
from leaderboard.record.accepting import accept, receipt
from leaderboard.record.teams import add_team
from leaderboard.scoring.scorer import score_queue
from leaderboard.scoring.submissions import record_scoring
from leaderboard.standings.boards import full
from leaderboard.standings.closing import close


@pytest.fixture(scope="module")
def empty_mlflow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as MLflow makes it, which takes it seconds."""
    path = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    MlflowClient(f"sqlite:///{path}").search_experiments()
    return path


@pytest.fixture
def contest(tmp_path: Path, empty_mlflow: Path) -> Contest:
    """Two teams with a scored submission each; nothing in MLflow yet."""
    contest = toy_contest(tmp_path / "contest")
    for number, name in enumerate(("Ada", "Grace <b>")):
        team, _ = add_team(contest.ledger, name)
        files = write_answers(contest, tmp_path / team.id, wrong=0.3, seed=number)
        if number:
            del files["toy_matching"]
        digests = {task: contest.submissions.put([path.read_bytes()]) for task, path in files.items()}
        accept(contest, team.id, digests, note="first")
    score_queue(contest)
    for uri in (contest.mlflow, contest.private_mlflow):
        path = Path(uri.removeprefix("sqlite:///"))
        path.parent.mkdir(exist_ok=True)
        shutil.copy(empty_mlflow, path)
    return contest


def catch_up(contest: Contest) -> int:
    return sum(Mirror(contest, open_store(contest, private), private).catch_up() for private in (False, True))


def client_and_runs(contest: Contest) -> tuple[MlflowClient, list]:  # type: ignore[type-arg]
    client = MlflowClient(contest.mlflow)
    experiment = client.get_experiment_by_name("toys")
    return client, sorted(client.search_runs([experiment.experiment_id]), key=lambda run: run.info.run_name)


def test_the_public_and_the_private_store_show_their_record(contest: Contest) -> None:
    assert any("has no run" in fault for fault in verify(contest))
    assert catch_up(contest) == 4
    assert catch_up(contest) == 0
    assert verify(contest) == []
    client, [ada, grace] = client_and_runs(contest)
    with contest.ledger.reading() as state, contest.private_ledger.reading() as private:
        scoring, hidden, constant = (
            state.scoring(ada.data.params["submission"]),
            private.scoring(ada.data.params["submission"]),
            state.constant,
        )
    assert scoring is not None
    assert hidden is not None
    assert constant is not None
    assert ada.data.metrics["toy_classification/macro_f1"] == scoring.tasks["toy_classification"].value
    assert ada.data.metrics["toy_classification/macro_f1"] != hidden.tasks["toy_classification"].value
    matching = grace.data.metrics
    assert matching["matching/answered"] == 1
    stand_in = constant.tasks["toy_matching"].value
    assert stand_in is not None
    assert matching["matching/mean"] == (matching["toy_clustering/bcubed_f1"] + stand_in) / 2
    for board in full(contest):
        for row in board.rows:
            run = ada if row.team.id == "ada" else grace
            assert run.data.metrics[f"{board.track.name}/mean"] == row.score.value
    assert ada.info.status == "FINISHED"
    assert ada.data.tags["classmark.note"] == "first"
    names = {found.path for found in client.list_artifacts(ada.info.run_id)}
    assert names == {"check.json", "metrics.csv", "scores.svg", "classes"}
    stored = MlflowClient(contest.private_mlflow)
    [run, _] = stored.search_runs([stored.get_experiment_by_name("toys-private").experiment_id])
    assert stored.list_artifacts(run.info.run_id) == []


def test_every_change_behind_the_records_back_is_found_and_mended(contest: Contest) -> None:
    catch_up(contest)
    client, [ada, grace] = client_and_runs(contest)
    client.log_metric(ada.info.run_id, "toy_classification/macro_f1", 1.0, step=9)
    client.set_tag(ada.info.run_id, "classmark.note", "other")
    client.set_tag(ada.info.run_id, "classmark.more", "x")
    client.set_tag(ada.info.run_id, "mlflow.note.content", "They cheated.")
    client.log_text(ada.info.run_id, "stray", "more/stray.txt")
    client.delete_run(grace.info.run_id)
    client.create_run(ada.info.experiment_id, run_name="a stranger")
    plot = Path(ada.info.artifact_uri.removeprefix("file://"), "scores.svg")
    plot.write_text("<svg/>")
    faults = "\n".join(verify(contest))
    for part in (
        "metric toy_classification/macro_f1 is 1.0",
        "tag classmark.note is 'other'",
        "tag classmark.more",
        "of Grace <b> has no run",
        "(a stranger) is of no scored submission",
        "artifact scores.svg is missing or changed",
        "tag mlflow.note.content is 'They cheated.'",
        "artifact more/stray.txt is of no scoring",
    ):
        assert part in faults
    assert rebuild(contest) == 4
    assert verify(contest) == []


def test_a_broken_chain_and_a_lost_record_are_told(contest: Contest) -> None:
    catch_up(contest)
    with sqlite3.connect(contest.folder / "journal.db") as connection:
        connection.execute("DROP TRIGGER no_delete")
        connection.execute("DELETE FROM entries WHERE seq = 3")
    (contest.private / "journal.db").unlink()
    faults = verify(Contest(contest.folder))
    assert "public record: entry 3 is missing" in faults
    assert any(fault.startswith("private record: it cannot be read") for fault in faults)


def test_hidden_labels_that_were_changed_are_told(contest: Contest) -> None:
    catch_up(contest)
    labels, record = (contest.labels_file("toy_matching", f"labels.{kind}") for kind in ("parquet", "json"))
    table = pd.read_parquet(labels)
    table.assign(target=table["target"].iloc[::-1].to_numpy()).to_parquet(labels)
    known = json.loads(record.read_text())
    record.write_text(json.dumps(known | {"labels": file_digest(labels)}))
    assert verify(contest) == ["hidden labels of toy_matching: they are not those on record"]


def test_a_private_record_that_is_not_the_reports_is_told(contest: Contest) -> None:
    catch_up(contest)
    close(contest, datetime(2999, 1, 2, tzinfo=UTC))
    assert verify(contest) == []
    with sqlite3.connect(contest.private / "journal.db") as connection:
        connection.execute("DROP TRIGGER no_delete")
        connection.execute("DELETE FROM entries WHERE seq = (SELECT max(seq) FROM entries)")
    assert any("from which the final report was made" in fault for fault in verify(Contest(contest.folder)))


def test_when_one_follower_ends_the_other_does(contest: Contest, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the process ends, and is started again."""

    def fail(self: Mirror, stop: object = None) -> int:
        raise ValueError("a bug")

    monkeypatch.setattr(Mirror, "catch_up", fail)
    stop = threading.Event()
    with pytest.raises(ValueError, match="a bug"):
        keep_up(contest, True, stop)
    assert stop.is_set()


def test_receipts_and_files_are_looked_at(contest: Contest, tmp_path: Path) -> None:
    catch_up(contest)
    with contest.ledger.reading() as state:
        made = next(iter(state.submissions.values()))
    good, forged = tmp_path / "good.json", tmp_path / "forged.json"
    good.write_text(json.dumps(receipt(contest, made)))
    forged.write_text(json.dumps(receipt(contest, made) | {"head": "0" * 64, "files": {}}))
    assert verify(contest, [good]) == []
    assert len(verify(contest, [good, forged])) == 2
    assert verify(contest, [tmp_path / "none.json"])
    digest = made.files["toy_matching"]
    contest.submissions.path(digest).write_bytes(b"other")
    assert verify(contest) == [f"submissions: file {digest} has another content"]
    for path in filter(Path.is_file, contest.reports.root.iterdir()):
        path.write_bytes(b"other")
    assert len(verify(contest)) == 3


def test_a_newer_scoring_brings_the_same_run_up_to_date(contest: Contest) -> None:
    catch_up(contest)
    _, [before, _] = client_and_runs(contest)
    record_scoring(contest, before.data.params["submission"], reason="a mended metric")
    mirror = Mirror(contest, open_store(contest))
    assert mirror.catch_up() == 1
    client, [after, _] = client_and_runs(contest)
    assert after.info.run_id == before.info.run_id
    assert after.info.start_time == before.info.start_time
    assert after.data.tags["classmark.reason"] == "a mended metric"
    history = client.get_metric_history(after.info.run_id, "toy_classification/macro_f1")
    assert [one.step for one in history] == [1, 2]
    with contest.ledger.reading() as state:
        submission = state.submissions[before.data.params["submission"]]
    contest.submissions.path(submission.files["toy_matching"]).write_bytes(b"")
    record_scoring(contest, submission.id, reason="a damaged file")
    assert mirror.catch_up() == 1
    _, [again, _] = client_and_runs(contest)
    assert "toy_matching/pair_f1" not in again.data.metrics
    assert again.data.tags["classmark.status"] == "toy_matching: invalid"


def test_a_half_made_run_is_completed_and_an_older_writer_is_refused(contest: Contest) -> None:
    old = Mirror(contest, open_store(contest))
    client = MlflowClient(contest.mlflow)
    experiment = client.get_experiment_by_name("toys").experiment_id
    made = next(Reading(contest, private=False).new())
    client.create_run(experiment, made.start, made.fixed, made.name)  # killed here
    assert catch_up(contest) == 4
    assert len(client.search_runs([experiment])) == 2
    record_scoring(contest, made.submission, reason="again")
    with pytest.raises(Exception, match="another writer has taken over"):
        old.catch_up()


def test_mlflow_that_is_away_is_caught_up_with(contest: Contest, tmp_path: Path) -> None:
    place, aside = contest.folder / "mlflow", tmp_path / "aside"
    place.rename(aside)
    place.write_text("in the way")
    command = [sys.executable, "-m", "leaderboard.mlflow_store.writer", str(contest.folder)]
    writer = subprocess.Popen(command, stderr=subprocess.PIPE)
    try:
        time.sleep(4)
        assert writer.poll() is None
        place.unlink()
        aside.rename(place)
        for _ in range(300):
            if not verify(contest):
                break
            time.sleep(0.2)
        assert verify(contest) == []
    finally:
        writer.send_signal(signal.SIGTERM)
        assert writer.wait(20) == 0


def test_a_private_record_of_a_moment_later_is_no_hindrance(contest: Contest, tmp_path: Path) -> None:
    """As a backup has it, that was taken while a submission was accepted and scored."""
    earlier = copy_journal(contest.folder, tmp_path / "journal.db")
    team, _ = add_team(contest.ledger, "Late")
    submitted(contest, team.id, tmp_path / "late")
    again = restored(contest, earlier, tmp_path / "restored")
    assert rebuild(again) == 4
    assert verify(again) == []
    assert [len(board.rows) for board in full(again, private=True)] == [2, 2]


@pytest.mark.slow
def test_a_writer_killed_again_and_again_leaves_one_run_for_each_submission(
    contest: Contest, tmp_path: Path
) -> None:
    files = write_answers(contest, tmp_path / "more", wrong=0.2)
    digests = {task: contest.submissions.put([path.read_bytes()]) for task, path in files.items()}
    for number in range(30):
        team, _ = add_team(contest.ledger, f"Team {number}")
        accept(contest, team.id, digests)
    score_queue(contest)
    command = [sys.executable, "-m", "leaderboard.mlflow_store.writer", str(contest.folder)]
    with sqlite3.connect(contest.folder / "mlflow" / "mlflow.db") as connection:
        for number in range(6):
            writer = subprocess.Popen(command, stderr=subprocess.DEVNULL)
            while connection.execute("SELECT count(*) FROM runs").fetchone()[0] < 4 * number + 2:
                time.sleep(0.001)
            time.sleep(0.005 * number)
            writer.kill()
            writer.wait()
    catch_up(contest)
    assert verify(contest) == []


@pytest.mark.slow
def test_the_leaderboard_moves_to_postgresql(contest: Contest) -> None:
    catch_up(contest)
    with postgres_server() as server:
        uri, private = server.create("mlflow"), server.create("hidden")
        assert rebuild(contest, uri, private) == 4
        settings = (contest.folder / "competition.toml").read_text()
        moved = f'mlflow = "{uri}"\nprivate_mlflow = "{private}"\n{settings}'
        (contest.folder / "competition.toml").write_text(moved)
        there = Contest(contest.folder)
        assert verify(there) == []
        client, [ada, _] = client_and_runs(there)
        client.set_tag(ada.info.run_id, "classmark.note", "other")
        assert len(verify(there)) == 1
        server.kill()
        assert any("cannot be read" in fault for fault in verify(there))
    assert verify(contest) == []
