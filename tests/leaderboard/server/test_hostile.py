"""Participants who mean harm: each attempt is a real one, over a real connection to a loopback address."""

from __future__ import annotations

import io
import random
import socket
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pyarrow as pa
import pyarrow.parquet
import pytest
from live import client

from leaderboard.contest import Contest
from leaderboard.record.selecting import select
from leaderboard.record.teams import add_team

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


def test_selecting_is_for_own_accepted_submissions(contest: Contest, foxes: str) -> None:
    from leaderboard.record.refusal import Refusal

    with pytest.raises(Refusal, match="no such submission"):
        select(contest, "foxes", ["0123456789abcdef"])
