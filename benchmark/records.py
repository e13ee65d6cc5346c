"""The record of a run: one folder, complete or absent, that all comparison reads.

run.json             who, what, under which budget, how it ended, versions and digests
score.json           the score, where the run is ok
counts.npz           additive counts behind the headline: `constant`, and `headline` where the run is ok
predictions.parquet  what was predicted, as it came
log.txt              the tail of the log
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from benchmark.errors import UserError
from benchmark.files import new_folder, write_bytes, write_json

FORMAT = 2
STATUSES = frozenset({"ok", "failed", "timeout", "memory", "invalid", "unsupported"})


class DamagedRecord(UserError):
    """A record that cannot be read: cut short, or not all there."""

    def __init__(self, folder: Path, error: Exception) -> None:
        super().__init__(
            f"The record {folder} cannot be read.",
            given=f"{type(error).__name__}: {error}",
            do="Remove the folder; classmark run makes the run again.",
        )


@dataclass(frozen=True)
class Record:
    """A recorded run, read from its folder."""

    folder: Path
    run: dict[str, Any]
    score: dict[str, Any] | None

    @property
    def ok(self) -> bool:
        return bool(self.run["status"] == "ok")

    @property
    def settled(self) -> bool:
        """Whether the run is over and done with: not where this machine, its network or the suite failed."""
        return not (self.run.get("host") or self.run.get("trace"))

    @property
    def oracle(self) -> float | None:
        """The headline that could be known at best, where the task's card tells it and the run is ok."""
        return self.score["oracle"]["value"] if self.score and self.score["oracle"] else None

    def as_row(self) -> dict[str, Any]:
        """The row of a listing: what run.json says, the folder, and the headline or None."""
        headline = self.score["headline"] if self.score else None
        return self.run | {"folder": str(self.folder), "headline": headline}

    def counts(self, which: str) -> NDArray[np.float64]:
        """The additive counts of the headline (`headline`) or of the constant answer (`constant`).

        Raises DamagedRecord.
        """
        try:
            with np.load(self.folder / "counts.npz", allow_pickle=False) as arrays:
                counts: NDArray[np.float64] = arrays[which].astype(np.float64)
                return counts
        except (OSError, ValueError, EOFError, BadZipFile) as error:
            raise DamagedRecord(self.folder, error) from None


def record_folder(results: Path, run: dict[str, Any]) -> Path:
    """Where a run is recorded: solution / task-version / fold and seed and key."""
    fold = "test" if run["fold"] is None else f"fold{run['fold']}"
    task = f"{run['task']}-{run['version']}"
    return results / str(run["solution"]) / task / f"{fold}-seed{run['seed']}-{run['key'][:12]}"


def write_record(
    folder: Path,
    run: dict[str, Any],
    score: dict[str, Any] | None,
    counts: dict[str, NDArray[np.float64]],
    predictions: Path | None,
    log: str,
) -> Record:
    """Write a record; it appears as a whole, by rename, in place of one with the same key."""
    with new_folder(folder, replace=True) as draft:
        write_json(draft / "run.json", {"format": FORMAT, **run})
        if score is not None:
            write_json(draft / "score.json", score)
        buffer = io.BytesIO()
        np.savez_compressed(buffer, allow_pickle=False, **counts)
        write_bytes(draft / "counts.npz", buffer.getvalue())
        if predictions is not None:
            write_bytes(draft / f"predictions{predictions.suffix}", predictions.read_bytes())
        write_bytes(draft / "log.txt", log.encode())
    return read_record(folder)


def read_record(folder: Path) -> Record:
    """Read one record. Raises DamagedRecord, and UserError for one of another format."""
    try:
        run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        path = folder / "score.json"
        score = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
    except (OSError, ValueError) as error:
        raise DamagedRecord(folder, error) from None
    if run.get("format") != FORMAT:
        raise UserError(
            f"The record {folder} has another format.", allowed=str(FORMAT), given=str(run.get("format"))
        )
    return Record(folder, run, score)


def read_records(folders: Iterable[Path]) -> list[Record]:
    """All records below the folders, sorted by task, solution, fold, seed and start."""
    found = []
    for folder in folders:
        if not folder.is_dir():
            raise UserError(f"There is no results folder {folder}.", do="classmark run writes one.")
        for place, inside, files in os.walk(folder):
            inside[:] = [name for name in inside if not name.startswith(".")]  # those are being written
            if "run.json" in files:
                found.append(read_record(Path(place)))
    return sorted(found, key=_order)


def _order(record: Record) -> tuple[str, str, str, int, int, str]:
    run = record.run
    return run["task"], run["version"], run["solution"], run["fold"] or 0, run["seed"], run["started"]
