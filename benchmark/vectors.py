"""Embeddings that are computed once: a vector is found again by the digest of its exact input and by its encoder.

    store/  <digest of the encoder>/  encoder.json  <digest of the keys>.npy ...

A batch file is a NumPy array of one record: `key`, the SHA-256 of each input; `seconds`, what each vector took;
`vector`, float32. It is written whole or not at all, never changed, and read memory-mapped, never unpickled.

Runs as a part of the worker: needs NumPy only.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.files import write_bytes, write_json

BATCH = 512  # inputs: what a stopped run loses at most
LARGEST = 64 * 2**20  # bytes of a file that is adopted


@dataclass(frozen=True)
class Encoder:
    """What makes a vector of an input; where one of these differs, vectors are not shared."""

    name: str
    revision: str
    pooling: str
    dimension: int

    @property
    def digest(self) -> str:
        """Names the folder of the encoder's vectors."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class _Batch:
    """Vectors of some inputs: key of shape (n,), 32 bytes; seconds (n,) and vector (n, dimension), float32."""

    key: NDArray[np.void]
    seconds: NDArray[np.float32]
    vector: NDArray[np.float32]

    @property
    def name(self) -> str:
        """The file's name; the same for what two runs computed at the same time."""
        return hashlib.sha256(self.key.tobytes()).hexdigest() + ".npy"

    def write(self, folder: Path, encoder: Encoder) -> None:
        record = np.empty(1, _layout(*self.vector.shape))
        for part in ("key", "seconds", "vector"):
            record[part] = getattr(self, part)
        content = BytesIO()
        np.save(content, record, allow_pickle=False)
        if not (folder / "encoder.json").exists():
            write_json(folder / "encoder.json", asdict(encoder))
        write_bytes(folder / self.name, content.getvalue())


class Vectors:
    """The cache as one process sees it: `store` is only read, `new` takes what is computed here.

    `spent` is the seconds of computing in this process, `saved` what was once spent on the vectors found in the
    store, each counted once. Their sum is what the embeddings cost, cached or not.
    """

    def __init__(self, store: Path | None = None, new: Path | None = None) -> None:
        self.store, self.new = store, new
        self.spent = self.saved = 0.0
        self._kept: list[tuple[Encoder, _Batch]] = []
        self._counted: set[tuple[Encoder, bytes]] = set()

    def of(
        self,
        encoder: Encoder,
        inputs: Sequence[bytes],
        compute: Callable[[list[int]], NDArray[np.float32]],
    ) -> NDArray[np.float32]:
        """The vector of each input; float32 of shape (inputs, dimension).

        `compute(positions)` gives the vectors of the inputs at these positions, in their order. It is asked for
        each distinct unknown input once, in batches; a finished batch outlives a run that is stopped.

        >>> length = Encoder("length", "1", "none", 1)
        >>> Vectors().of(length, [b"tea", b"oolong", b"tea"], lambda at: np.float32([[3], [6]])).tolist()
        [[3.0], [6.0], [3.0]]
        """
        places: dict[bytes, list[int]] = {}
        for position, content in enumerate(inputs):
            places.setdefault(hashlib.sha256(content).digest(), []).append(position)
        vectors = np.empty((len(inputs), encoder.dimension), np.float32)
        for batch, stored in self._batches(encoder):
            for row, key in enumerate(batch.key.tolist()):
                if positions := places.pop(key, None):
                    vectors[positions] = batch.vector[row]
                    if stored and (encoder, key) not in self._counted:
                        self._counted.add((encoder, key))
                        self.saved += float(batch.seconds[row])
            if not places:
                break
        unknown = list(places)
        for start in range(0, len(unknown), BATCH):
            keys = unknown[start : start + BATCH]
            batch = self._compute(encoder, keys, compute, [places[key][0] for key in keys])
            for key, vector in zip(keys, batch.vector, strict=True):
                vectors[places[key]] = vector
        return vectors

    def _compute(
        self,
        encoder: Encoder,
        keys: list[bytes],
        compute: Callable[[list[int]], NDArray[np.float32]],
        positions: list[int],
    ) -> _Batch:
        started = time.monotonic()
        vector = np.asarray(compute(positions), np.float32)
        seconds = time.monotonic() - started
        if vector.shape != (len(keys), encoder.dimension):
            raise ValueError(
                f"{encoder.name}: vectors of shape {(len(keys), encoder.dimension)} expected, got {vector.shape}"
            )
        self.spent += seconds
        key = np.frombuffer(b"".join(keys), "V32")
        batch = _Batch(key, np.full(len(keys), seconds / len(keys), np.float32), vector)
        if self.new is None:
            self._kept.append((encoder, batch))
        else:
            batch.write(self.new / encoder.digest, encoder)
        return batch

    def _batches(self, encoder: Encoder) -> Iterator[tuple[_Batch, bool]]:
        """The batches of this encoder, and whether each is from the store."""
        for folder in (self.new, self.store):
            for path in [] if folder is None else (folder / encoder.digest).glob("*.npy"):
                if batch := _read(path, encoder):
                    yield batch, folder is self.store
        yield from ((batch, False) for other, batch in self._kept if other == encoder)


