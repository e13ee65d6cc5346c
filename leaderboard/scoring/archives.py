"""Code submissions: a zip or tar of a solution's folder, unpacked without trusting a byte of it.

What an archive says of itself is looked at first; what comes out of it is counted while it comes, so that no lie about
sizes helps. Only regular files and folders are taken, under names that stay below the folder they are unpacked to.
"""

from __future__ import annotations

import errno
import gzip
import os
import stat
import struct
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from benchmark.errors import UserError
from benchmark.files import new_folder
from benchmark.predictions import Fault
from benchmark.requirements import wanted_requirements
from benchmark.solutions import load_solution

MOST_PACKED = 50 * 10**6
MOST_UNPACKED = 500 * 10**6
MOST_FILE = 250 * 10**6
MOST_FILES = 2_000
MOST_PATH = 200
MOST_SOURCE = 10**6
_CHUNK = 2**16
_HEADERS = 2**20  # bytes that may be read to find the next file of a tar
_DIRECTORY = MOST_FILES * 1_000  # bytes of a zip's directory
SOLUTIONS = ("solution.py", "solution.toml")
_READ_HERE = (*SOLUTIONS, "requirements.txt", "pyproject.toml")
_PASSED_OVER = {"__MACOSX", ".DS_Store"}
_DAMAGED = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    ValueError,
    LookupError,
    RuntimeError,
    struct.error,
)


class BadArchive(UserError):
    """An archive that is not taken; `faults` say why."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("The archive is not taken: " + "; ".join(map(str, faults)))
        self.faults = list(faults)


@dataclass(frozen=True)
class _Member:
    """A file or folder as the archive tells it; `what` is "file", "folder", or what it is instead."""

    name: str
    what: str
    size: int = 0
    executable: bool = False
    content: IO[bytes] | None = None


def check_archive(path: Path, folder: Path) -> list[Fault]:
    """What keeps an archive from being taken; empty where it holds a solution. Nothing of it is run.

    It is unpacked to the new folder `folder`. The caller removes it: what is in the archive may end this process.
    """
    try:
        unpack(path, folder)
        wanted_requirements(load_solution(str(folder)))
    except BadArchive as error:
        return error.faults
    except (UserError, ValueError, RecursionError, MemoryError) as error:
        return [Fault("no solution", str(error).replace(f"{folder}/", "").replace(str(folder), "solution"))]
    return []


def unpack(path: Path, folder: Path) -> None:
    """Unpack a solution's archive to a new folder, which appears whole or not at all. BadArchive lists the faults.

    Where all stands in one folder of the archive, that folder becomes `folder`.
    """
    if path.stat().st_size > MOST_PACKED:
        raise BadArchive(Fault("too large", f"The archive has more than {MOST_PACKED:,} bytes."))
    with new_folder(folder) as draft:
        try:
            _write_all(path, draft)
        except (*_DAMAGED, OSError) as error:
            if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
                raise  # of this disk, not of the archive
            raise BadArchive(Fault("damaged", f"The archive is damaged ({type(error).__name__}).")) from None
        top = _top(draft)
        for name in _READ_HERE:
            if (top / name).is_file() and (top / name).stat().st_size > MOST_SOURCE:
                raise BadArchive(Fault("too large", f"{name} has more than {MOST_SOURCE:,} bytes."))
        if top != draft:
            os.rename(top, draft.with_name("top"))
            os.rmdir(draft)
            os.rename(draft.with_name("top"), draft)


def _write_all(path: Path, drawer: Path) -> None:
    """Write all members below the drawer, or raise BadArchive with all faults of their names."""
    faults: list[Fault] = []
    seen: dict[str, tuple[str, str]] = {}
    total = 0
    with _members(path) as members:
        for count, member in enumerate(members, 1):
            if count > MOST_FILES:
                raise BadArchive(
                    Fault("too many files", f"The archive holds more than {MOST_FILES:,} files.")
                )
            name = member.name.removeprefix("./").removesuffix("/")
            if name in ("", ".") or _PASSED_OVER & set(name.split("/")):
                continue
            faults += _faults(member, name, seen)
            if faults:
                continue
            if member.content is None:
                (drawer / name).mkdir(parents=True, exist_ok=True)
            else:
                total += _write(member, member.content, drawer / name, total)
    if faults:
        raise BadArchive(*faults[:20])


def _faults(member: _Member, name: str, seen: dict[str, tuple[str, str]]) -> list[Fault]:
    """What is wrong with a member's name or nature. `seen` are the kinds and spellings of paths, by folded path."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in member.name)[:MOST_PATH]
    parts = name.split("/")

    def fault(code: str, message: str) -> list[Fault]:
        return [Fault(code, message, 1, examples=(shown,))]

    if "\\" in name or any(
        part in ("", ".", "..") or any(unicodedata.category(letter)[0] == "C" for letter in part)
        for part in parts
    ):
        return fault("unsafe path", "A path is absolute, leads upwards or holds letters that no path needs.")
    if len(name.encode()) > MOST_PATH:
        return fault("long path", f"A path has more than {MOST_PATH} bytes.")
    if member.what not in ("file", "folder"):
        return fault("not a file", f"A {member.what} is not taken: files and folders are.")
    for depth in range(1, len(parts) + 1):
        here = "/".join(parts[:depth])
        given = (member.what if depth == len(parts) else "folder", here)
        folded = unicodedata.normalize("NFKC", here).casefold()
        if folded in seen and (seen[folded] != given or given[0] == "file"):
            return fault("repeated path", "A path is there already, or differs from another in case alone.")
        seen[folded] = given
    return []


