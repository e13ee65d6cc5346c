"""The room in which foreign code runs, made by bubblewrap: what it sees, and that it sees nothing else.

No network, a read-only system, its own processes, /proc and /tmp, no home and no inherited variable or descriptor.
`launch.py` enters it; the limits on processes, memory, files and time are those of `process.py`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from benchmark import seccomp
from benchmark.errors import UserError
from benchmark.files import temporary_folder
from benchmark.home import home

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_SETTINGS = ("alternatives", "fonts", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "ssl")
_NETWORK_SETTINGS = ("hosts", "nsswitch.conf", "resolv.conf", "ca-certificates")
WORK = "/classmark/work"
PATH = "/usr/local/bin:/usr/bin:/bin"
_FILES = {
    "/etc/passwd": f"solution:x:1000:1000:solution:{WORK}:/bin/sh\n",
    "/etc/group": "solution:x:1000:\n",
}
_GRAPHICS = ("nvidia*", "dri", "kfd")
SHARED_MEMORY = 2 * 2**30
LAUNCHER = str(Path(__file__).with_name("launch.py"))


@dataclass(frozen=True)
class Mount:
    """A folder or file of this machine and where it stands in the room."""

    source: Path
    place: str
    writable: bool = False


@dataclass(frozen=True)
class Room:
    """What a process sees besides the system and its work folder, which stands at WORK."""

    mounts: tuple[Mount, ...] = ()
    network: bool = False

    def __post_init__(self) -> None:
        for mount in (*self._system(), *self.mounts):
            if shows_secrets(mount.source):
                raise UserError(
                    f"CLASSMARK_HOME, with the hidden labels, lies in {mount.source}, which solutions can see.",
                    given=str(home()),
                    do="Set CLASSMARK_HOME to a folder elsewhere.",
                )

    def spec(self, work: Path) -> dict[str, Any]:
        """What `launch.py` needs to enter the room with its work folder."""
        mounts = [
            *self._system(),
            Mount(work, WORK, writable=True),
            Mount(work / "tmp", "/tmp", writable=True),
            *self.mounts,
        ]
        devices = [path for name in _GRAPHICS for path in sorted(Path("/dev").glob(name))]
        return {
            "command": [*_bubblewrap(self.network), *_links()],
            "mounts": [
                *(
                    _mount("bind" if mount.writable else "ro-bind", mount.source, mount.place)
                    for mount in mounts
                ),
                *(_mount("dev-bind", path, str(path)) for path in devices),
            ],
            "files": _FILES,
            "filter": seccomp.program().hex(),
        }

    def _system(self) -> list[Mount]:
        settings = (*_SETTINGS, *_NETWORK_SETTINGS) if self.network else _SETTINGS
        folders = [path for path in map(Path, _SYSTEM) if path.is_dir() and not path.is_symlink()]
        files = [path for name in settings if (path := Path("/etc") / name).exists()]
        return [Mount(path, str(path)) for path in (*folders, *files)]


def shows_secrets(folder: Path) -> bool:
    """Whether the hidden labels, or the home that they belong to, lie in a folder, or the folder among the labels."""
    place, own, hidden = folder.resolve(), home().resolve(), (home() / "hidden").resolve()
    return any(secret.is_relative_to(place) for secret in (own, hidden)) or place.is_relative_to(hidden)


def interpreter_mounts(*prefixes: str) -> tuple[Mount, ...]:
    """Interpreters with their packages, such as `sys.prefix`, each at its own place."""
    named = [Path(prefix) for prefix in prefixes]
    folders = dict.fromkeys([*named, *(folder.resolve() for folder in named)])
    return tuple(Mount(folder, str(folder)) for folder in folders if not folder.is_relative_to("/usr"))


@cache
def sandbox() -> tuple[str, str]:
    """The sandbox's version, such as "bubblewrap 0.8.0", and "" - or "" and why there is none. Tried, not guessed."""
    if shutil.which("bwrap") is None:
        return "", "bubblewrap is not installed"
    with temporary_folder() as folder:
        (folder / "tmp").mkdir()
        given = {
            "parent": os.getpid(),
            "cpus": sorted(os.sched_getaffinity(0)),
            "limits": {},
            "room": Room().spec(folder),
        }
        command = [sys.executable, "-P", "-s", LAUNCHER, json.dumps(given), "/bin/true"]
        tried = subprocess.run(command, capture_output=True, text=True, cwd="/")
    if tried.returncode:
        return "", f"bubblewrap does not work here: {tried.stderr.strip()[-300:]}"
    found = subprocess.run(["bwrap", "--version"], capture_output=True, text=True, check=True)
    return found.stdout.strip(), ""


def require_sandbox(what: str) -> None:
    """Raise UserError where foreign code could not be held."""
    version, problem = sandbox()
    if not version:
        raise UserError(
            f"{what} is foreign code, which runs in a sandbox only, and {problem}.",
            do="apt install bubblewrap (or your system's package of that name); or --trust, if the code is your own.",
        )


def _bubblewrap(network: bool) -> list[str]:
    return [
        "bwrap",
        *("--unshare-user", "--unshare-all", *(["--share-net"] if network else []), "--disable-userns"),
        *("--uid", "1000", "--gid", "1000", "--hostname", "classmark", "--cap-drop", "ALL"),
        *("--die-with-parent", "--new-session", "--proc", "/proc", "--dev", "/dev"),
        *("--size", str(SHARED_MEMORY), "--tmpfs", "/dev/shm", "--chdir", WORK),
    ]


def _links() -> list[str]:
    """The system's folders that are links, such as /bin to usr/bin."""
    links = [path for path in map(Path, _SYSTEM) if path.is_symlink()]
    return [option for path in links for option in ("--symlink", os.readlink(path), str(path))]


def _mount(how: str, source: Path, place: str) -> dict[str, str]:
    return {"how": how, "source": str(source), "place": place}
