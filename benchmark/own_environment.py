"""A solution's own environment: built from wheels where nothing secret is in sight, kept by the digest of its contents.

environments/<digest>/     an environment, complete or absent

Building asks the package index, so it has the network; it sees the interpreter, the installer and nothing else, and
no code of the solution or of a package is run. Where it fails, the index is asked for what every environment needs: one
that does not give that is away, and no solution is to blame. A digest that is there is never resolved again: delete the
folder for newer versions.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import sys
import sysconfig
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import requires
from pathlib import Path
from typing import Any

import psutil
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from benchmark.budget import Budget
from benchmark.errors import HostTrouble, UserError
from benchmark.files import remove_folder, temporary_folder
from benchmark.home import environments_folder
from benchmark.package_index import installer, unreached
from benchmark.process import run_limited
from benchmark.requirements import normalized
from benchmark.sandbox import Mount, Room, interpreter_mounts

PLACE = "/classmark/environment"
BUDGET = Budget(seconds=3600, memory=8 * 10**9, cores=4, disk=40 * 10**9)
QUESTION_SECONDS = 600
LAST_LINES = 6
_WORKER_NEEDS = ("pandas", "pyarrow")
_STEPS = """
umask 022
"$PYTHON" -I -m venv --without-pip "$PLACE"
"$@"
"$PYTHON" -I -S -m compileall -q -j 0 "$PLACE/lib" || true
"""
_RELOCATABLE = b"""#!/bin/sh
'''exec' "$(dirname -- "$(realpath -- "$0")")/python" "$0" "$@"
' '''
"""
_BUILDING = threading.Lock()


class BuildFailed(UserError):
    """The environment could not be built; `reason` is the end of the installer's log, `over` the limit it reached."""

    def __init__(self, wanted: Iterable[str], reason: str, over: str = "") -> None:
        super().__init__(
            f"No environment could be built for {', '.join(wanted)}.",
            allowed="packages that the package index has as wheels for this Python; source packages are refused",
            given=reason,
        )
        self.reason, self.over = reason, over


