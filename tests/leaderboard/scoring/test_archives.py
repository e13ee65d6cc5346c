"""Archives from strangers: honest ones open, hostile ones leave nothing behind."""

from __future__ import annotations

import io
import os
import struct
import tarfile
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import leaderboard.scoring.archives as archives
from benchmark.files import temporary_folder
from benchmark.predictions import Fault
from leaderboard.scoring.archives import BadArchive, check_archive, unpack

SOLUTION = b"def build(task):\n    return None\n"


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def tarred(path: Path, files: dict[str, bytes], how: str = "w:gz") -> Path:
    with tarfile.open(path, how) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def faults(path: Path) -> list[Fault]:
    with temporary_folder() as folder:
        return check_archive(path, folder / "solution")


def codes(path: Path) -> set[str]:
    return {fault.code for fault in faults(path)}


@pytest.mark.parametrize("make", [zipped, tarred, lambda path, files: tarred(path, files, "w")])
@pytest.mark.parametrize("top", ["", "mine/", "./", "./mine/"])
def test_an_honest_archive_opens(tmp_path: Path, make: Callable[..., Path], top: str) -> None:
    files = {
        f"{top}solution.py": SOLUTION,
        f"{top}more/weights.bin": os.urandom(70_000),
        "__MACOSX/._x": b"x",
    }
    path = make(tmp_path / "archive", files)
    assert faults(path) == []
    unpack(path, tmp_path / "here")
    found = {
        str(one.relative_to(tmp_path / "here")) for one in (tmp_path / "here").rglob("*") if one.is_file()
    }
    assert found == {"solution.py", "more/weights.bin"}
    assert (tmp_path / "here" / "more" / "weights.bin").read_bytes() == files[f"{top}more/weights.bin"]


def test_a_command_may_be_executed_and_nothing_else_of_a_mode_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "archive"
    with tarfile.open(path, "w:gz") as archive:
        for name, mode in (("solution.toml", 0o600), ("solve", 0o6777)):
            content = b'command = ["./solve"]'
            info = tarfile.TarInfo(name)
            info.size, info.mode, info.uid, info.mtime = len(content), mode, 0, 1
            archive.addfile(info, io.BytesIO(content))
    unpack(path, tmp_path / "here")
    assert (tmp_path / "here" / "solve").stat().st_mode & 0o7777 == 0o755
    assert (tmp_path / "here" / "solution.toml").stat().st_mode & 0o7777 == 0o644
    assert faults(path) == []


@pytest.mark.parametrize("make", [zipped, tarred])
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../escape.py", "unsafe path"),
        ("a/../../escape.py", "unsafe path"),
        ("/tmp/escape.py", "unsafe path"),
        ("a//b", "unsafe path"),
        ("a/./b", "unsafe path"),
        ("C:\\escape", "unsafe path"),
        ("a\nb", "unsafe path"),
        ("a\u202eb", "unsafe path"),
        ("SOLUTION.py", "repeated path"),
        ("ﬁle", ""),
        ("solution.py/inner", "repeated path"),
        ("/".join(["deep"] * 60), "long path"),
        ("x" * 201, "long path"),
    ],
)
def test_hostile_names_are_refused(tmp_path: Path, make: Callable[..., Path], name: str, code: str) -> None:
    path = make(tmp_path / "archive", {"solution.py": SOLUTION, name: b"x"})
    assert codes(path) == ({code} if code else set())
    if code:
        with pytest.raises(BadArchive):
            unpack(path, tmp_path / "here")
        assert os.listdir(tmp_path) == ["archive"]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_in_a_tar_are_refused(tmp_path: Path, kind: bytes) -> None:
    path = tmp_path / "archive"
    with tarfile.open(path, "w") as archive:
        info = tarfile.TarInfo("solution.py")
        info.type, info.linkname = kind, "/etc/passwd"
        archive.addfile(info)
    assert codes(path) == {"not a file"}


