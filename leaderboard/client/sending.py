"""A submission on its way to the server: files read piece by piece, sent again where a connection broke."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmark.errors import UserError
from benchmark.files import file_digest
from leaderboard.client.connection import Connection
from leaderboard.client.progress import Advance, bars

if TYPE_CHECKING:
    from benchmark.predictions import Predictions


def as_file(name: str, given: Predictions, folder: Path) -> Path:
    """A file of the predictions for the task `name`; frames and tables are written below `folder`."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    if isinstance(given, (str, Path)):
        if not Path(given).is_file():
            raise UserError(f"There is no predictions file {given}.", do="Give a .parquet or .csv file.")
        return Path(given)
    path = folder / f"{name}.parquet"
    try:
        if isinstance(given, pd.DataFrame):
            named = given.index.name is not None and given.index.name not in given.columns
            given = pa.Table.from_pandas(given.reset_index() if named else given, preserve_index=False)
        pq.write_table(given, path)
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise UserError(f"The predictions for {name} are no table.", given=str(error)) from None
    return path


def send(connection: Connection, files: Mapping[str, Path], note: str) -> dict[str, Any]:
    """Hand in files by the names of their parts and return the receipt.

    The key under which they go is made of their digests, so that the same files are one submission.
    """
    digests = {name: file_digest(path) for name, path in files.items()}
    key = hashlib.sha256(repr(sorted(digests.items())).encode()).hexdigest()
    total = sum(path.stat().st_size for path in files.values())
    with ExitStack() as stack:
        advance = stack.enter_context(bars()).begin("submitting", total)
        done: dict[str, int] = {}
        parts = {
            name: (name, stack.enter_context(_Watched(path, _sum(done, name, advance))))
            for name, path in files.items()
        }
        receipt: dict[str, Any] = connection.post(
            "/api/submissions", data={"note": note}, files=parts, headers={"Idempotency-Key": key}
        )
    if receipt["files"] != digests:
        raise UserError(
            "The server took in other files than were sent.", given=str(receipt["files"]), do="Submit again."
        )
    return receipt


class _Watched(io.FileIO):
    """A file that says how far it has been read."""

    def __init__(self, path: Path, watch: Advance) -> None:
        super().__init__(path)
        self._watch = watch

    def read(self, size: int | None = -1, /) -> bytes:
        content = super().read(size)
        self._watch(self.tell())
        return content or b""


def _sum(done: dict[str, int], name: str, advance: Advance) -> Callable[[int], None]:
    """Tells `advance` of all files when one of them is read further."""

    def count(read: int) -> None:
        done[name] = read
        advance(sum(done.values()))

    return count