class IndexAway(HostTrouble):
    """The package index does not give what every environment needs, or one of several does not answer."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The package index is away, or without {' and '.join(_WORKER_NEEDS)}, which every environment needs.",
            given=reason,
            do="See to the network, and to what pip or uv is told of indexes; then the same again.",
        )


@dataclass(frozen=True)
class OwnEnvironment:
    """A built environment; `digest` is that of what was asked for, `packages` says what came of it."""

    folder: Path
    digest: str

    @cached_property
    def packages(self) -> dict[str, str]:
        """Name and version of all that is installed."""
        found: dict[str, str] = {}
        for path in sorted(self.folder.glob("lib/python*/site-packages/*.dist-info")):
            name, _, version = path.name.removesuffix(".dist-info").partition("-")
            found[canonicalize_name(name)] = version
        return found

    def as_dict(self) -> dict[str, Any]:
        """What the record of a run says of it."""
        return {"digest": self.digest, "packages": self.packages}


def environment_for(
    requirements: Iterable[str], sandboxed: bool, stop: threading.Event, say: Callable[[str], None]
) -> OwnEnvironment:
    """The environment with these requirements and what the worker needs, found or built now.

    `say` is told when a build starts; it can take minutes. Not `sandboxed`, it is built by a bare process.
    Raises BuildFailed, IndexAway where that is no fault of the requirements, and KeyboardInterrupt when `stop` is set.
    """
    wanted = sorted({normalized(Requirement(one)) for one in (*requirements, *_worker_requirements())})
    digest = _digest(wanted)
    target = environments_folder() / digest
    with _BUILDING:
        if not target.is_dir():
            say(f"building an environment with {', '.join(wanted)}")
            _build(wanted, target, sandboxed, stop)
    return OwnEnvironment(target, digest)


def _worker_requirements() -> list[str]:
    given = map(Requirement, requires("classmark") or [])
    return [str(one) for one in given if one.name in _WORKER_NEEDS and not one.marker]


def _digest(wanted: list[str]) -> str:
    base = [platform.python_version(), sys.base_prefix, sysconfig.get_platform()]
    return hashlib.sha256(json.dumps([wanted, base]).encode()).hexdigest()[:32]


def _build(wanted: list[str], target: Path, sandboxed: bool, stop: threading.Event) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with temporary_folder(target.parent, ".building-") as temporary:
        place = _Place(temporary, sandboxed, stop)
        try:
            place.install(wanted)
        except BuildFailed as failure:
            place.require_index()
            if failure.over:
                raise
            place.install(wanted)  # the index may have been away a moment ago
        try:
            os.rename(place.draft, target)
        except OSError:
            if not target.is_dir():  # else another process was first
                raise


@dataclass(frozen=True)
class _Place:
    """A folder in which an environment comes to be, `draft`, bare or in a sandbox that has the network."""

    folder: Path
    sandboxed: bool
    stop: threading.Event

    @property
    def draft(self) -> Path:
        return self.folder / "work" / "environment"  # in the work folder, whose size is watched

    def require_index(self) -> None:
        """Raise IndexAway unless the index gives what all environments have in common, and each of several answers."""
        try:
            self.install(_worker_requirements(), dry=True)
        except BuildFailed as failure:
            raise IndexAway(failure.reason) from None
        if missed := unreached(self.log.read_text(encoding="utf-8", errors="replace")):
            raise IndexAway(missed[0])

    @property
    def log(self) -> Path:
        return self.folder / "log.txt"

    def install(self, wanted: list[str], dry: bool = False) -> None:
        """Make the draft anew; `dry`, it stays empty, and the index is only asked. Raises BuildFailed."""
        work, install = self.folder / "work", installer()
        place = PLACE if self.sandboxed else str(self.draft)
        remove_folder(work)
        self.draft.mkdir(parents=True)
        self.draft.chmod(0o755)  # whatever the umask: run by root, each run is another user's
        own = Mount(self.draft, PLACE, writable=True)
        shown = (*interpreter_mounts(sys.base_prefix), *install.mounts(), own)
        python = Path(sys.base_prefix, "bin", f"python{sys.version_info.major}.{sys.version_info.minor}")
        finished = run_limited(
            ["/bin/sh", "-ec", _STEPS, "sh", *install.command(f"{place}/bin/python", dry), *wanted],
            work,
            self.log,
            replace(BUDGET, seconds=QUESTION_SECONDS) if dry else BUDGET,
            psutil.Process().cpu_affinity() or [],
            self.stop,
            Room(shown, network=True) if self.sandboxed else None,
            install.variables | {"PYTHON": str(python), "PLACE": place},
        )
        if finished.over or finished.exit_code:
            over = f"\nstopped by the limit of {finished.over}" if finished.over else ""
            raise BuildFailed(wanted, _last_lines(self.log) + over, finished.over)
        _relocate_scripts(self.draft, place)


def _relocate_scripts(draft: Path, place: str) -> None:
    """Let scripts find the interpreter beside them: the environment is built in one place and used in others."""
    python = re.escape(f"{place}/bin/python".encode()) + rb"[\d.]*"
    first = re.compile(rb"#!(%s|/bin/sh\n'''exec' \"?%s\"? \"\$0\" \"\$@\"\n' ''')\n" % (python, python))
    for path in (draft / "bin").iterdir():
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            if found := first.match(content):
                path.write_bytes(_RELOCATABLE + content[found.end() :])


def _last_lines(log: Path) -> str:
    lines = log.read_bytes()[-10_000:].decode(errors="replace").splitlines()
    plain = ["".join(filter(str.isprintable, line)).strip() for line in lines]
    return "\n".join([line for line in plain if line][-LAST_LINES:])
