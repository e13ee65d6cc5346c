"""Broken connections, changed and damaged files, hostile archives: what arrives is right, or nothing does."""

from __future__ import annotations

import json
import re
import stat
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hosted import Host
from hypothesis import given, settings
from hypothesis import strategies as st
from wire import Wire, wire_to

from benchmark.errors import UserError
from benchmark.files import file_digest, temporary_folder
from leaderboard import Competition, join
from leaderboard.client import connection
from leaderboard.client.downloading import Version, alone, listed_files, unzip
from leaderboard.client.joined import Joined
from leaderboard.client.packing import packed
from leaderboard.scoring.archives import unpack

GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 13\r\nConnection: close\r\n\r\n<html></html>"


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "PATIENCE", (0.01, 0.01))


@pytest.fixture
def wire(host: Host) -> Iterator[Wire]:
    with wire_to(host.url) as made:
        yield made


@pytest.fixture
def foxes(host: Host, wire: Wire) -> Competition:
    return join(wire.url, host.tokens["Foxes"])


def asked_from(wire: Wire) -> list[int]:
    """From which byte on each request for a task's data asked."""
    heads = [head for head in wire.requests if "/data/toy" in head.partition("\r\n")[0]]
    found = [re.search(r"range: bytes=(\d+)-", head, re.IGNORECASE) for head in heads]
    return [int(match[1]) if match else 0 for match in found]


def replace_file(public: Path, file: str) -> None:
    """Offer another file under the same name, and list it."""
    with zipfile.ZipFile(public / file, "a") as archive:
        archive.writestr("more.txt", "x" * 1000)
    listing = json.loads((public / "manifest.json").read_text())
    for one in listing:
        if one["file"] == file:
            one |= {"sha256": file_digest(public / file), "size": (public / file).stat().st_size}
    (public / "manifest.json").write_text(json.dumps(listing))


def test_a_download_goes_on_where_it_broke(foxes: Competition, wire: Wire) -> None:
    wire.plan(9_000, 20_000)
    foxes.download(["toy_matching"])
    first, second, third = asked_from(wire)
    assert first == 0 < second < third
    assert len(foxes.task("toy_matching").test)


def test_a_download_that_was_given_up_goes_on_later(foxes: Competition, wire: Wire) -> None:
    wire.plan(9_000, *[0] * 5)
    with pytest.raises(UserError, match="cannot be reached"):
        foxes.download(["toy_matching"])
    [part] = (foxes.joined.folder / "downloads").iterdir()
    have = part.stat().st_size
    foxes.download(["toy_matching"])
    assert asked_from(wire)[-1] == have > 0
    assert not part.exists()


def test_two_downloads_at_once_do_not_spoil_each_other(foxes: Competition, wire: Wire) -> None:
    with (
        alone(foxes.joined.folder / "downloads"),
        pytest.raises(UserError, match="Another process downloads"),
    ):
        foxes.download(["toy_matching"])
    foxes.download(["toy_matching"])
    assert len(foxes.task("toy_matching").test)


def test_what_came_of_an_older_file_is_not_gone_on_with(host: Host, foxes: Competition, wire: Wire) -> None:
    wire.plan(9_000, *[0] * 5)
    with pytest.raises(UserError, match="cannot be reached"):
        foxes.download(["toy_matching"])
    replace_file(host.contest.public, "toy_matching-1.0.0.zip")
    folder = foxes.download(["toy_matching"])["toy_matching"]
    assert asked_from(wire)[-1] == 0
    assert (folder / "more.txt").is_file()


def test_a_submission_that_lost_its_receipt_is_sent_again_and_counts_once(
    foxes: Competition, wire: Wire, poor: dict[str, Path], capfd: pytest.CaptureFixture[str]
) -> None:
    wire.plan(0)
    receipt = foxes.submit(poor, note="once")
    assert "Trying again" in capfd.readouterr().err
    assert len([head for head in wire.requests if head.startswith("POST")]) == 2
    assert [one["submission"] for one in foxes.submissions()] == [receipt["submission"]]


def test_a_proxy_without_its_server_is_waited_for(
    foxes: Competition, wire: Wire, poor: dict[str, Path]
) -> None:
    wire.plan(GATEWAY, GATEWAY)
    assert foxes.submit(poor)["status"] == "queued"
    wire.plan(GATEWAY, GATEWAY, GATEWAY)
    with pytest.raises(UserError, match="is down"):
        foxes.quota()


def test_a_file_that_changed_since_it_was_listed_is_listed_again(
    host: Host, foxes: Competition, wire: Wire
) -> None:
    file = "toy_matching-1.0.0.zip"
    wire.before[f"/data/{file}"] = lambda: replace_file(host.contest.public, file)
    folder = foxes.download(["toy_matching"])["toy_matching"]
    assert (folder / "more.txt").is_file()


