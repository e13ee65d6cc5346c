"""The data of a competition on their way to this machine: gone on with after a break, checked, unpacked with care."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmark.errors import UserError
from benchmark.files import copy_file, file_digest, new_folder, temporary_folder, write_bytes
from benchmark.home import task_folder
from benchmark.task import Task, open_task, verify
from leaderboard.client.connection import Away, Connection
from leaderboard.client.plain import one_line
from leaderboard.client.progress import Advance

_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+-]{0,200}")
_TASK = re.compile(r"[a-z0-9_]{1,100}")
_VERSION = re.compile(r"[0-9][0-9A-Za-z.+-]{0,100}")
_UNREADABLE = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError)


class Changed(UserError):
    """The server has another file now than the one that it listed."""


@dataclass(frozen=True)
class Listed:
    """A file that the server offers; `task` is the task whose data it holds, or None."""

    file: str
    size: int
    sha256: str
    task: str | None

    def __post_init__(self) -> None:
        if not _FILE.fullmatch(self.file) or not re.fullmatch("[0-9a-f]{64}", self.sha256):
            raise UserError("The server offers a file under a strange name.", given=one_line(self.file))


@dataclass(frozen=True)
class Version:
    """Which data set a task of the competition is."""

    name: str
    version: str
    digest: str

    def __post_init__(self) -> None:
        if not _TASK.fullmatch(self.name) or not _VERSION.fullmatch(self.version):
            raise UserError(
                "The server offers a task under a strange name.",
                given=one_line(f"{self.name} {self.version}"),
            )

    @property
    def folder(self) -> Path:
        return task_folder(self.name, self.version)

    def find(self) -> Task | None:
        """The task, if it is on this machine. UserError where it is damaged, or other data stand in its place."""
        if not self.folder.exists():
            return None
        do = f"Move {self.folder} away and download the task again."
        try:
            task = open_task(self.folder)
            verify(task.folder, task.card["files"], list(task.card["files"]))
        except UserError as error:
            raise UserError(
                f"The data of {self.name} on this machine are damaged: {error.problem}", do=do
            ) from None
        self._require_same(task, do)
        return task

    def unpack(self, archive: Path) -> Task:
        """Unpack a downloaded task; its folder appears whole or not at all."""
        with new_folder(self.folder) as draft:
            unzip(archive, draft)
            self._require_same(open_task(draft), "Tell the organizer.")
        return open_task(self.folder)

    def _require_same(self, task: Task, do: str) -> None:
        given = f"{task.name} {task.version}, digest {task.digest}"
        allowed = f"{self.name} {self.version}, digest {self.digest}"
        if given != allowed:
            raise UserError(
                f"These data are not the ones that the competition asks about: {task.folder}",
                allowed=allowed,
                given=one_line(given),
                do=do,
            )


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """No other process downloads into a folder for the length of a block. UserError where one does."""
    folder.mkdir(parents=True, exist_ok=True)
    opened = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UserError(
                "Another process downloads this competition's data.",
                given=str(folder),
                do="Wait for it; what it brings is here then.",
            ) from None
        yield
    finally:
        os.close(opened)


def fetch(connection: Connection, listed: Listed, folder: Path, advance: Advance) -> Path:
    """Download a file into `folder` and return its path; what came of it before is kept.

    Raises Changed where the server has another file by now; UserError where it cannot be had whole.
    """
    part = folder / f"{listed.sha256[:16]}-{listed.file}.part"
    for last in (False, True):
        _fill(connection, listed, part, advance)
        if file_digest(part) == listed.sha256:
            return part
        part.unlink()
        if last:
            break
    raise UserError(
        f"{listed.file} does not arrive as it was published.",
        allowed=f"SHA-256 {listed.sha256}",
        do="Something on the way changes it. Try from another network, or tell the organizer.",
    )


def _fill(connection: Connection, listed: Listed, part: Path, advance: Advance) -> None:
    """Bring the part up to its full size. Gives up only where several attempts in a row have brought nothing."""
    while True:
        before = _size(part)
        try:
            connection.patiently(lambda: _go_on(connection, listed, part, advance))
            return
        except Away:
            if _size(part) <= before:
                raise


def _go_on(connection: Connection, listed: Listed, part: Path, advance: Advance) -> None:
    have = _size(part)
    advance(have)
    if have >= listed.size:
        return
    etag = f'"{listed.sha256}"'
    headers = {"Accept-Encoding": "identity"}
    if have:
        headers |= {"Range": f"bytes={have}-", "If-Range": etag}
    with connection.streaming(f"/data/{listed.file}", headers) as response:
        if response.headers.get("etag", etag).removeprefix("W/") != etag:
            raise Changed(f"{listed.file} has changed on the server.")
        goes_on = response.status_code == 206
        if goes_on and not response.headers.get("content-range", "").startswith(f"bytes {have}-"):
            raise UserError(f"The server sends another piece of {listed.file} than was asked for.")
        have = have if goes_on else 0
        try:
            with part.open("ab" if goes_on else "wb") as file:
                for chunk in response.iter_bytes():
                    have += file.write(chunk)
                    advance(have)
                    if have > listed.size:
                        raise Changed(f"{listed.file} is larger than the server listed.")
        except OSError as error:
            raise UserError(
                f"{listed.file} cannot be written.",
                given=f"{error.strerror}: {part}",
                do="Make room; the download goes on from where it is.",
            ) from None


def unzip(archive: Path, folder: Path) -> None:
    """Unpack a zip below an empty folder. UserError for one that would write elsewhere or more than there is room."""
    try:
        with zipfile.ZipFile(archive) as opened:
            members = [info for info in opened.infolist() if not info.is_dir()]
            for info in members:
                _require_harmless(info)
            need, free = sum(info.file_size for info in members), shutil.disk_usage(folder).free
            if need > free:
                raise UserError(
                    "There is no room for the data.",
                    allowed=f"{free:,} bytes are free",
                    given=f"{need:,} bytes at {folder.parent}",
                )
            for info in members:
                target = folder / info.filename
                target.parent.mkdir(parents=True, exist_ok=True)
                with opened.open(info) as source, target.open("xb") as file:
                    shutil.copyfileobj(source, file)
    except (*_UNREADABLE, OSError) as error:
        raise UserError(f"{archive.name} cannot be unpacked.", given=one_line(error)) from None


def place(archive: Path, folder: Path) -> None:
    """Put the files of a zip where they are missing; those that are there stay."""
    with temporary_folder() as temporary:
        unzip(archive, temporary)
        for source in sorted(path for path in temporary.rglob("*") if path.is_file()):
            target = folder / source.relative_to(temporary)
            if not target.exists():
                copy_file(source, target)


def replace_file(path: Path, content: bytes) -> None:
    """Write a file; one with another content that is there stays beside it as `<name>.before`."""
    if path.is_file() and path.read_bytes() != content:
        os.replace(path, path.with_name(f"{path.name}.before"))
    write_bytes(path, content)


def listed_files(content: Any) -> list[Listed]:
    """The server's list of files."""
    return [Listed(one["file"], int(one["size"]), one["sha256"], one["task"]) for one in content]


def listed_versions(content: Any) -> dict[str, Version]:
    """The tasks of the server's list, by name."""
    return {one["name"]: Version(one["name"], one["version"], one["digest"]) for one in content}


def _require_harmless(info: zipfile.ZipInfo) -> None:
    parts = info.filename.split("/")
    strange = "\\" in info.filename or ":" in info.filename or not info.filename.isprintable()
    mode = stat.S_IFMT(info.external_attr >> 16)
    if strange or any(part in ("", ".", "..") for part in parts) or mode not in (0, stat.S_IFREG):
        raise UserError("The archive holds a file that is not unpacked.", given=one_line(info.filename))


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
