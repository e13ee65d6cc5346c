"""One independent random stream per purpose, all derived from one key.

Knowing one stream says nothing about another: each is a keyed BLAKE2b of its purpose.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np


class Streams:
    """Streams of a task version under a key.

    >>> streams = Streams(b"seed 0", "toy", "1.0.0")
    >>> streams.names("ids", ["0", "1"])
    ['d61b81b9b8b5337d', 'abffb6107946238b']
    >>> bool(streams.rng("split").random() == streams.rng("split").random())
    True
    """

    def __init__(self, key: bytes, task: str, version: str) -> None:
        self._key = hashlib.blake2b(f"{task} {version}".encode(), key=hashlib.sha256(key).digest()).digest()

    def key(self, purpose: str) -> bytes:
        """32 bytes for one purpose."""
        return hashlib.blake2b(purpose.encode(), key=self._key, digest_size=32).digest()

    def rng(self, purpose: str) -> np.random.Generator:
        """A numpy generator for one purpose, the same at every call."""
        return np.random.Generator(np.random.PCG64(int.from_bytes(self.key(purpose), "big")))

    def names(self, purpose: str, items: Iterable[str]) -> list[str]:
        """An opaque name of 16 hexadecimal digits for each item."""
        key = self.key(purpose)
        return [hashlib.blake2b(item.encode(), key=key, digest_size=8).hexdigest() for item in items]
