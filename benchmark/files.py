"""Files that are never half-written, and their digests.

What is in the making stands in folders named `*.unfinished`. Each is locked as long as its process lives, however
that ends; whoever makes the next one in the same place removes those that are not.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

_SUFFIX = ".unfinished"
_UNFINISHED = re.compile(r".+-[a-z0-9_]{8}\.unfinished")  # as tempfile draws them
_NO_LOCKS = (errno.EBADF, errno.EINVAL, errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP)


@contextmanager
def new_folder(target: Path, replace: bool = False) -> Iterator[Path]:
    """A temporary folder beside `target` that takes its name when the block ends without an error.

    Where `target` is there already, it stays (another process was first), unless `replace`.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with temporary_folder(target.parent, f".{target.name}-") as temporary:
        draft = temporary / "draft"
        draft.mkdir()
        yield draft
        if target.exists() and replace:
            os.rename(target, temporary / "old")
        if not target.exists():
            os.rename(draft, target)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a whole file: it appears complete, by rename, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}-{uuid4().hex}")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: Path, content: Any) -> None:
    """Write JSON for machines and for people: sorted keys, indented, no NaN."""
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    write_bytes(path, (text + "\n").encode())


def file_digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def folder_digest(folder: Path, files: Iterable[Path] | None = None) -> str:
    """The SHA-256 over the sorted lines `<sha256>  <relative path>` of a folder's files, or of some of them."""
    files = (path for path in folder.rglob("*") if path.is_file()) if files is None else files
    lines = sorted(f"{file_digest(path)}  {path.relative_to(folder).as_posix()}\n" for path in files)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def read_regular(path: Path, limit: int) -> bytes:
    """The bytes of a file that somebody hostile may have put there.

    Raises OSError for anything but a regular file (no link, pipe or device is opened, none blocks), and for one
    of more than `limit` bytes.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(f"{path.name} is not a regular file")
        if status.st_size > limit:
            raise OSError(f"{path.name} has {status.st_size} bytes; at most {limit} are taken")
        return file.read(limit)


@contextmanager
def temporary_folder(place: Path | None = None, prefix: str = "classmark-") -> Iterator[Path]:
    """A new folder that is removed at the end, whatever was put into it; those that killed processes left go first.

    `place` is where, without one the folder for temporary files.
    """
    place = place or Path(tempfile.gettempdir())
    _remove_abandoned(place)
    folder, lock = _make_locked(place, prefix)
    try:
        yield folder
    finally:
        remove_folder(folder)
        os.close(lock)


def _make_locked(place: Path, prefix: str) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(dir=place, prefix=prefix, suffix=_SUFFIX))
        with suppress(BlockingIOError, FileNotFoundError):  # another took it for abandoned
            return folder, _lock(folder, needed=False)


def _remove_abandoned(place: Path) -> None:
    """Remove this user's temporary folders whose lock nobody holds; where there are no locks, none."""
    with os.scandir(place) as entries:
        found = [entry for entry in entries if _UNFINISHED.fullmatch(entry.name)]
    for entry in found:
        with suppress(OSError):
            if entry.is_dir(follow_symlinks=False) and entry.stat().st_uid == os.geteuid():
                lock = _lock(Path(entry.path), needed=True)
                remove_folder(Path(entry.path))
                os.close(lock)


def _lock(folder: Path, needed: bool) -> int:
    """Lock a folder until the descriptor is closed, which no other program inherits, or the process ends.

    Raises BlockingIOError where another holds it, FileNotFoundError where the folder is gone. Not `needed`, it is only
    opened where the file system has no locks.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if needed or error.errno not in _NO_LOCKS:
                raise
        folder.stat()
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def remove_folder(folder: Path) -> None:
    """Remove a folder, whatever somebody hostile put into it: however deep, however many, closed to its own user."""
    remove = ["rm", "-rf", "--", str(folder)]
    if subprocess.run(remove, stderr=subprocess.DEVNULL).returncode:
        subprocess.run(["chmod", "-R", "u+rwx", "--", str(folder)], check=False)
        subprocess.run(remove, check=False)


def copy_file(source: Path, target: Path) -> None:
    """Copy bytes only, never metadata, and make the folder."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
