"""The shipped files of docs/ops do what docs/operations.md says of them."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from contests import toy_contest, write_answers
from postgres import postgres_server

from leaderboard.contest import Contest
from leaderboard.making.bundles import manifest, write_bundle
from leaderboard.record.accepting import accept, receipt
from leaderboard.record.teams import add_team
from leaderboard.scoring.scorer import score_queue
from tests.contest.behind_nginx import Nginx, nginx_before
from tests.contest.checks import verify_faults
from tests.contest.served import Served, call, served

OPS = Path(__file__).parents[2] / "docs" / "ops"


@pytest.fixture
def contest(tmp_path: Path) -> Contest:
    contest = toy_contest(tmp_path / "contest")
    write_bundle(contest)
    return contest


@pytest.fixture
def proxied(contest: Contest, tmp_path: Path) -> Iterator[tuple[Nginx, Served]]:
    with (
        served(contest.folder, tmp_path / "server.log", "--proxy", "--no-mlflow") as server,
        nginx_before(server, tmp_path / "nginx") as nginx,
    ):
        yield nginx, server


def test_behind_nginx_everything_works_that_works_without(
    proxied: tuple[Nginx, Served], contest: Contest, tmp_path: Path
) -> None:
    nginx, server = proxied
    token = add_team(contest.ledger, "Us")[1]
    answers = write_answers(contest, tmp_path / "answers", 0.2)
    files = {name: (path.name, path.read_bytes()) for name, path in answers.items()}
    transport = httpx.HTTPTransport(verify=nginx.trust, local_address="127.0.0.9")
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=nginx.url, headers=headers, transport=transport, timeout=60) as http:
        made = http.post("/api/submissions", files=files, headers={"X-Forwarded-For": "203.0.113.7"})
        assert made.status_code == 201
        assert made.json()["files"].keys() == answers.keys()
        assert made.headers["strict-transport-security"]
        mine = http.get("/api/submissions").json()
        assert [one["submission"] for one in mine] == [made.json()["submission"]]

        broken = http.post("/api/submissions", files={"toy_matching": ("x", b"no table")})
        assert (broken.status_code, broken.json()["error"]["code"]) == (422, "invalid")
        most = {"toy_matching": ("x", b"0" * 20_000_000)}
        large = http.post("/api/submissions", files=most)
        assert (large.status_code, large.json()["error"]["code"]) == (413, "too large")
        assert _status_of_absurd(nginx) == 413

        one = manifest(contest)[0]
        part = http.get(f"/data/{one['file']}", headers={"Range": "bytes=10-19"})
        whole = http.get(f"/data/{one['file']}")
        assert (part.status_code, part.content) == (206, whole.content[10:20])
        assert one["sha256"] in whole.headers["etag"]
        unchanged = http.get(f"/data/{one['file']}", headers={"If-None-Match": whole.headers["etag"]})
        assert unchanged.status_code == 304
        assert http.get("/").status_code == 200
    _looks_right(server.log, nginx.folder / "access.log", token)
    moved = httpx.get(f"http://localhost:{nginx.plain_port}/rules.html")
    assert (moved.status_code, moved.headers["location"]) == (301, "https://localhost/rules.html")


def _status_of_absurd(nginx: Nginx) -> int:
    """What is said to a body of 2 GB before it comes."""
    head = "POST /api/submissions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000000000\r\n\r\n"
    with (
        socket.create_connection(("127.0.0.1", nginx.port), 20) as plain,
        nginx.trust.wrap_socket(plain, server_hostname="localhost") as connection,
    ):
        connection.sendall(head.encode())
        return int(connection.recv(1000).split()[1])


def _looks_right(log: Path, access: Path, token: str) -> None:
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    submits = [line for line in lines if line.get("path") == "/api/submissions"]
    assert submits
    assert {line["address"] for line in submits} == {"127.0.0.9"}, (
        "the client's own address, and no claimed one"
    )
    assert token not in log.read_text() + access.read_text()


@pytest.mark.slow
@pytest.mark.parametrize("database", ["SQLite", "PostgreSQL"])
def test_a_backup_taken_under_load_is_whole_when_restored(tmp_path: Path, database: str) -> None:
    for program in ("rsync", "sqlite3", "pg_dump", "pg_restore"):
        if not shutil.which(program):
            pytest.skip(f"{program} is not here")
    if database == "SQLite":
        _back_up_and_restore(tmp_path, "", {}, lambda: None)
        return
    with postgres_server() as server:
        urls = {name: server.create(name) for name in ("contest", "private", "contest_new", "private_new")}
        plain = {name: url.replace("+psycopg", "") for name, url in urls.items()}
        more = f'database = "{urls["contest"]}"\nprivate_database = "{urls["private"]}"'

        def restore() -> None:
            for name, dump in (("contest", "journal"), ("private", "private-journal")):
                command = ["pg_restore", "--no-owner", "--exit-on-error", f"--dbname={plain[f'{name}_new']}"]
                subprocess.run([*command, tmp_path / "backup" / f"{dump}.dump"], check=True)
            settings = tmp_path / "restored" / "competition.toml"
            text = settings.read_text()
            for name in ("contest", "private"):
                text = text.replace(f'"{urls[name]}"', f'"{urls[f"{name}_new"]}"')
            settings.write_text(text)

        environment = {"JOURNAL": plain["contest"], "PRIVATE_JOURNAL": plain["private"]}
        _back_up_and_restore(tmp_path, more, environment, restore)


def _back_up_and_restore(tmp_path: Path, more: str, environment: dict[str, str], restore: object) -> None:
    contest = toy_contest(tmp_path / "contest", more=more)
    team, _ = add_team(contest.ledger, "Us")
    receipts = []
    for number in range(2):
        answers = write_answers(contest, tmp_path / f"answers-{number}", 0.2 + number / 10)
        kept = {name: contest.submissions.put([path.read_bytes()]) for name, path in answers.items()}
        made, _ = accept(contest, team.id, kept, key=str(number))
        receipts.append(tmp_path / f"receipt-{number}.json")
        receipts[-1].write_text(json.dumps(receipt(contest, made)))
        score_queue(contest)
        subprocess.run(  # twice: the second adds to the first
            [OPS / "backup.sh", contest.folder, tmp_path / "backup"], env=os.environ | environment, check=True
        )
    with served(contest.folder, tmp_path / "server.log"):
        subprocess.run(
            [OPS / "backup.sh", contest.folder, tmp_path / "backup"], env=os.environ | environment, check=True
        )
    restored = tmp_path / "restored"
    shutil.copytree(tmp_path / "backup" / "files", restored)
    if environment:
        assert callable(restore)
        restore()
    else:
        shutil.copy(tmp_path / "backup" / "journal.db", restored / "journal.db")
        shutil.copy(tmp_path / "backup" / "private-journal.db", restored / "private" / "journal.db")
    call("competition", "rebuild", restored)
    assert verify_faults(restored, receipts) == []
    shutil.rmtree(contest.folder)
    with served(restored, tmp_path / "restored.log") as server:
        shown = httpx.get(f"{server.url}/api/leaderboard", timeout=60).json()["tracks"]
        assert [row["team"] for track in shown for row in track["rows"]] == [team.id] * len(shown)
