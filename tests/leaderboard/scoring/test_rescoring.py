"""A wrong label is mended in the open: old scores stay, new ones stand beside them, and who moved is told."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from contests import copy_journal, restored, toy_contest, write_answers
from wellformed import read_page

from benchmark.errors import UserError
from benchmark.files import file_digest
from leaderboard.contest import Contest
from leaderboard.mlflow_store.verifying import verify
from leaderboard.overview import overview
from leaderboard.pages.site import Site
from leaderboard.record.accepting import accept
from leaderboard.record.teams import add_team
from leaderboard.scoring import mending, rescoring
from leaderboard.scoring.rescoring import rescore
from leaderboard.scoring.scorer import score_queue
from leaderboard.standings.boards import Standings, full
from leaderboard.standings.closing import close

TASK = "toy_classification"
OVER = datetime(2999, 1, 2, tzinfo=UTC)


@pytest.fixture
def contest(tmp_path: Path) -> Contest:
    """Ada answers all right; Grace answers what the labels will say once they are mended."""
    contest = toy_contest(tmp_path / "contest")
    for name in ("Ada", "Grace"):
        team, _ = add_team(contest.ledger, name)
        files = write_answers(contest, tmp_path / team.id)
        if name == "Grace":
            mended_labels(contest, tmp_path).rename(columns={"target": "prediction"}).to_parquet(files[TASK])
        digests = {task: contest.submissions.put([path.read_bytes()]) for task, path in files.items()}
        accept(contest, team.id, digests)
    score_queue(contest)
    return contest


def mended_labels(contest: Contest, folder: Path) -> pd.DataFrame:
    """The labels with the first 40 rows in another class; also as labels.csv in the folder."""
    labels = contest.labels(TASK).frame["target"].astype(str).reset_index()
    labels.columns = pd.Index(["id", "target"])
    classes = contest.task(TASK).classes
    moved = [classes[(classes.index(name) + 1) % len(classes)] for name in labels["target"][:40]]
    labels.loc[labels.index[:40], "target"] = moved
    labels.to_csv(folder / "labels.csv", index=False)
    return labels


def test_who_moved_and_why(contest: Contest, tmp_path: Path) -> None:
    labels = contest.labels_file(TASK, "labels.parquet")
    before = labels.read_bytes()
    told = rescore(contest, "forty labels were wrong", {TASK: tmp_path / "labels.csv"})
    assert told["labels"][TASK]["rows"] == 40
    moves = {move["team"]: move for move in told["public"]}
    assert moves["grace"]["score"][0] < moves["grace"]["score"][1] == 1.0
    assert moves["ada"]["score"][0] == 1.0 > moves["ada"]["score"][1]
    assert moves["ada"]["rank"] == [1, 2]
    assert set(moves["ada"]["tasks"]) == {TASK}
    assert {move["track"] for move in told["private"]} == {"classification"}
    kept = list((contest.private / "labels-before").glob("*/labels.parquet"))
    assert [path.read_bytes() for path in kept] == [before]
    with contest.ledger.reading() as state:
        for name, made in state.submissions.items():
            first, second = state.scorings[name]
            assert (first.reason, second.reason) == ("", "forty labels were wrong")
            assert first.tasks["toy_matching"] == second.tasks["toy_matching"]
            assert made.time < second.time
    kinds = [entry.kind for entry in contest.ledger.journal.entries()]
    assert kinds[-5:] == ["labels_mended", "constants", "scored", "scored", "rescored"]
    entry = contest.ledger.journal.entries()[-1]
    assert json.loads(next((contest.private / "rescorings").glob("*")).read_text()) == told
    assert entry.body["moves"] == told["public"]
    assert "private" not in entry.body
    assert rescore(contest, "nothing new")["public"] == []


def test_labels_that_are_in_place_are_refused(contest: Contest, tmp_path: Path) -> None:
    mended = {TASK: tmp_path / "labels.csv"}
    rescore(contest, "forty labels were wrong", mended)
    entries, private = contest.ledger.journal.last(), sorted(contest.private.rglob("*"))
    with pytest.raises(UserError, match="those in place"):
        rescore(contest, "the same again", mended)
    assert contest.ledger.journal.last() == entries
    assert sorted(contest.private.rglob("*")) == private


def test_a_page_tells_everybody_who_moved_and_why(contest: Contest, tmp_path: Path) -> None:
    site = Site(contest, Standings(contest))
    assert "again.html" not in site.paths()
    told = rescore(contest, "forty labels <were> wrong", {TASK: tmp_path / "labels.csv"})
    assert "again.html" in site.paths()
    [page, _] = site.page("again.html") or pytest.fail("there is no page")
    assert read_page(page).faults == []
    text = page.decode()
    assert "forty labels &lt;were&gt; wrong" in text
    for move in told["public"]:
        before, after = move["score"]
        assert f"{before:.3f} → {after:.3f}" in text
        assert f'<a href="team/{move["team"]}.html">' in text
        assert str(before) not in text or len(str(before)) <= 5, "rounded as all public scores are"
    assert "1 → 2" in text


def test_a_rescoring_that_was_interrupted_is_done_once(
    contest: Contest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(done: int, count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rescore(contest, "wrong", {TASK: tmp_path / "labels.csv"}, die)
    assert any("rescoring: not told yet (wrong)" in fault for fault in verify(contest))
    assert overview(contest, OVER)["rescoring"] == "wrong"
    [page, _] = Site(contest, Standings(contest)).page("index.html") or pytest.fail("there is no page")
    assert read_page(page).faults == []
    assert "Everything is being scored again:</strong> wrong" in page.decode()
    with pytest.raises(UserError, match="Not all submissions are scored again yet"):
        close(contest, OVER)
    told = rescore(contest, "wrong", {TASK: tmp_path / "labels.csv"})
    assert told["labels"][TASK]["rows"] == 40
    for part in ("public", "private"):
        moves = {move["team"]: move for move in told[part]}
        assert moves["ada"]["score"][0] == moves["grace"]["score"][1] == 1.0, "from before the first try"
        assert moves["ada"]["rank"] == [1, 2]
    with contest.ledger.reading() as state, contest.private_ledger.reading() as private:
        assert {len(found) for found in (*state.scorings.values(), *private.scorings.values())} == {2}
    assert overview(contest, OVER)["rescoring"] is None
    [page, _] = Site(contest, Standings(contest)).page("index.html") or pytest.fail("there is no page")
    assert "being scored again" not in page.decode()
    assert close(contest, OVER)["submissions"] == 2


def test_it_does_not_begin_amid_another(contest: Contest, tmp_path: Path) -> None:
    def another(done: int, count: int) -> None:
        with pytest.raises(UserError, match="Another process is scoring everything again"):
            rescore(contest, "more")
        with pytest.raises(UserError, match="Not all submissions are scored again yet"):
            close(contest, OVER)

    assert rescore(contest, "wrong", say=another)["submissions"] == 2
    assert [entry.kind for entry in contest.ledger.journal.entries()].count("rescored") == 1


def test_what_an_earlier_rescoring_left_is_not_taken_for_an_interrupted_one(
    contest: Contest, tmp_path: Path
) -> None:
    left = contest.private / "rescoring.json"
    kept: list[bytes] = []
    rescore(contest, "a new release", say=lambda done, count: kept.append(left.read_bytes()))
    left.write_bytes(kept[0])  # killed before it was removed
    told = rescore(contest, "wrong", {TASK: tmp_path / "labels.csv"})
    assert {move["team"] for move in told["public"]} == {"ada", "grace"}
    with contest.ledger.reading() as state:
        assert [one["reason"] for one in state.rescorings] == ["a new release", "wrong"]
    assert {path.name for path in (contest.private / "rescorings").iterdir()} == {"1.json", "2.json"}


def test_a_backup_from_amid_it_is_ended_by_doing_it_again(
    contest: Contest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record was copied before the labels were replaced, and the files after all was told."""
    journal, mended = tmp_path / "journal.db", {TASK: tmp_path / "labels.csv"}

    def put_in_place(*given: Any) -> None:
        copy_journal(contest.folder, journal)
        mending.put_in_place(*given)

    monkeypatch.setattr(rescoring, "put_in_place", put_in_place)
    rescore(contest, "wrong", mended)
    monkeypatch.undo()
    again = restored(contest, journal, tmp_path / "restored")
    assert [fault for fault in verify(again) if "MLflow" not in fault] == [
        "rescoring: not told yet (wrong); it goes on, or is to be done again",
        f"hidden labels of {TASK}: they are not those on record",
    ]
    rescore(again, "wrong", mended)
    assert [fault for fault in verify(again) if "MLflow" not in fault] == []
    assert [row.score.value for row in full(again)[0].rows] == [
        row.score.value for row in full(contest)[0].rows
    ]


