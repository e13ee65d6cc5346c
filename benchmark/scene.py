"""Where a run takes place: in a room of the sandbox or as a bare process, and with which interpreter."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmark.home import vectors_folder
from benchmark.own_environment import PLACE
from benchmark.sandbox import PATH, WORK, Mount, Room, interpreter_mounts
from benchmark.solutions import baselines_folder
from benchmark.task import Task

_CODE, _VECTORS, _HUGGINGFACE = "/classmark/code", "/classmark/vectors", "/classmark/huggingface"


@dataclass(frozen=True)
class Scene:
    """The places of a run as its process sees them: interpreter, code of the suite, work folder, cached vectors."""

    room: Room | None
    python: str
    code: str
    work: str
    vectors: str | None
    variables: dict[str, str] = field(default_factory=dict)


def sandboxed(task: Task, environment: Path | None) -> Scene:
    """In a room that shows the interpreter, the suite's code, the task's pictures, cached vectors and models.

    `environment` is the solution's own environment, None for the suite's.
    """
    mounts = [Mount(folder, f"{_CODE}/{name}") for name, folder in _code().items()]
    if environment is None:
        mounts += interpreter_mounts(sys.base_prefix, sys.prefix)
    else:
        mounts += [*interpreter_mounts(sys.base_prefix), Mount(environment, PLACE)]
    if task.columns_of("image"):
        pictures = task.folder / "images"
        mounts.append(Mount(pictures, f"{WORK}/images"))
        if not pictures.stat().st_mode & stat.S_IXOTH:
            _let_read(pictures)
    python = sys.executable if environment is None else f"{PLACE}/bin/python"
    path = f"{Path(python).parent}:{PATH}"
    variables = {"PATH": path, "PYTHONPATH": _CODE, "HF_HUB_OFFLINE": "1"}
    if models := sorted(_hub().glob("models--*")):
        mounts += [Mount(model, f"{_HUGGINGFACE}/hub/{model.name}") for model in models]
        variables["HF_HOME"] = _HUGGINGFACE
    mounts.append(Mount(vectors_folder(), _VECTORS))
    room = Room(tuple(mounts))
    vectors_folder().mkdir(parents=True, exist_ok=True)
    _let_read(vectors_folder())
    return Scene(room, python, _CODE, WORK, _VECTORS, variables)


def bare(work: Path, environment: Path | None) -> Scene:
    """As a process like any other, for code that is one's own."""
    code = work.parent / "classmark"
    code.mkdir()
    for name, folder in _code().items():
        (code / name).symlink_to(folder)
    vectors = work.with_name("vectors")
    vectors.symlink_to(vectors_folder())
    python = sys.executable if environment is None else str(environment / "bin" / "python")
    return Scene(None, python, str(code), str(work), str(vectors), {"PYTHONPATH": str(code)})


def _let_read(folder: Path) -> None:
    """What root's umask closed is open to the user that root's runs become, who reaches it in the sandbox alone.

    Files before their folder, the folder itself last: where it is open, nobody who was killed has left any closed.
    """
    if os.geteuid() != 0:
        return
    for place, _, files in os.walk(folder.resolve(), topdown=False):
        for path in (Path(place, name) for name in files):
            with suppress(FileNotFoundError):  # another process has taken it out of the cache
                if not path.is_symlink():
                    path.chmod(path.stat().st_mode | 0o044)
        Path(place).chmod(Path(place).stat().st_mode | 0o055)


def _code() -> dict[str, Path]:
    return {"benchmark": Path(__file__).parent, "baselines": baselines_folder()}


def _hub() -> Path:
    """Models that were downloaded from the hub; the folder above also holds the user's token."""
    given = os.environ.get("HF_HOME")
    return (Path(given) if given else Path.home() / ".cache" / "huggingface") / "hub"