def adopt(new: Path, store: Path, limit: int) -> None:
    """Move the batches of a finished run into the store, then delete the oldest beyond `limit` bytes.

    Whatever is not a batch, or not where its content says, is left. Several processes may adopt at a time.
    """
    for folder in _entries(new):
        if not (encoder := _encoder(folder)):
            continue
        for path in _entries(folder):
            if _regular(path, LARGEST) and (batch := _sound(path, encoder)):
                batch.write(store / encoder.digest, encoder)
                path.unlink()
    _evict(store, limit)


def _evict(store: Path, limit: int) -> None:
    found = []
    for path in store.glob("*/*.npy"):
        try:
            found.append((path.stat().st_mtime_ns, path.stat().st_size, path))
        except FileNotFoundError:
            continue  # another process was first
    total = sum(size for _, size, _ in found)
    for _, size, path in sorted(found):
        if total <= limit:
            break
        path.unlink(missing_ok=True)
        total -= size


def _layout(inputs: int, dimension: int) -> np.dtype[Any]:
    """One field after the other, so that keys are read without the vectors."""
    return np.dtype(
        [("key", "V32", (inputs,)), ("seconds", "<f4", (inputs,)), ("vector", "<f4", (inputs, dimension))]
    )


def _read(path: Path, encoder: Encoder) -> _Batch | None:
    """The batch in a file; None, where the file is gone or is no batch of this encoder."""
    try:
        record = np.lib.format.open_memmap(path, mode="r")[0]
        if record.dtype != _layout(len(record["key"]), encoder.dimension):
            return None
    except Exception:  # NumPy's parser of headers raises whatever it meets
        return None
    return _Batch(record["key"], record["seconds"], record["vector"])


def _sound(path: Path, encoder: Encoder) -> _Batch | None:
    batch = _read(path, encoder)
    if batch is None or batch.name != path.name:
        return None
    return batch if np.isfinite(batch.seconds).all() and (batch.seconds >= 0).all() else None


def _encoder(folder: Path) -> Encoder | None:
    """The encoder whose vectors a folder holds, where its name agrees."""
    path = folder / "encoder.json"
    if not _regular(path, 2**12):
        return None
    try:
        encoder = Encoder(**json.loads(path.read_bytes()))
    except (ValueError, TypeError, RecursionError):
        return None
    return encoder if encoder.digest == folder.name and isinstance(encoder.dimension, int) else None


def _entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() and not folder.is_symlink() else []


def _regular(path: Path, largest: int) -> bool:
    return path.is_file() and not path.is_symlink() and path.stat().st_size <= largest
