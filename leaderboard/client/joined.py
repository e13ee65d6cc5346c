"""What this machine keeps of the competitions that its user takes part in.

CLASSMARK_HOME/competitions/
    <name>.json             address, team and token; nobody but its owner may read it
    <name>/receipts/        a file for each submission: the proof that it was accepted
    <name>/downloads/       what has come of files that are still on their way
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from benchmark.errors import UserError, unknown_name
from benchmark.files import write_json
from benchmark.home import home

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_ID = re.compile(r"[0-9A-Za-z-]{1,64}")


@dataclass(frozen=True)
class Joined:
    """A competition that was joined. `tasks` are versions by name, `since` is the time of joining.

    `record` is the digest of its journal's first entry: what it is known by, wherever it is served.
    """

    name: str
    record: str
    title: str
    url: str
    team: str
    team_name: str
    since: str
    tasks: dict[str, str]
    token: str = field(repr=False)

    @property
    def folder(self) -> Path:
        return _root() / self.name

    @property
    def receipts(self) -> Path:
        return self.folder / "receipts"

    def save(self) -> None:
        """Write it down; the file belongs to its owner alone from its first byte on.

        UserError where another competition of this name was joined here.
        """
        _root().mkdir(mode=0o700, parents=True, exist_ok=True)
        path = _root() / f"{self.name}.json"
        if path.exists() and (other := _read(path)).record != self.record:
            raise UserError(
                f"Another competition of the name {self.name} was joined here.",
                given=f"at {other.url}",
                do=f"Move {path} and {self.folder} away, or set CLASSMARK_HOME to another folder.",
            )
        draft = path.with_name(f".{path.name}-{uuid4().hex}")
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                json.dump(asdict(self), file, indent=1, sort_keys=True)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, path)
        finally:
            draft.unlink(missing_ok=True)

    def keep_receipt(self, receipt: dict[str, Any]) -> Path:
        """Keep a receipt as the server gave it. One that is kept already stays as it was."""
        path = self.receipts / f"{_safe_id(receipt['submission'])}.json"
        try:
            if not path.exists():
                write_json(path, {key: receipt[key] for key in receipt if key not in ("status", "score")})
        except OSError as error:
            raise UserError(
                f"Submission {path.stem} was accepted, but its receipt cannot be kept.",
                given=f"{error.strerror}: {path}",
                do="Make room and submit the same files again: that gives the same receipt.",
            ) from None
        return path

    def kept_receipts(self) -> dict[str, dict[str, Any]]:
        """All receipts that are kept, by submission."""
        return {path.stem: json.loads(path.read_text("utf-8")) for path in self.receipts.glob("*.json")}


def all_joined() -> list[Joined]:
    """The competitions that were joined here, the newest first."""
    found = [_read(path) for path in _root().glob("*.json")]
    return sorted(found, key=lambda joined: joined.since, reverse=True)


def find_joined(name: str = "") -> Joined:
    """A competition by its name; without one, that which was joined last. UserError where there is none."""
    found = all_joined()
    if not found:
        raise UserError("No competition has been joined on this machine.", do="classmark join URL")
    by_name = {joined.name: joined for joined in found}
    if name and name not in by_name:
        raise unknown_name("competition joined here", name, by_name)
    return by_name[name] if name else found[0]


def _read(path: Path) -> Joined:
    try:
        return Joined(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise UserError(
            f"{path} cannot be read.",
            given=f"{type(error).__name__}: {error}",
            do="Delete it, and join the competition again.",
        ) from None


def _safe_id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise UserError("The server sent no name for the submission that a file may have.", given=repr(text))
    return text


def _root() -> Path:
    return home() / "competitions"
