"""A participant in Python: joining, data, submissions, boards, selections, receipts."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hosted import Host

from benchmark import load_task
from benchmark.errors import UserError
from leaderboard import Competition, join, open_competition
from leaderboard.record.refusal import Refusal


@pytest.fixture
def foxes(host: Host) -> Competition:
    return join(host.url, token=host.tokens["Foxes"])


def test_five_lines_lead_from_a_token_to_a_place(host: Host, good: dict[str, Path]) -> None:
    contest = join(host.url, token=host.tokens["Foxes"])
    contest.download()
    task = contest.task("toy_classification")
    predictions = pd.read_parquet(good[task.name]).set_index("id")
    assert list(predictions.index) == list(task.test.index)
    with host.scoring():
        receipt = contest.submit({task.name: predictions}, note="first try", wait=True)
    assert receipt["status"] == "scored"
    board = contest.leaderboard()
    [row] = board[board["track"] == "classification"].to_dict("records")
    assert (row["rank"], row["name"]) == (1, "Foxes")
    assert row["score"] == receipt["score"]["tracks"]["classification"]


def test_the_token_is_for_its_owner_alone_and_is_not_shown(
    host: Host, foxes: Competition, home: Path
) -> None:
    path = home / "competitions" / "toys.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert host.tokens["Foxes"] in path.read_text()
    assert host.tokens["Foxes"] not in repr(foxes) + repr(foxes.joined)


def test_the_last_joined_competition_is_the_one_that_is_meant(host: Host, foxes: Competition) -> None:
    assert open_competition().joined == foxes.joined
    join(host.url, host.tokens["Owls"])
    assert open_competition("toys").joined.team == "owls"


def test_another_competition_of_the_same_name_takes_nothing_over(
    host: Host, foxes: Competition, home: Path
) -> None:
    path = home / "competitions" / "toys.json"
    path.write_text(path.read_text().replace(foxes.joined.record, "0" * 64))
    before = path.read_bytes()
    with pytest.raises(UserError, match="Another competition of the name toys"):
        join(host.url, host.tokens["Owls"])
    assert path.read_bytes() == before


def test_downloaded_tasks_open_by_name(foxes: Competition, home: Path) -> None:
    folders = foxes.download(["toy_matching"])
    assert folders == {"toy_matching": home / "tasks" / "toy_matching" / "1.0.0"}
    assert load_task(folders["toy_matching"]).digest == foxes.task("toy_matching").digest
    with pytest.raises(UserError, match="classmark download --task toy_clustering"):
        foxes.task("toy_clustering")
    assert not list((home / "competitions" / "toys" / "downloads").iterdir())


def test_receipts_are_kept_and_a_server_that_contradicts_one_is_found_out(
    host: Host, foxes: Competition, poor: dict[str, Path]
) -> None:
    receipt = foxes.submit(poor, note="all")
    [path] = foxes.joined.receipts.iterdir()
    kept = json.loads(path.read_text())
    assert kept == {key: receipt[key] for key in receipt if key not in ("status", "score")}
    host.score()
    assert foxes.lost_receipts(foxes.submissions()) == []
    path.write_text(json.dumps(kept | {"head": "0" * 64}))
    assert foxes.lost_receipts(foxes.submissions()) == [receipt["submission"]]
    assert foxes.lost_receipts([]) == [receipt["submission"]]
    assert join(host.url, host.tokens["Owls"]).lost_receipts([]) == []


def test_the_same_files_are_one_submission(foxes: Competition, poor: dict[str, Path]) -> None:
    first, again = (foxes.submit(poor, note=note) for note in ("one", "two"))
    assert (first["submission"], again["note"]) == (again["submission"], "one")
    assert foxes.quota()["used"] == 1


def test_a_frame_and_its_file_are_the_same_answer(foxes: Competition, poor: dict[str, Path]) -> None:
    frame = pd.read_parquet(poor["toy_matching"])
    first = foxes.submit({"toy_matching": frame})
    assert foxes.submit({"toy_matching": frame.copy()})["submission"] == first["submission"]


def test_what_is_no_answer_is_refused_at_once(foxes: Competition) -> None:
    with pytest.raises(UserError, match="at least one task"):
        foxes.submit({})
    with pytest.raises(UserError, match="Did you mean 'toy_matching'"):
        foxes.submit({"toy_macthing": pd.DataFrame()})
    with pytest.raises(UserError, match="are no table"):
        foxes.submit({"toy_matching": pd.DataFrame({"left_id": ["a", 1]})})
    assert foxes.history().empty


def test_a_receipt_that_cannot_be_kept_is_not_silently_lost(
    foxes: Competition, poor: dict[str, Path]
) -> None:
    foxes.joined.receipts.parent.mkdir()
    foxes.joined.receipts.write_text("in the way")
    with pytest.raises(UserError, match="was accepted, but its receipt cannot be kept"):
        foxes.submit(poor)
    foxes.joined.receipts.unlink()
    assert foxes.submit(poor)["submission"] in foxes.joined.kept_receipts()


def test_faults_are_found_before_anything_is_sent(foxes: Competition, poor: dict[str, Path]) -> None:
    foxes.download()
    spoilt = pd.read_parquet(poor["toy_classification"])
    spoilt.loc[3, "id"], spoilt.loc[5, "prediction"] = "nobody", "nonsense"
    with pytest.raises(Refusal, match=r"Rows 4\.") as caught:
        foxes.submit({"toy_classification": spoilt, "toy_matching": poor["toy_matching"]})
    found = {fault["code"]: tuple(fault["rows"]) for fault in caught.value.faults["toy_classification"]}
    assert found == {"unknown ids": (4,), "missing ids": (), "unknown classes": (6,)}
    assert foxes.submissions() == []


def test_a_server_names_the_same_faults(foxes: Competition, poor: dict[str, Path]) -> None:
    spoilt = pd.read_parquet(poor["toy_classification"])
    spoilt.loc[3, "id"] = "nobody"
    listed = []
    for _ in range(2):
        with pytest.raises(Refusal, match="Rows 4") as caught:
            foxes.submit({"toy_classification": spoilt})
        listed.append([line for line in str(caught.value).splitlines() if line.startswith("  - ")])
        foxes.download(["toy_classification"])
    assert listed[0] == listed[1]


def test_history_and_selection(
    host: Host, foxes: Competition, poor: dict[str, Path], good: dict[str, Path]
) -> None:
    first = foxes.submit(poor, note="poor")["submission"]
    foxes.submit(good, note="good")
    host.score()
    assert foxes.selection() == []
    assert foxes.select([first[:15]]) == [first]
    history = foxes.history()
    assert list(history["note"]) == ["good", "poor"]
    assert list(history["selected"]) == [False, True]
    assert history.loc[0, "classification"] > history.loc[1, "classification"]
    assert foxes.select([]) == []


def test_code_is_submitted_as_a_folder_or_file(foxes: Competition, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    (folder / "__pycache__").mkdir(parents=True)
    (folder / "solution.py").write_text("def build(task):\n    return None\n")
    (folder / "__pycache__" / "solution.pyc").write_bytes(b"\0")
    receipt = foxes.submit_code(folder, note="code")
    assert receipt["form"] == "code"
    assert foxes.submit_code(folder / "solution.py")["submission"] == receipt["submission"]
    (folder / "link.py").symlink_to("/etc/passwd")
    with pytest.raises(UserError, match="no links"):
        foxes.submit_code(folder)
    with pytest.raises(UserError, match=r"no solution\.py or solution\.toml"):
        foxes.submit_code(folder / "__pycache__")


def test_the_lines_of_the_guide_run(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    guide = (Path(__file__).parents[3] / "docs" / "participate.md").read_text(encoding="utf-8")
    first, second = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    text = first.replace("https://contest.example.org", host.url).replace(
        "product_type", "toy_classification"
    )
    monkeypatch.setenv("CLASSMARK_JOIN_TOKEN", host.tokens["Foxes"])
    names: dict[str, Any] = {}
    with host.scoring():
        exec(text, names)
    assert names["receipt"]["status"] == "scored"
    exec(second.replace("product_type", "toy_classification"), names)
    assert names["task"].name == "toy_classification"


def test_the_client_is_light() -> None:
    heavy = {"fastapi", "sqlalchemy", "mlflow", "uvicorn", "sklearn", "pandas"}
    code = "import sys; from leaderboard import join; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not heavy & set(loaded)
    code = "import sys, leaderboard; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "httpx" not in loaded
