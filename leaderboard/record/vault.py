"""Files that are kept under the digest of their content: what was taken in is whole, on the disk, and never changes."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from benchmark.files import file_digest


@dataclass(frozen=True)
class Draft:
    """A file that is written and not kept yet."""

    path: Path
    digest: str
    size: int

    def discard(self) -> None:
        self.path.unlink(missing_ok=True)


class Writing:
    """A draft while it is written, beside the kept files."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self._digest = hashlib.sha256()
        self._file = path.open("xb", buffering=0)

    def write(self, chunk: bytes | memoryview) -> None:
        """Raises OSError, such as for a full disk."""
        rest = memoryview(chunk)
        self._digest.update(rest)
        self.size += len(rest)
        while rest:
            rest = rest[self._file.write(rest) :]

    def done(self) -> Draft:
        self._file.close()
        return Draft(self.path, self._digest.hexdigest(), self.size)

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
        return Writing(self.incoming / uuid4().hex)

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
            list(pool.map(lambda draft: _sync(draft.path), drafts))
        for draft in drafts:
            os.replace(draft.path, self.path(draft.digest))
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
        """Remove what a killed process left half-written."""
        shutil.rmtree(self.incoming, ignore_errors=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