def _write(member: _Member, content: IO[bytes], path: Path, before: int) -> int:
    """Write a file of which `before` bytes of others are written already; return its size."""
    most, size = min(MOST_FILE, MOST_UNPACKED - before), 0
    large = Fault(
        "too large",
        f"The archive unpacks to more than {MOST_FILE:,} bytes in one file or {MOST_UNPACKED:,} in all.",
    )
    if member.size > most:
        raise BadArchive(large)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        while chunk := content.read(_CHUNK):
            size += file.write(chunk)
            if size > most:
                raise BadArchive(large)
    path.chmod(0o755 if member.executable else 0o644)
    return size


def _top(drawer: Path) -> Path:
    """The folder in which the solution stands: the drawer, or the only folder in it."""
    for folder in [drawer, *(path for path in drawer.iterdir() if len(os.listdir(drawer)) == 1)]:
        if any((folder / name).is_file() for name in SOLUTIONS):
            return folder
    raise BadArchive(Fault("no solution", f"No {' or '.join(SOLUTIONS)} stands at the top of the archive."))


@contextmanager
def _members(path: Path) -> Iterator[Iterator[_Member]]:
    """What an archive holds, one by one; each content can be read until the next one is asked for."""
    with path.open("rb") as file:
        head = file.read(512)
        file.seek(0)
        if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            _refuse_large_directory(file)
            with zipfile.ZipFile(file) as archive:
                yield _of_zip(archive)
        elif head.startswith(b"\x1f\x8b"):
            with gzip.GzipFile(fileobj=file) as unzipped:
                yield _of_tar(_Rationed(cast(IO[bytes], unzipped)))
        elif head[257:262] == b"ustar":
            yield _of_tar(_Rationed(file))
        else:
            raise BadArchive(
                Fault("not an archive", "The file is neither a zip nor a tar (.tar or .tar.gz).")
            )


def _refuse_large_directory(file: IO[bytes]) -> None:
    """A zip's directory is read as a whole: refuse a large one, and one of the 64-bit kind, before that."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 2**16 - 64))
    tail = file.read()
    bare = tail[-22:].startswith(b"PK\x05\x06") and tail.endswith(b"\0\0")  # zipfile looks there first
    end = len(tail) - 22 if bare else tail.rfind(b"PK\x05\x06")
    file.seek(0)
    if end < 0:
        raise BadArchive(Fault("damaged", "The zip has no directory."))
    if int.from_bytes(tail[end + 12 : end + 16], "little") > _DIRECTORY or b"PK\x06\x07" in tail[:end][-20:]:
        raise BadArchive(Fault("too many files", f"The archive holds more than {MOST_FILES:,} files."))


def _of_zip(archive: zipfile.ZipFile) -> Iterator[_Member]:
    for info in archive.infolist():
        mode = info.external_attr >> 16
        special = stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR)
        if special:
            yield _Member(info.filename, "link or device")
        elif info.flag_bits & 0x1:
            yield _Member(info.filename, "file under a password")
        elif info.is_dir():
            yield _Member(info.filename, "folder")
        elif info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            yield _Member(info.filename, "file that is packed by an unusual method")
        else:
            with archive.open(info) as content:
                yield _Member(info.filename, "file", info.file_size, bool(mode & 0o111), content)


class _Rationed:
    """A stream of which no more is read than was granted: a tar's headers may ask for any amount."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._left = MOST_UNPACKED + MOST_FILES * _CHUNK
        self.granted = _HEADERS

    def read(self, size: int) -> bytes:
        self.granted -= size
        self._left -= size
        if min(self.granted, self._left) < 0:
            raise BadArchive(Fault("too large", "The archive, or a header in it, is too large."))
        return self._stream.read(size)


def _of_tar(stream: _Rationed) -> Iterator[_Member]:
    with tarfile.open(fileobj=stream, mode="r|", encoding="utf-8") as archive:  # type: ignore[call-overload]
        for info in archive:
            stream.granted = min(info.size, MOST_FILE) + _HEADERS
            if info.isdir():
                yield _Member(info.name, "folder")
            elif info.isreg() and not info.issparse():
                content = archive.extractfile(info)
                yield _Member(info.name, "file", info.size, bool(info.mode & 0o111), content)
            else:
                yield _Member(info.name, "link or device")
