"""Participants who mean harm: each attempt is a real one, over a real connection to a loopback address."""

from __future__ import annotations

import contextlib
import io
import json
import random
import socket
import stat
import tarfile
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pyarrow as pa
import pyarrow.parquet
import pytest
from live import client, live_server, signed

from leaderboard.contest import Contest
from leaderboard.selecting import select
from leaderboard.server import protocol
from leaderboard.server.limits import Limits
from leaderboard.teams import add_team

Left = Callable[[], list[Path]]
NASTY = (
    "<script>alert(1)</script>\x1b[31m\x00\r\n‮ ' OR 1=1; DROP TABLE entries; -- {{7*7}} =cmd|' /C calc'!A0"
)
SQL = "'; DROP TABLE entries; --"


def submissions(contest: Contest) -> int:
    with contest.ledger.reading() as state:
        return len(state.submissions)


def test_another_teams_submission_is_not_there(
    team: httpx.Client, url: str, owls: str, contest: Contest, answers: dict[str, bytes]
) -> None:
    own = team.post("/api/submissions", files=answers, headers={"Idempotency-Key": "a"}).json()["submission"]
    with client(url, owls) as other:
        assert other.get(f"/api/submissions/{own}").status_code == 404
        assert other.get("/api/submissions").json() == []
        answer = other.put("/api/selection", json={"submissions": [own]})
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown")
        theirs = other.post("/api/submissions", files=answers, headers={"Idempotency-Key": "a"})
        assert theirs.status_code == 201
        assert theirs.json()["submission"] != own
    with contest.ledger.reading() as state:
        assert not state.selections


@pytest.mark.parametrize(
    "name", ["0" * 16, SQL, "../../journal.db", "%2e%2e%2fprivate", "\x00", "ä" * 300, "%ff"]
)
def test_forged_ids(team: httpx.Client, name: str) -> None:
    quoted = name if "%" in name else httpx.URL("/", params={"x": name}).query.decode()[2:]
    for address in (f"/api/submissions/{quoted}", f"/data/{quoted}", f"/api/teams/{quoted}", f"/{quoted}"):
        answer = team.get(address)
        assert answer.status_code == 404, (address, answer.text)
    assert team.put("/api/selection", json={"submissions": [name]}).status_code in (404, 422)


SECRETS = [
    "journal.db",
    "competition.toml",
    "private/journal.db",
    "private/secrets/x",
    "home/hidden",
    "serve.lock",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_no_path_leads_out_of_the_public_files(url: str, contest: Contest, secret: str) -> None:
    """Sent as raw bytes: clients would straighten the path out."""
    ways = [
        "../{}",
        "..%2f{}",
        "%2e%2e/{}",
        "....//{}",
        "..\\{}",
        "..%5c{}",
        "%252e%252e%252f{}",
        "/{}",
        "./../{}",
    ]
    place = urlsplit(url)
    for below in ("/data/", "/", "/static/", "/api/teams/"):
        for way in ways:
            with socket.create_connection((place.hostname or "", place.port or 0), 10) as raw:
                raw.sendall(
                    f"GET {below}{way.format(secret)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
                )
                answer = b"".join(iter(lambda raw=raw: raw.recv(65_536), b""))  # type: ignore[misc]
            assert answer.split()[1] in (b"404", b"400"), (below, way, answer)
            assert b"SQLite" not in answer
            assert str(contest.folder).encode() not in answer


def bombs(folder: Path) -> Iterator[bytes]:
    """Small Parquet files that unpack to gigabytes: by many rows, and by one endless string."""
    rows, strings = folder / "rows.parquet", folder / "strings.parquet"
    many = pa.table({"id": pa.nulls(10**8, pa.bool_())})
    pa.parquet.write_table(many, rows, compression="zstd")
    long = pa.DictionaryArray.from_arrays(pa.array([0] * 1200, pa.int32()), pa.array(["a" * 40 * 10**6]))
    pa.parquet.write_table(pa.table({"id": long, "prediction": long}), strings, compression="zstd")
    for path in (rows, strings):
        assert path.stat().st_size < 300_000
        yield path.read_bytes()


def test_a_small_parquet_file_that_unpacks_to_gigabytes(team: httpx.Client, tmp_path: Path) -> None:
    contents = list(bombs(tmp_path))
    before = psutil.Process().memory_info().rss
    for content in contents:
        answer = team.post("/api/submissions", files={"toy_classification": content})
        assert answer.status_code == 422
        assert answer.json()["error"]["faults"]["toy_classification"][0]["code"] == "too large"
    assert psutil.Process().memory_info().rss - before < 10**9


def test_archives_that_mean_harm(team: httpx.Client, contest: Contest, tmp_path: Path) -> None:
    """Out of the folder, links, devices, bombs: refused by name, and nothing of it is on the disk."""
    good = b"def build(task): pass"

    def zipped(name: str, body: bytes = good, mode: int = 0) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            entry = zipfile.ZipInfo(name)
            entry.external_attr, entry.compress_type = mode << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, body)
            archive.writestr("solution.py", good)
        return buffer.getvalue()

    def tarred(kind: bytes, link: str) -> bytes:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
            entry = tarfile.TarInfo("solution.py")
            entry.type, entry.linkname = kind, link
            archive.addfile(entry)
        return buffer.getvalue()

    escaped = tmp_path / "escaped.py"
    hostile = [
        zipped("../../escaped.py"),
        zipped(str(escaped)),
        zipped("link", b"/etc/passwd", stat.S_IFLNK | 0o777),
        zipped("zeros", bytes(260 * 10**6)),
        tarred(tarfile.SYMTYPE, "/etc/passwd"),
        tarred(tarfile.LNKTYPE, "../../journal.db"),
        tarred(tarfile.CHRTYPE, ""),
        tarred(tarfile.FIFOTYPE, ""),
        b"PK\x03\x04" + b"x" * 200,
    ]
    for content in hostile:
        answer = team.post("/api/submissions", files={"code": ("solution", content)})
        assert answer.status_code == 422, answer.text
        assert answer.json()["error"]["faults"]["code"]
        assert str(contest.folder) not in answer.text
        assert "/tmp" not in answer.text.replace(str(escaped), "")
    assert not escaped.exists()
    assert submissions(contest) == 0


