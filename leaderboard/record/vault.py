"""Files that are kept under the digest of their content: what was taken in is whole, on the disk, and never changes."""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from benchmark.files import file_digest


@dataclass(frozen=True)
class Draft:
    """A file that is written and not kept yet. It stays open: its lock says that somebody still wants it."""

    path: Path
    digest: str
    size: int
    file: io.FileIO = field(repr=False, compare=False)

    def discard(self) -> None:
        self.file.close()
        self.path.unlink(missing_ok=True)


class Writing:
    """A draft while it is written, in a folder beside the kept files."""

    def __init__(self, folder: Path) -> None:
        self.size = 0
        self._digest = hashlib.sha256()
        self.path, self._file = _locked(folder)

    def write(self, chunk: bytes | memoryview) -> None:
        """Raises OSError, such as for a full disk."""
        rest = memoryview(chunk)
        self._digest.update(rest)
        self.size += len(rest)
        while rest:
            rest = rest[self._file.write(rest) :]

    def done(self) -> Draft:
        return Draft(self.path, self._digest.hexdigest(), self.size, self._file)

    def discard(self) -> None:
        self._file.close()
        self.path.unlink(missing_ok=True)


@dataclass(frozen=True)
class Vault:
    """A folder of files named by their SHA-256; `incoming` in it holds what is not kept yet."""

    root: Path

    @property
    def incoming(self) -> Path:
        return self.root / "incoming"

    def path(self, digest: str) -> Path:
        return self.root / digest

    def begin(self) -> Writing:
        """Begin a draft whose content comes piece by piece. Raises OSError."""
        self.incoming.mkdir(parents=True, exist_ok=True)
        return Writing(self.incoming)

    def draft(self, chunks: Iterable[bytes]) -> Draft:
        """Write the content that comes in chunks beside the kept files. Raises OSError; nothing is left of it then."""
        writing = self.begin()
        try:
            for chunk in chunks:
                writing.write(chunk)
            return writing.done()
        except BaseException:
            writing.discard()
            raise

    def keep(self, drafts: Sequence[Draft]) -> None:
        """Keep drafts for ever: all are on the disk when this returns. Raises OSError where that fails.

        They are synced side by side, so that several cost little more than one.
        """
        with ThreadPoolExecutor(max(len(drafts), 1)) as pool:
            list(pool.map(lambda draft: os.fsync(draft.file.fileno()), drafts))
        for draft in drafts:
            os.replace(draft.path, self.path(draft.digest))
            draft.file.close()
        _sync(self.root)

    def put(self, chunks: Iterable[bytes]) -> str:
        """Keep a content at once and return its SHA-256."""
        draft = self.draft(chunks)
        try:
            self.keep([draft])
        finally:
            draft.discard()
        return draft.digest

    def faults(self, digests: Iterable[str]) -> list[str]:
        """Which of these files are missing or changed, in words."""
        found = []
        for digest in sorted(set(digests)):
            path = self.path(digest)
            if not path.is_file():
                found.append(f"file {digest} is missing")
            elif file_digest(path) != digest:
                found.append(f"file {digest} has another content")
        return found

    def clear_incoming(self) -> None:
        """Remove what killed processes left half-written; what a running one is at stays."""
        for path in self.incoming.glob("*"):
            with suppress(OSError), path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()


def _locked(folder: Path) -> tuple[Path, io.FileIO]:
    """A new file with a lock on it, which goes with the process."""
    while True:
        path = folder / uuid4().hex
        file = path.open("xb", buffering=0)
        fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file.fileno()).st_nlink:
            return path, file
        file.close()  # cleared before it was locked


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
