"""From a form to a receipt: what counts, what is refused and why, what a repeat gives."""

from __future__ import annotations

import hashlib
import io
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from live import client, live_server, signed

from leaderboard.contest import Contest
from leaderboard.record.gate import move_gate
from leaderboard.record.teams import remove_team, rotate_token

Left = Callable[[], list[Path]]


def accepted(contest: Contest) -> list[str]:
    with contest.ledger.reading() as state:
        return list(state.submissions)


def test_a_receipt_says_what_was_taken(
    team: httpx.Client, contest: Contest, answers: dict[str, bytes], left_over: Left
) -> None:
    answer = team.post("/api/submissions", files=answers, data={"note": "  first\ttry "})
    assert answer.status_code == 201, answer.text
    receipt = answer.json()
    assert receipt["files"] == {name: hashlib.sha256(body).hexdigest() for name, body in answers.items()}
    assert (receipt["note"], receipt["phase"], receipt["form"]) == ("first try", "main", "predictions")
    assert (receipt["status"], receipt["score"]) == ("queued", None)
    assert not contest.submissions.faults(receipt["files"].values())
    with contest.ledger.reading() as state:
        found = state.submissions[receipt["submission"]]
        assert (found.head, found.seq) == (receipt["head"], receipt["seq"])
    assert team.get(answer.headers["Location"]).json() == receipt
    assert team.get("/api/submissions").json() == [receipt]
    assert team.get("/api/quota").json()["left"] == 4
    assert not left_over()


def test_some_tasks_may_be_answered_and_csv_too(team: httpx.Client, made: Path) -> None:
    import pandas as pd

    table = pd.read_parquet(made / "answers" / "toy_classification.parquet").to_csv(index=False)
    answer = team.post("/api/submissions", files={"toy_classification": ("any name.csv", table)})
    assert answer.status_code == 201, answer.text
    assert list(answer.json()["files"]) == ["toy_classification"]


def test_a_repeat_gives_the_same_receipt(
    team: httpx.Client, contest: Contest, answers: dict[str, bytes]
) -> None:
    """Of the same files, with the same key or without one; another key makes another submission."""
    one = team.post("/api/submissions", files=answers, headers={"Idempotency-Key": "a"})
    again = team.post("/api/submissions", files=answers, headers={"Idempotency-Key": "a"})
    assert (one.status_code, again.status_code) == (201, 200)
    assert one.json() == again.json()
    without = team.post("/api/submissions", files=answers)
    assert (without.status_code, without.json()) == (200, one.json())
    other = team.post("/api/submissions", files=answers, headers={"Idempotency-Key": "b"})
    assert other.status_code == 201
    assert len(accepted(contest)) == 2


def test_a_repeat_gives_its_receipt_when_the_quota_is_used_up_or_the_gate_closed(
    team: httpx.Client, contest: Contest, answers: dict[str, bytes]
) -> None:
    receipts = [
        team.post("/api/submissions", files=answers, headers={"Idempotency-Key": f"{number}"}).json()
        for number in range(5)
    ]
    refused = team.post("/api/submissions", files=answers, headers={"Idempotency-Key": "5"})
    assert refused.status_code == 429
    assert refused.json()["error"]["code"] == "quota"
    assert 0 < int(refused.headers["Retry-After"]) <= 86_400
    without_key = {name: answers[name] for name in sorted(answers)[:1]}
    assert team.post("/api/submissions", files=without_key).status_code == 429
    move_gate(contest, "closed", "a pause")
    again = team.post("/api/submissions", files=answers, headers={"Idempotency-Key": "4"})
    assert (again.status_code, again.json()) == (200, receipts[4])
    refused = team.post("/api/submissions", files=answers, headers={"Idempotency-Key": "5"})
    assert (refused.status_code, refused.json()["error"]["given"]) == (403, "a pause")


def test_without_a_key_the_same_files_give_the_receipt_when_the_quota_is_used_up(
    team: httpx.Client, contest: Contest, answers: dict[str, bytes]
) -> None:
    receipts = [
        team.post("/api/submissions", files=answers, headers={"Idempotency-Key": f"{number}"}).json()
        for number in range(5)
    ]
    again = team.post("/api/submissions", files=answers)
    assert (again.status_code, again.json()) == (200, receipts[0])


