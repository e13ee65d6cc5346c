"""Too much, too slow, too often, all at once: by raw connections to a loopback address."""

from __future__ import annotations

import contextlib
import io
import json
import socket
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from live import client, live_server, signed

from leaderboard.contest import Contest
from leaderboard.server import protocol
from leaderboard.server.limits import Limits
from leaderboard.server.serving import allow_many_files

Left = Callable[[], list[Path]]


def submissions(contest: Contest) -> int:
    with contest.ledger.reading() as state:
        return len(state.submissions)


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
    """The server reads little beyond the limit, however fast the client goes on to send."""
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
    assert sent < 10**9
    assert time.monotonic() - started < 30
    assert not left_over()


@pytest.mark.slow
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
    allow_many_files()  # the clients' ends are in this process too
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


def slow_archive(number: int) -> bytes:
    """A solution that takes seconds to read, and is refused at the end."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("solution.py", f"x = {number}\n" + "x.a\n" * 90_000)
    return packed.getvalue()


def test_one_team_cannot_take_all_checkers(
    url: str, foxes: str, owls: str, answers: dict[str, bytes], left_over: Left
) -> None:
    """What takes long to check is checked one by one; another team is served meanwhile."""

    def submit(number: int) -> int:
        with client(url, foxes) as own:
            return own.post("/api/submissions", files={"code": slow_archive(number)}).status_code

    with client(url, owls) as other, ThreadPoolExecutor(4) as pool:
        other.post("/api/submissions", files=answers)  # so that the checkers have begun
        slow = [pool.submit(submit, number) for number in range(4)]
        until = time.monotonic() + 10
        while len(left_over()) < 4 and time.monotonic() < until:
            time.sleep(0.01)
        some = {"toy_matching": answers["toy_matching"]}
        assert other.post("/api/submissions", files=some).status_code == 201
        assert sum(one.done() for one in slow) <= 1
        assert [one.result() for one in slow] == [422] * 4


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
    def submit(_: int) -> httpx.Response:
        with client(url, foxes) as own:
            return own.post("/api/submissions", files=answers, headers={"Idempotency-Key": "a"})

    with live_server(contest, Limits(uploads_of_team=20)) as url, ThreadPoolExecutor(20) as pool:
        found = list(pool.map(submit, range(20)))
    assert Counter(one.status_code for one in found) == {201: 1, 200: 19}
    assert len({one.text for one in found}) == 1
    assert submissions(contest) == 1


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