def head(length: str, token: str) -> bytes:
    lines = [
        "POST /api/submissions HTTP/1.1",
        "Host: x",
        f"Authorization: Bearer {token}",
        "Content-Type: multipart/form-data; boundary=x",
        length,
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


PART = b'--x\r\nContent-Disposition: form-data; name="toy_matching"; filename="x"\r\n\r\n'


def test_ten_gigabytes_that_are_declared_are_refused_unread(
    url: str, foxes: str, contest: Contest, left_over: Left
) -> None:
    place = urlsplit(url)
    with socket.create_connection((place.hostname or "", place.port or 0), 10) as raw:
        raw.sendall(head("Content-Length: 10000000000", foxes))
        answer = raw.recv(65_536)
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"connection: close" in answer.lower()
    assert not contest.submissions.incoming.exists()


@pytest.mark.parametrize("part", ["toy_matching", "note", "preamble"])
def test_ten_gigabytes_in_chunks_are_refused_early(url: str, foxes: str, left_over: Left, part: str) -> None:
    """The server stops reading within some megabytes of the limit, whatever the client goes on to send."""
    sent = 0

    def body() -> Iterator[bytes]:
        nonlocal sent
        yield b"" if part == "preamble" else PART.replace(b"toy_matching", part.encode())
        while sent < 10**10:
            sent += 2**20
            yield bytes(2**20)

    headers = signed(foxes, **{"Content-Type": "multipart/form-data; boundary=x"})
    started = time.monotonic()
    try:
        answer = httpx.post(f"{url}/api/submissions", content=body(), headers=headers, timeout=60)
        assert answer.status_code in (413, 422)
    except httpx.TransportError:
        pass  # the connection was closed while the client still sent
    assert sent < 3 * 10**9
    assert time.monotonic() - started < 30
    assert not left_over()


def test_slow_uploads_are_ended(contest: Contest, foxes: str, left_over: Left) -> None:
    """One that pauses, one that drips, one that never ends its headers; each gives its place back."""
    limits = Limits(idle_seconds=0.5, upload_seconds=3, uploads_of_team=1)
    with live_server(contest, limits) as url:
        place = urlsplit(url)

        def upload(pause: float) -> bytes:
            with socket.create_connection((place.hostname or "", place.port or 0), 20) as raw:
                raw.sendall(head("Content-Length: 5000", foxes) + PART)
                try:
                    for _ in range(40):
                        time.sleep(pause)
                        raw.sendall(b"x")
                except OSError:
                    pass
                return raw.recv(65_536)

        for pause in (2.0, 0.1):
            started = time.monotonic()
            answer = upload(pause)
            assert answer.startswith(b"HTTP/1.1 408"), answer
            assert time.monotonic() - started < 15
            assert not left_over()
        assert httpx.get(f"{url}/api/me", headers=signed(foxes)).status_code == 200


def test_headers_that_never_end(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEADER_SECONDS", 0.5)
    place = urlsplit(url)
    with socket.create_connection((place.hostname or "", place.port or 0), 10) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\n")
        started = time.monotonic()
        with contextlib.suppress(OSError):
            while time.monotonic() < started + 10:
                raw.sendall(b"X-Slow: 1\r\n")
                time.sleep(0.1)
        assert time.monotonic() - started < 8
    with socket.create_connection((place.hostname or "", place.port or 0), 10) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\n" + b"X-Large: " + b"x" * 200_000)
        assert raw.recv(1000).startswith(b"HTTP/1.1 400")


def test_one_team_cannot_take_all_places(
    contest: Contest, foxes: str, owls: str, answers: dict[str, bytes], left_over: Left
) -> None:
    """A thousand uploads at once by one team: all but its share are refused, and another team is served."""
    with live_server(contest, Limits(requests=10**6, changes=10**6)) as url:
        place = urlsplit(url)
        lines = []
        try:
            for _ in range(1_000):
                raw = socket.create_connection((place.hostname or "", place.port or 0), 20)
                raw.sendall(head("Content-Length: 5000", foxes) + PART)
                lines.append(raw)
            started = time.monotonic()
            other = httpx.post(f"{url}/api/submissions", files=answers, headers=signed(owls), timeout=60)
            assert other.status_code == 201, other.text
            assert time.monotonic() - started < 30
            assert httpx.get(f"{url}/api/health").status_code == 200
            refused = 0
            for raw in lines:
                raw.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    refused += raw.recv(20).startswith(b"HTTP/1.1 429")
            assert refused == 996
        finally:
            for raw in lines:
                raw.close()
        until = time.monotonic() + 10
        while left_over() and time.monotonic() < until:
            time.sleep(0.05)
        assert not left_over()
        mine = httpx.post(f"{url}/api/submissions", files=answers, headers=signed(foxes), timeout=60)
        assert mine.status_code == 201, mine.text


def test_twenty_at_once_with_a_quota_of_five_are_five(
    contest: Contest, foxes: str, answers: dict[str, bytes], left_over: Left
) -> None:
    with live_server(contest, Limits(uploads_of_team=20)) as url:
        start = threading.Barrier(20)

        def submit(number: int) -> httpx.Response:
            with client(url, foxes) as own:
                start.wait()
                return own.post("/api/submissions", files=answers, headers={"Idempotency-Key": f"{number}"})

        with ThreadPoolExecutor(20) as pool:
            found = list(pool.map(submit, range(20)))
    assert Counter(one.status_code for one in found) == {201: 5, 429: 15}
    with contest.ledger.reading() as state:
        receipts = {one.json()["submission"] for one in found if one.status_code == 201}
        assert receipts == set(state.submissions)
    assert not left_over()


def test_one_request_sent_twenty_times_at_once_is_one(
    contest: Contest, foxes: str, answers: dict[str, bytes]
) -> None:
    with live_server(contest, Limits(uploads_of_team=20)) as url, ThreadPoolExecutor(20) as pool:
        headers = signed(foxes, **{"Idempotency-Key": "a"})
        found = list(
            pool.map(
                lambda _: httpx.post(f"{url}/api/submissions", files=answers, headers=headers), range(20)
            )
        )
    assert Counter(one.status_code for one in found) == {201: 1, 200: 19}
    assert len({one.text for one in found}) == 1
    assert submissions(contest) == 1


def test_replayed_and_reordered_requests(
    team: httpx.Client, contest: Contest, answers: dict[str, bytes]
) -> None:
    """Whatever the order and however often: one submission a key, each with one receipt."""
    order = [number for number in range(4) for _ in range(4)]
    random.Random(3).shuffle(order)
    receipts: dict[int, str] = {}
    for number in order:
        name = sorted(answers)[number % len(answers)]
        headers = {"Idempotency-Key": f"{number}"}
        answer = team.post("/api/submissions", files={name: answers[name]}, headers=headers)
        assert answer.status_code == (200 if number in receipts else 201)
        assert receipts.setdefault(number, answer.text) == answer.text
    assert submissions(contest) == 4
    assert not contest.ledger.journal.faults()


def test_scripts_and_control_characters_stay_text(
    url: str, contest: Contest, answers: dict[str, bytes], capfd: pytest.CaptureFixture[str]
) -> None:
    name = "<img src=x onerror=alert(1)> ' OR 1=1 -- {{7*7}}"
    token = add_team(contest.ledger, name)[1]
    with client(url, token) as team:
        receipt = team.post("/api/submissions", files=answers, data={"note": NASTY}).json()
        assert not set(receipt["note"]) & set("\x1b\x00\r\n‮")
        assert "<script>" in receipt["note"]
        assert team.get("/api/me").json()["name"] == name
        for address in ("/api/me", "/api/submissions", "/api/history"):
            answer = team.get(address)
            assert answer.headers["content-type"] == "application/json"
            assert answer.headers["x-content-type-options"] == "nosniff"


def test_sql_in_every_field(team: httpx.Client, contest: Contest, answers: dict[str, bytes]) -> None:
    team.post("/api/submissions", files=answers, data={"note": SQL}, headers={"Idempotency-Key": "';DROP--"})
    team.post("/api/submissions", files={SQL: b"x"}, data={SQL: SQL})
    team.put("/api/selection", json={"submissions": [SQL]})
    team.get(f"/api/submissions/{SQL}", params={"id": SQL})
    team.get("/api/me", headers={"Authorization": f"Bearer {SQL}", "X-Request-ID": SQL, "Cookie": SQL})
    assert submissions(contest) == 1
    assert not contest.ledger.journal.faults()
    with contest.ledger.reading() as state:
        assert next(iter(state.submissions.values())).note == SQL


@pytest.mark.parametrize(
    "content", [b"[1,2", b'{"submissions":"x"}', b"{}", b"[]", b'{"submissions":[1]}', b"\xff", b"[" * 10**5]
)
def test_selections_that_are_none(team: httpx.Client, content: bytes) -> None:
    answer = team.put("/api/selection", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422, answer.text
    assert answer.json()["error"]["code"] == "invalid"


def test_a_large_selection_is_refused_unread(url: str, foxes: str) -> None:
    content = json.dumps({"submissions": ["x" * 60] * 10**6})
    answer = httpx.put(f"{url}/api/selection", content=content, headers=signed(foxes), timeout=30)
    assert answer.status_code == 413


def test_a_client_that_goes_away_leaves_nothing(
    url: str, contest: Contest, foxes: str, left_over: Left
) -> None:
    place = urlsplit(url)
    for length in ("Content-Length: 900000", "Transfer-Encoding: chunked"):
        raw = socket.create_connection((place.hostname or "", place.port or 0), 10)
        body = PART + b"x" * 400_000
        raw.sendall(
            head(length, foxes) + (f"{len(body):x}\r\n".encode() if "chunked" in length else b"") + body
        )
        until = time.monotonic() + 5
        while not left_over() and time.monotonic() < until:
            time.sleep(0.01)
        assert left_over()
        raw.close()
        until = time.monotonic() + 5
        while left_over() and time.monotonic() < until:
            time.sleep(0.01)
        assert not left_over()
    assert submissions(contest) == 0


def test_smuggled_requests(url: str, foxes: str, contest: Contest) -> None:
    """Two lengths, or a length and chunks: refused, so that a proxy and the server never see different requests."""
    place = urlsplit(url)
    for extra in ("Content-Length: 5\r\nContent-Length: 50", "Content-Length: -1", "Content-Length: 1e3"):
        with socket.create_connection((place.hostname or "", place.port or 0), 10) as raw:
            raw.sendall(head(extra, foxes) + b"--x--")
            assert raw.recv(1000).startswith(b"HTTP/1.1 400")


def test_selecting_is_for_own_accepted_submissions(contest: Contest, foxes: str) -> None:
    from leaderboard.refusal import Refusal

    with pytest.raises(Refusal, match="no such submission"):
        select(contest, "foxes", ["0123456789abcdef"])