def test_links_and_secrets_in_a_zip_are_refused(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("solution.py")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    path = tmp_path / "link"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    assert codes(path) == {"not a file"}
    path = zipped(tmp_path / "locked", {"solution.py": SOLUTION})
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1  # the flag of encryption
    path.write_bytes(content)
    assert codes(path) == {"not a file"}
    with zipfile.ZipFile(tmp_path / "lzma", "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("solution.py", SOLUTION)
    assert codes(tmp_path / "lzma") == {"not a file"}


def test_twice_the_same_name(tmp_path: Path) -> None:
    path = tmp_path / "archive"
    with tarfile.open(path, "w") as archive:
        for _ in range(2):
            info = tarfile.TarInfo("solution.py")
            info.size = len(SOLUTION)
            archive.addfile(info, io.BytesIO(SOLUTION))
    assert codes(path) == {"repeated path"}


@pytest.mark.parametrize("make", [zipped, tarred])
def test_bombs_are_stopped_while_they_unpack(
    tmp_path: Path, make: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MOST_UNPACKED", 2_000_000)
    monkeypatch.setattr(archives, "MOST_FILE", 1_500_000)
    one = make(tmp_path / "one", {"solution.py": SOLUTION, "zeros": bytes(1_600_000)})
    several = make(tmp_path / "several", {f"zeros{n}": bytes(700_000) for n in range(3)})
    for path in (one, several):
        assert path.stat().st_size < 20_000
        assert codes(path) == {"too large"}
    monkeypatch.setattr(archives, "MOST_FILES", 10)
    many = make(tmp_path / "many", {f"file{n}": b"" for n in range(11)})
    assert codes(many) == {"too many files"}


def test_a_zip_that_lies_about_its_sizes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zipped(tmp_path / "archive", {"solution.py": SOLUTION, "zeros": bytes(3_000_000)})
    content = path.read_bytes().replace(struct.pack("<I", 3_000_000), struct.pack("<I", 100))
    path.write_bytes(content)
    monkeypatch.setattr(archives, "MOST_UNPACKED", 1_000_000)
    assert codes(path) <= {"damaged", "too large"}
    assert codes(path)


def test_a_zip_that_hides_its_directory(tmp_path: Path) -> None:
    """The letters that begin the end record stand in that record's own counts, too."""
    path = zipped(tmp_path / "archive.zip", {"solution.py": SOLUTION} | {f"{n}": b"" for n in range(40_000)})
    content = bytearray(path.read_bytes())
    content[-14:-10] = b"PK\5\6"
    path.write_bytes(content)
    assert codes(path) == {"too many files"}


def test_large_headers_are_refused_before_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "pax"
    with tarfile.open(path, "w:gz", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("solution.py")
        info.pax_headers = {"comment": "x" * 5_000_000}
        archive.addfile(info)
    assert codes(path) == {"too large"}
    path = zipped(tmp_path / "zip", {"solution.py": SOLUTION})
    content = bytearray(path.read_bytes())
    end = content.rindex(b"PK\x05\x06")
    content[end + 12 : end + 16] = struct.pack("<I", 2**31)
    path.write_bytes(content)
    assert codes(path) == {"too many files"}


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({}, "no solution"),
        ({"readme.md": b""}, "no solution"),
        ({"a/solution.py": SOLUTION, "b/x": b""}, "no solution"),
        ({"solution.py": b"x = 1"}, "no solution"),
        ({"solution.py": b"def build(:"}, "no solution"),
        ({"solution.py": b"\xff\xfe"}, "no solution"),
        ({"solution.toml": b"command = 1"}, "no solution"),
        ({"solution.py": SOLUTION, "requirements.txt": b"-r /etc/passwd"}, "no solution"),
        ({"solution.py": SOLUTION + b"#" * 10**6}, "too large"),
    ],
)
def test_what_is_no_solution(tmp_path: Path, files: dict[str, bytes], code: str) -> None:
    [fault] = faults(tarred(tmp_path / "archive", files))
    assert fault.code == code
    assert "/tmp" not in fault.message


def test_an_empty_zip_is_an_archive_without_a_solution(tmp_path: Path) -> None:
    assert codes(zipped(tmp_path / "archive", {})) == {"no solution"}


def test_other_files_are_no_archives(tmp_path: Path) -> None:
    path = tmp_path / "x"
    for content in (
        b"",
        b"PK",
        b"PK\x03\x04",
        b"\x1f\x8b",
        b"\x1f\x8b" + bytes(50),
        bytes(257) + b"ustar" + bytes(300),
    ):
        path.write_bytes(content)
        assert codes(path) <= {"not an archive", "damaged", "no solution"}
        assert codes(path)


@given(st.data())
def test_no_damage_gets_anything_out_of_the_folder(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("damage")
    make = data.draw(st.sampled_from([zipped, tarred]))
    path = make(folder / "archive", {"solution.py": SOLUTION, "a/b": b"hello", "a/c": bytes(3_000)})
    content = bytearray(path.read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=8)):
        content[place] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(content[: data.draw(st.integers(0, len(content)))]))
    with suppress(BadArchive):
        unpack(path, folder / "here")
    assert set(os.listdir(folder)) <= {"archive", "here"}
