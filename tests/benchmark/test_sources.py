"""Raw files come verified, from a folder or a real HTTP server, or not at all."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from toys import toy_card

from benchmark.errors import UserError
from benchmark.files import folder_digest
from benchmark.sources import RawFiles

CONTENT = b"a,b\n1,2\n"


def raw_files(raw: Path | None, download: bool = False, /, **changes: Any) -> RawFiles:
    source = {
        "name": "table",
        "file": "toy/table.csv",
        "sha256": hashlib.sha256(CONTENT).hexdigest(),
        "licence": "not stated",
        "default_download": False,
        "homepage": "https://example.org",
    }
    return RawFiles(toy_card("matching", sources=[source | changes]), raw, download)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "www").mkdir()
    (tmp_path / "www" / "table.csv").write_bytes(CONTENT)
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "www"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()


@pytest.mark.parametrize("place", ["toy/table.csv", "table.csv"])
def test_a_raw_folder_holds_all_tasks_or_one(tmp_path: Path, place: str) -> None:
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_bytes(CONTENT)
    assert raw_files(tmp_path).path("table").read_bytes() == CONTENT


def test_a_changed_raw_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_bytes(CONTENT + b"3,4\n")
    with pytest.raises(UserError, match=r"table\.csv is not the one on the card"):
        raw_files(tmp_path).path("table")


def test_a_folder_source_is_verified_as_a_whole(tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    (pictures / "a.jpg").write_bytes(b"1")
    found = raw_files(tmp_path, file="toy/pictures", folder=True, sha256=folder_digest(pictures))
    assert found.path("table") == pictures
    (pictures / "b.jpg").write_bytes(b"2")
    with pytest.raises(UserError, match="folder pictures is not the one"):
        found.path("table")


def test_a_missing_raw_file_says_where_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"https://example\.org"):
        raw_files(tmp_path).path("table")


def test_an_unstated_licence_needs_consent(server: str) -> None:
    with pytest.raises(UserError, match="--download"):
        raw_files(None, url=f"{server}/table.csv").path("table")
    assert raw_files(None, True, url=f"{server}/table.csv").path("table").read_bytes() == CONTENT


def test_a_mirror_steps_in_and_a_wrong_checksum_is_refused(server: str) -> None:
    allowed: dict[str, Any] = {"default_download": True, "url": f"{server}/gone.csv"}
    found = raw_files(None, **allowed, mirrors=[f"{server}/table.csv"]).path("table")
    assert found.read_bytes() == CONTENT
    with pytest.raises(UserError, match="could not be downloaded"):
        raw_files(None, **allowed, mirrors=[f"{server}/table.csv"], sha256="0" * 64).path("table")


def test_a_source_without_url_only_comes_from_a_folder() -> None:
    with pytest.raises(UserError, match="cannot be downloaded by itself"):
        raw_files(None, True).path("table")


def test_an_unknown_source_gets_a_hint() -> None:
    with pytest.raises(UserError, match="Did you mean 'table'"):
        raw_files(None).path("tabel")
