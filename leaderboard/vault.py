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


@dataclass(frozen=True)
class Vault:
    """A folder of files named by their SHA-256; `incoming` in it holds what is not kept yet."""

    root: Path

    @property
    def incoming(self) -> Path:
        return self.root / "incoming"

    def path(self, digest: str) -> Path:
        return self.root / digest

    def draft(self, chunks: Iterable[bytes]) -> Draft:
        """Write the content that comes in chunks beside the kept files. Raises OSError; nothing is left of it then."""
        self.incoming.mkdir(parents=True, exist_ok=True)
        path, digest, size = self.incoming / uuid4().hex, hashlib.sha256(), 0
        try:
            with path.open("xb") as file:
                for chunk in chunks:
                    digest.update(chunk)
                    size += file.write(chunk)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return Draft(path, digest.hexdigest(), size)

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