def test_a_key_gives_the_receipt_of_what_came_without_one_when_the_quota_is_used_up(
    team: httpx.Client, answers: dict[str, bytes]
) -> None:
    first = team.post("/api/submissions", files=answers)
    some = {"toy_matching": answers["toy_matching"]}
    for number in range(4):
        team.post("/api/submissions", files=some, headers={"Idempotency-Key": f"{number}"})
    again = team.post("/api/submissions", files=answers, headers={"Idempotency-Key": "a"})
    assert (again.status_code, again.json()) == (200, first.json())


def test_a_key_that_was_used_with_other_files_is_a_conflict_and_keeps_nothing(
    team: httpx.Client, contest: Contest, answers: dict[str, bytes], left_over: Left
) -> None:
    team.post("/api/submissions", files=answers, headers={"Idempotency-Key": "a"})
    kept = set(contest.submissions.root.iterdir())
    some = {"toy_matching": answers["toy_matching"]}
    assert team.post("/api/submissions", files=some, headers={"Idempotency-Key": "a"}).status_code == 409
    assert set(contest.submissions.root.iterdir()) == kept
    assert not left_over()


@pytest.mark.parametrize("key", ["a b", "ä", "x" * 101, "\x7f", '";DROP TABLE entries;--' * 5])
def test_keys_that_are_none(team: httpx.Client, answers: dict[str, bytes], key: str) -> None:
    answer = team.post("/api/submissions", files=answers, headers={"Idempotency-Key": key.encode()})
    assert answer.status_code == 422


def test_all_faults_of_all_files_at_once_and_no_quota_used(
    team: httpx.Client, contest: Contest, answers: dict[str, bytes], left_over: Left
) -> None:
    files = answers | {"toy_matching": b"left_id,right_id\n1,1\n", "toy_clustering": b"id,cluster\nx,1\nx,\n"}
    answer = team.post("/api/submissions", files=files)
    assert answer.status_code == 422
    faults = answer.json()["error"]["faults"]
    assert set(faults) == {"toy_matching", "toy_clustering"}
    codes = {fault["code"] for fault in faults["toy_clustering"]}
    assert {"unknown ids", "missing ids", "NaN"} <= codes
    assert any(fault["rows"] for fault in faults["toy_clustering"])
    assert str(contest.folder) not in answer.text
    assert team.get("/api/quota").json()["used"] == 0
    assert not left_over()
    assert not list(contest.submissions.root.glob("[0-9a-f]*[0-9a-f]"))


@pytest.mark.parametrize(
    "body", [b"", b"\x00" * 500, b"PAR1" + b"x" * 100 + b"PAR1", b"\x80\x04pickle", b"\xff\xfea"]
)
def test_files_that_are_no_tables(team: httpx.Client, body: bytes) -> None:
    answer = team.post("/api/submissions", files={"toy_matching": ("x", body)})
    assert answer.status_code == 422
    assert answer.json()["error"]["faults"]["toy_matching"]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([("toy_machting", b"x")], "Did you mean 'toy_matching'?"),
        ([("toy_matching", b"x"), ("toy_matching", b"y")], "twice"),
        ([("../../private/journal.db", b"x")], "no task"),
        ([("", b"x")], "no task"),
        ([("code", b"x"), ("toy_matching", b"x")], "code or predictions"),
    ],
)
def test_forms_that_are_refused(
    team: httpx.Client, left_over: Left, files: list[tuple[str, bytes]], said: str
) -> None:
    answer = team.post("/api/submissions", files=[(name, ("file", body)) for name, body in files])
    assert answer.status_code == 422, answer.text
    assert said in answer.text
    assert not left_over()


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b""),
        ("multipart/form-data; boundary=x", b"--x\r\n"),
        ("multipart/form-data; boundary=x", b"nothing of the kind"),
        ("multipart/form-data; boundary=x", b"--x--\r\n"),
        ("multipart/form-data; boundary=" + "x" * 500, b""),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="toy_matching"\r\n\r\nid',
        ),
        ("multipart/form-data; boundary=x", b"--x\r\n" + b"a: b\r\n" * 1000),
        ("multipart/form-data; boundary=x", b"--x\r\n" + b"a" * 100_000),
    ],
)
def test_bodies_that_are_no_forms(team: httpx.Client, left_over: Left, kind: str, body: bytes) -> None:
    answer = team.post("/api/submissions", content=body, headers={"Content-Type": kind})
    assert answer.status_code == 422, answer.text
    assert not left_over()


