"""What the public and the teams read: JSON as described, files, pages, the headers around them."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from live import client, live_server, signed
from pydantic import BaseModel, TypeAdapter

from leaderboard.contest import Contest
from leaderboard.making.bundles import MANIFEST
from leaderboard.record.gate import move_gate
from leaderboard.record.refusal import Refusal
from leaderboard.record.selecting import select
from leaderboard.record.teams import rotate_token
from leaderboard.scoring.scorer import score_queue
from leaderboard.server import models, models_boards
from leaderboard.server.limits import Limits
from leaderboard.server.logs import JsonLines

READS: dict[str, object] = {
    "/api/competition": models.Competition,
    "/api/tasks": list[models.TaskOfCompetition],
    "/api/data": list[models.DataFile],
    "/api/leaderboard": models_boards.Leaderboard,
    "/api/teams/foxes": models_boards.TeamPage,
    "/api/history": list[models_boards.Attempt],
    "/api/health": models.Health,
    "/api/me": models.Me,
    "/api/quota": models.Quota,
    "/api/submissions": list[models.Receipt],
    "/api/selection": models.Selection,
}


@pytest.fixture
def scored(team: httpx.Client, contest: Contest, answers: dict[str, bytes]) -> str:
    """The id of a submission that has been scored."""
    found: str = team.post("/api/submissions", files=answers).json()["submission"]
    assert score_queue(contest) == 1
    return found


def test_what_is_answered_is_what_is_described(team: httpx.Client, scored: str) -> None:
    for address, model in READS.items():
        answer = team.get(address)
        assert answer.status_code == 200, (address, answer.text)
        TypeAdapter(model).validate_json(answer.content)


def _examples(model: type[BaseModel]) -> Iterator[object]:
    yield from model.model_json_schema().get("examples", [])


def test_examples_are_what_is_described() -> None:
    seen = 0
    for model in {**vars(models), **vars(models_boards)}.values():
        if isinstance(model, type) and issubclass(model, BaseModel) and model is not BaseModel:
            for example in _examples(model):
                model.model_validate(example)
                seen += 1
    assert seen >= 10


def test_openapi_names_the_tasks_and_gives_examples(team: httpx.Client, contest: Contest) -> None:
    described = team.get("/api/openapi.json").json()
    submit = described["paths"]["/api/submissions"]["post"]
    parts = submit["requestBody"]["content"]["multipart/form-data"]["schema"]["properties"]
    assert set(parts) == {*contest.config.tasks, "code", "note"}
    assert {"200", "201", "401", "403", "408", "409", "413", "422", "429", "503"} <= set(submit["responses"])
    for path, operations in described["paths"].items():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if status.startswith(("4", "5")):
                    assert response["content"]["application/json"]["examples"], (path, status)


def test_a_submission_is_followed_from_queued_to_scored(team: httpx.Client, scored: str) -> None:
    found = team.get(f"/api/submissions/{scored}").json()
    assert found["status"] == "scored"
    assert set(found["score"]["tracks"]) == {"classification", "matching"}
    for score in found["score"]["tasks"].values():
        assert score["status"] == "ok"
        assert round(score["value"], 3) == score["value"]
    board = team.get("/api/leaderboard").json()
    assert [row["team"] for row in board["tracks"][0]["rows"]] == ["foxes"]
    assert board["tracks"][0]["rows"][0]["score"] == found["score"]["tracks"]["classification"]
    assert team.get("/api/history").json()[0]["tracks"] == found["score"]["tracks"]


def test_pages_and_boards_are_kept_until_something_changes(
    team: httpx.Client, contest: Contest, scored: str
) -> None:
    for address in ("/", "/index.html", "/api/leaderboard", "/static/site.css"):
        answer = team.get(address)
        assert answer.status_code == 200, address
        tag = answer.headers["ETag"]
        again = team.get(address, headers={"If-None-Match": f'"x", {tag}'})
        assert (again.status_code, again.content) == (304, b"")
        plain = team.get(address, headers={"Accept-Encoding": "identity"})
        assert "Content-Encoding" not in plain.headers
        assert plain.content == answer.content
    assert team.get("/").headers["Content-Encoding"] == "gzip"
    tag = team.get("/api/leaderboard").headers["ETag"]
    rotate_token(contest.ledger, "foxes")
    assert team.get("/api/leaderboard", headers={"If-None-Match": tag}).status_code == 200
    head = team.head("/index.html")
    assert (head.status_code, head.content) == (200, b"")


def test_headers_that_keep_a_browser_safe(team: httpx.Client) -> None:
    for address in ("/", "/api/leaderboard", "/nothing", "/api/me", "/data/rules.md"):
        headers = team.get(address).headers
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"]
        assert "Server" not in headers
        assert len(headers["X-Request-ID"]) == 32
    assert team.get("/", headers={"X-Request-ID": "abc-12345"}).headers["X-Request-ID"] == "abc-12345"
    assert team.get("/", headers={"X-Request-ID": "<script>!"}).headers["X-Request-ID"] != "<script>!"


def test_errors_have_one_shape(team: httpx.Client) -> None:
    for method, address, status in [
        ("GET", "/nothing", 404),
        ("GET", "/api/nothing", 404),
        ("GET", "/api/teams/nobody", 404),
        ("GET", "/data/nothing.zip", 404),
        ("DELETE", "/api/submissions", 405),
        ("POST", "/", 405),
        ("PUT", "/api/selection", 422),
        ("POST", "/api/submissions", 422),
    ]:
        answer = team.request(method, address)
        assert answer.status_code == status, (address, answer.text)
        error = models.Error.model_validate_json(answer.content).error
        assert error.request_id == answer.headers["X-Request-ID"]
        assert error.problem


def test_a_browser_at_a_wrong_address_gets_a_page(team: httpx.Client) -> None:
    answer = team.get("/nothing/here", headers={"Accept": "text/html,*/*"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert '<a href="../index.html">To the leaderboard</a>' in answer.text
    assert "nothing/here" not in answer.text


def test_files_are_downloaded_whole_and_in_ranges(team: httpx.Client, contest: Contest) -> None:
    listed = team.get("/api/data").json()
    assert {one["task"] for one in listed} == {*contest.config.tasks, None}
    for one in listed:
        answer = team.get(f"/data/{one['file']}")
        assert hashlib.sha256(answer.content).hexdigest() == one["sha256"]
        assert (answer.headers["ETag"], len(answer.content)) == (f'"{one["sha256"]}"', one["size"])
        same = team.get(f"/data/{one['file']}", headers={"If-None-Match": answer.headers["ETag"]})
        assert same.status_code == 304
    bundle = next(one for one in listed if one["task"])
    address, whole = f"/data/{bundle['file']}", team.get(f"/data/{bundle['file']}").content
    assert zipfile.ZipFile(io.BytesIO(whole)).testzip() is None
    rest = team.get(address, headers={"Range": "bytes=1000-", "If-Range": f'"{bundle["sha256"]}"'})
    assert (rest.status_code, whole[:1000] + rest.content) == (206, whole)
    changed = team.get(address, headers={"Range": "bytes=1000-", "If-Range": '"another"'})
    assert (changed.status_code, changed.content) == (200, whole)
    assert team.get(address, headers={"Range": f"bytes={len(whole)}-"}).status_code == 416
    assert team.head(address).headers["Content-Length"] == str(len(whole))


def test_only_listed_files_are_served(team: httpx.Client, contest: Contest) -> None:
    (contest.public / "secret.txt").write_text("x")
    (contest.public / "link").symlink_to(contest.folder / "competition.toml")
    for name in ("secret.txt", "link", MANIFEST, "."):
        assert team.get(f"/data/{name}").status_code == 404


def test_selections(team: httpx.Client, contest: Contest, answers: dict[str, bytes]) -> None:
    ids = [
        team.post("/api/submissions", files=answers, headers={"Idempotency-Key": f"{n}"}).json()["submission"]
        for n in range(3)
    ]
    assert team.get("/api/selection").json() == {"submissions": []}
    assert team.put("/api/selection", json={"submissions": ids[:2]}).json() == {"submissions": ids[:2]}
    assert team.get("/api/selection").json() == {"submissions": ids[:2]}
    assert team.put("/api/selection", json={"submissions": [ids[0]] * 3}).json() == {"submissions": ids[:1]}
    seq = contest.ledger.journal.last()
    team.put("/api/selection", json={"submissions": ids[:1]})
    assert contest.ledger.journal.last() == seq
    answer = team.put("/api/selection", json={"submissions": ids})
    assert (answer.status_code, answer.json()["error"]["allowed"]) == (422, "at most 2")
    assert team.put("/api/selection", json={"submissions": []}).json() == {"submissions": []}
    move_gate(contest, "closed", "the end")
    assert team.put("/api/selection", json={"submissions": ids[:1]}).status_code == 403


def test_a_selection_stands_once_the_last_phase_is_over(
    team: httpx.Client, contest: Contest, scored: str
) -> None:
    before, after = datetime(2010, 1, 1, tzinfo=UTC), datetime(3001, 1, 1, tzinfo=UTC)
    assert select(contest, "foxes", [], before) == ()
    with pytest.raises(Refusal, match="closed"):
        select(contest, "foxes", [scored], after)
    move_gate(contest, "open", "extra time")
    assert select(contest, "foxes", [scored], after) == (scored,)
    contest.ledger.record(lambda state: [("final", {})])
    with pytest.raises(Refusal, match="closed"):
        select(contest, "foxes", [], datetime.now(UTC) + timedelta(seconds=1))


def test_an_address_that_sends_too_much_waits(contest: Contest, foxes: str) -> None:
    with live_server(contest, Limits(requests=5)) as url:
        statuses = [httpx.get(f"{url}/api/health").status_code for _ in range(6)]
        assert statuses == [200] * 5 + [429]
        answer = httpx.get(f"{url}/api/health", headers={"X-Forwarded-For": "203.0.113.7"})
        assert answer.status_code == 429
        assert 0 < int(answer.headers["Retry-After"]) <= 60
        assert answer.json()["error"]["code"] == "too many requests"
    with live_server(contest, Limits(requests=5), proxied=True) as url:
        for number in range(9):
            forwarded = {"X-Forwarded-For": f"198.51.100.1, 203.0.113.{number}"}
            assert httpx.get(f"{url}/api/health", headers=forwarded).status_code == 200
        for _ in range(5):
            last = httpx.get(f"{url}/api/health", headers={"X-Forwarded-For": "spoofed, 203.0.113.99"})
        assert last.status_code == 200
        last = httpx.get(f"{url}/api/health", headers={"X-Forwarded-For": "other, 203.0.113.99"})
        assert last.status_code == 429


def test_a_team_that_hands_in_too_often_waits(
    contest: Contest, foxes: str, owls: str, answers: dict[str, bytes]
) -> None:
    with live_server(contest, Limits(changes=2)) as url, client(url, foxes) as team:
        found = [team.post("/api/submissions", files=answers).status_code for _ in range(3)]
        assert found == [201, 200, 429]
        assert (
            httpx.post(f"{url}/api/submissions", files=answers, headers=signed(owls), timeout=60).status_code
            == 201
        )
        assert team.get("/api/me").status_code == 200


def test_logs_hold_what_happened_and_no_token(
    team: httpx.Client, foxes: str, answers: dict[str, bytes], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "classmark.server")
    team.post("/api/submissions", files=answers, headers={"X-Request-ID": "request-0001"})
    team.get(f"/nothing/{foxes}/%1b[31m%0a{{}}", params={"token": foxes})
    end = time.monotonic() + 10
    while (
        len(caplog.records) < 2 and time.monotonic() < end
    ):  # a line is written when its answer has been sent
        time.sleep(0.01)
    lines = [JsonLines().format(record) for record in caplog.records]
    assert not [line for line in lines if foxes in line or set(line) & set("\x1b\n\r")]
    submitted, read = map(json.loads, lines[-2:])
    assert submitted["request"] == "request-0001"
    assert (submitted["method"], submitted["path"], submitted["status"]) == ("POST", "/api/submissions", 201)
    assert submitted["team"] == "foxes"
    assert submitted["received"] > sum(map(len, answers.values()))
    assert submitted["ms"] > 0
    assert (read["status"], read["address"]) == (404, "127.0.0.1")