def test_who_is_killed_between_labels_and_their_digest_mends_them_again(
    contest: Contest, tmp_path: Path
) -> None:
    labels, record = (contest.labels_file(TASK, f"labels.{kind}") for kind in ("parquet", "json"))
    before = record.read_bytes()
    rescore(contest, "wrong", {TASK: tmp_path / "labels.csv"})
    record.write_bytes(before)
    again = Contest(contest.folder)
    rescore(again, "wrong", {TASK: tmp_path / "labels.csv"})
    assert json.loads(record.read_bytes())["labels"] == file_digest(labels)
    assert [entry.kind for entry in again.ledger.journal.entries()].count("labels_mended") == 1


def test_it_needs_a_reason_and_a_competition_that_runs(contest: Contest, tmp_path: Path) -> None:
    before = contest.ledger.journal.last()
    with pytest.raises(UserError, match="reason is needed"):
        rescore(contest, " \n", {TASK: tmp_path / "labels.csv"})
    with pytest.raises(UserError, match="no task 'toy'"):
        rescore(contest, "wrong", {"toy": tmp_path / "labels.csv"})
    assert contest.ledger.journal.last() == before
    contest.ledger.record(lambda state: [("final", {"time": "2026-11-24T00:00:00Z"})])
    with pytest.raises(UserError, match="has ended"):
        rescore(contest, "wrong", {TASK: tmp_path / "labels.csv"})


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda t: t.iloc[1:], "1 test rows without a label"),
        (lambda t: pd.concat([t, t[:2]]), "2 ids that stand twice"),
        (lambda t: t.assign(target="sofa"), "1 classes that the task does not have"),
        (lambda t: t.assign(id=t["id"] + "x"), "ids that are no test rows"),
        (lambda t: t.rename(columns={"target": "label"}), "has no column 'target'"),
    ],
)
def test_labels_that_do_not_fit_are_refused(contest: Contest, tmp_path: Path, spoil, problem: str) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "spoilt.parquet"
    spoil(pd.read_csv(tmp_path / "labels.csv", dtype=str)).to_parquet(path)
    before = contest.ledger.journal.last()
    with pytest.raises(UserError, match=problem):
        rescore(contest, "wrong", {TASK: path})
    assert contest.ledger.journal.last() == before