def test_a_long_note_is_refused(team: httpx.Client, answers: dict[str, bytes]) -> None:
    assert team.post("/api/submissions", files=answers, data={"note": "x" * 501}).status_code == 422
    assert team.post("/api/submissions", files=answers, data={"note": "x" * 100_000}).status_code == 422
    assert team.post("/api/submissions", files=answers, data={"note": "ä" * 500}).status_code == 201


def test_tokens(url: str, contest: Contest, foxes: str, answers: dict[str, bytes], left_over: Left) -> None:
    """None, a wrong one, a rotated one, a removed team's."""
    assert httpx.post(f"{url}/api/submissions", files=answers).status_code == 401
    tried = [
        "x",
        "cm_wrong",
        foxes[:-1],
        foxes + "x",
        foxes.lower(),
        "Bearer " + foxes,
        "' OR 1=1 --",
        "ä" * 99,
    ]
    for token in tried:
        header = {"Authorization": f"Bearer {token}".encode()}
        answer = httpx.post(f"{url}/api/submissions", files=answers, headers=header)
        assert answer.status_code == 401, token
        assert answer.json()["error"]["code"] == "no token"
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert httpx.get(f"{url}/api/me", headers={"Authorization": f"Basic {foxes}"}).status_code == 401
    assert httpx.get(f"{url}/api/me?token={foxes}").status_code == 401
    _, fresh = rotate_token(contest.ledger, "foxes")
    assert httpx.get(f"{url}/api/me", headers=signed(foxes)).status_code == 401
    assert httpx.get(f"{url}/api/me", headers=signed(fresh)).json()["team"] == "foxes"
    remove_team(contest.ledger, "foxes")
    assert httpx.get(f"{url}/api/me", headers=signed(fresh)).status_code == 401
    assert not left_over()


def test_nothing_is_read_of_a_body_that_cannot_count(
    team: httpx.Client, contest: Contest, answers: dict[str, bytes]
) -> None:
    move_gate(contest, "closed", "a pause")
    assert team.post("/api/submissions", files=answers).status_code == 403
    assert not contest.submissions.incoming.exists()


def archive(**files: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name, text in files.items():
            packed.writestr(f"{name}.py", text)
    return buffer.getvalue()


def test_code_is_taken_where_it_is_allowed(made: Path, tmp_path: Path, team: httpx.Client) -> None:
    code = archive(solution="def build(task):\n    return None\n")
    answer = team.post("/api/submissions", files={"code": ("solution.zip", code)})
    assert answer.status_code == 201, answer.text
    assert answer.json()["form"] == "code"
    answer = team.post("/api/submissions", files={"code": ("solution.zip", archive(other="x"))})
    assert answer.json()["error"]["faults"]["code"][0]["code"] == "no solution"


def test_code_is_refused_where_it_is_not(made: Path, tmp_path: Path) -> None:
    from leaderboard.record.teams import add_team

    folder = shutil.copytree(made / "contest", tmp_path / "contest")
    settings = folder / "competition.toml"
    settings.write_text(settings.read_text().replace("allowed = true", "allowed = false"))
    contest = Contest(folder)
    token = add_team(contest.ledger, "Foxes")[1]
    with live_server(contest) as url, client(url, token) as team:
        answer = team.post("/api/submissions", files={"code": ("solution.zip", archive(solution="x"))})
        assert answer.status_code == 422
        assert "code" not in answer.json()["error"]["allowed"]