def test_nothing_is_put_into_the_organizers_folder(host: Host, foxes: Competition) -> None:
    before = host.contest.rules
    (host.contest.folder / "rules.md").write_text("changed")
    with pytest.raises(UserError, match="organizer's folder"):
        foxes.download(into=host.contest.folder)
    assert host.contest.rules == "changed" != before


def test_a_damaged_file_is_refused(host: Host, foxes: Competition) -> None:
    path = host.contest.public / "toy_matching-1.0.0.zip"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(UserError, match="does not arrive as it was published"):
        foxes.download(["toy_matching"])
    assert not list((foxes.joined.folder / "downloads").iterdir())


def test_other_data_under_the_same_version_are_refused(host: Host, foxes: Competition) -> None:
    folder = foxes.download(["toy_matching"])["toy_matching"]
    (folder / "test.csv").write_text("id\n")
    with pytest.raises(UserError, match=r"test\.csv is not the one that was published"):
        foxes.download(["toy_matching"])


def test_the_starter_keeps_what_was_changed(foxes: Competition, tmp_path: Path) -> None:
    foxes.download(["toy_matching"], into=tmp_path)
    solution = tmp_path / "starter" / "solution" / "solution.py"
    before = solution.read_text()
    solution.write_text("mine\n")
    (tmp_path / "rules.md").write_text("mine, too\n")
    (tmp_path / "starter" / "README.md").unlink()
    foxes.download(["toy_matching"], into=tmp_path)
    assert (solution.read_text(), before.startswith('"""')) == ("mine\n", True)
    assert "Be fair" in (tmp_path / "rules.md").read_text()
    assert (tmp_path / "rules.md.before").read_text() == "mine, too\n"
    assert (tmp_path / "starter" / "README.md").is_file()


@settings(max_examples=50)
@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20)
    | st.sampled_from(["../x", "/x", "a/../../x", "..\\x", "C:x", "a//x", "./x"])
)
def test_no_archive_writes_beside_its_folder(name: str) -> None:
    with temporary_folder() as temporary:
        archive, folder = temporary / "made.zip", temporary / "deep" / "folder"
        folder.mkdir(parents=True)
        with zipfile.ZipFile(archive, "w") as made:
            made.writestr(name, "x")
        with suppress(UserError):
            unzip(archive, folder)
        written = {path for path in temporary.rglob("*") if path.is_file()} - {archive}
        assert all(path.is_relative_to(folder) for path in written)


def test_links_bombs_and_damage_in_an_archive_are_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as made:
        made.writestr(link, "/etc/passwd")
    (tmp_path / "damaged.zip").write_bytes((tmp_path / "link.zip").read_bytes()[:-9])
    (tmp_path / "out").mkdir()
    for name, message in {"link.zip": "is not unpacked", "damaged.zip": "cannot be unpacked"}.items():
        with pytest.raises(UserError, match=message):
            unzip(tmp_path / name, tmp_path / "out")
    assert not list((tmp_path / "out").iterdir())


def test_names_that_a_server_makes_up_lead_nowhere(tmp_path: Path) -> None:
    for name, version in [("../x", "1.0.0"), ("x", ".."), ("x", "../1"), ("", "1")]:
        with pytest.raises(UserError, match="strange name"):
            Version(name, version, "")
    for file in ["../x", ".x", "a/b", ""]:
        with pytest.raises(UserError, match="strange name"):
            listed_files([{"file": file, "size": 1, "sha256": "0" * 64, "task": None}])
    joined = Joined("toys", "", "", "", "", "", "", {}, "")
    with pytest.raises(UserError, match="no name for the submission"):
        joined.keep_receipt({"submission": "../../x"})


@settings(max_examples=50)
@given(
    st.dictionaries(st.from_regex(r"[a-z]{1,8}(/[a-z]{1,8})?\.py", fullmatch=True), st.binary(max_size=50))
)
def test_a_packed_solution_unpacks_to_itself(files: dict[str, bytes]) -> None:
    files |= {"solution.py": b"x = 1\n"}
    with temporary_folder() as temporary:
        for name, content in files.items():
            (temporary / "mine" / name).parent.mkdir(parents=True, exist_ok=True)
            (temporary / "mine" / name).write_bytes(content)
        one, two = (packed(temporary / "mine", temporary / name) for name in ("one.zip", "two.zip"))
        assert one.read_bytes() == two.read_bytes()
        unpack(one, temporary / "out")
        out = temporary / "out"
        assert {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*.py")} == files
