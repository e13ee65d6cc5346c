"""`public/`: what everybody may download. A zip per task, the starter, the rules, and a manifest with their digests."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmark.files import file_digest, write_bytes, write_json
from benchmark.task import Task
from leaderboard.contest import Contest

MANIFEST = "manifest.json"
RULES, STARTER = "rules.md", "starter.zip"
_STARTER_FOLDER = Path(__file__).parent / "starter"
_PACKED = frozenset({".png", ".jpg", ".parquet"})


def write_bundle(contest: Contest) -> None:
    """Write all files of `public/`. The same tasks give byte-equal files."""
    public = contest.public
    public.mkdir()
    files: dict[str, str | None] = {}
    for name in contest.config.tasks:
        task = contest.task(name)
        files[task_file(task)] = name
        _zip(public / task_file(task), task.folder, _files(task.folder))
    _zip(public / STARTER, _STARTER_FOLDER, _files(_STARTER_FOLDER))
    write_bytes(public / RULES, contest.rules.encode())
    files |= {STARTER: None, RULES: None}
    write_json(public / MANIFEST, [_described(public / file, task) for file, task in files.items()])


def publish_rules(contest: Contest) -> bool:
    """Bring the rules in `public/`, where there are any, up to those of the organizer; whether anything had to change.

    The manifest counts too: a process may have been killed after it wrote the rules and before it listed them.
    """
    content, path = contest.rules.encode(), contest.public / RULES
    if not path.is_file():
        return False
    listed = manifest(contest)
    if path.read_bytes() == content and _described(path, None) in listed:
        return False
    write_bytes(path, content)
    others = [one for one in listed if one["file"] != RULES]
    write_json(contest.public / MANIFEST, [*others, _described(path, None)])
    return True


def manifest(contest: Contest) -> list[dict[str, Any]]:
    """Of each file in `public/`: file, size, sha256, and the task whose data it holds, or None."""
    listed: list[dict[str, Any]] = json.loads((contest.public / MANIFEST).read_text(encoding="utf-8"))
    return listed


def task_file(task: Task) -> str:
    """The name of a task's zip."""
    return f"{task.name}-{task.version}.zip"


def _described(path: Path, task: str | None) -> dict[str, Any]:
    return {"file": path.name, "size": path.stat().st_size, "sha256": file_digest(path), "task": task}


def _files(folder: Path) -> list[Path]:
    """The files below a folder, in the order of their names."""
    paths = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return sorted(paths, key=lambda path: path.relative_to(folder).as_posix())


def _zip(target: Path, folder: Path, paths: Iterable[Path]) -> None:
    """Pack files under their places in the folder; no time, owner or mode of this machine goes with them."""
    with zipfile.ZipFile(target, "x") as archive:
        for path in paths:
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix())
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_STORED if path.suffix in _PACKED else zipfile.ZIP_DEFLATED
            entry.file_size = path.stat().st_size
            with path.open("rb") as source, archive.open(entry, "w") as packed:
                shutil.copyfileobj(source, packed)
