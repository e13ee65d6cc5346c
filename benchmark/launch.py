"""Set the limits of a run on this process, enter its room, become its command. Standard library only.

python launch.py '{"parent": 123, "cpus": [0, 1], "limits": {"NOFILE": 4096}, "room": null}' COMMAND [ARG ...]

As root, the process becomes a user that owns nothing but the work folder *before* the sandbox starts: limits on
processes do not hold for root. That user cannot reach folders of root, so these are mounted, in a mount namespace of
this process, where it can.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG = 1
_CLONE_NEWNS = 0x20000
_MS_BIND, _MS_REC, _MS_PRIVATE, _MS_NOSUID = 0x1000, 0x4000, 0x40000, 0x2
_FIRST_USER = 0x77000000  # plus the process id: a user of its own for each run, so that limits are its own
_LOBBY = Path("/tmp")


def main() -> None:
    given = json.loads(sys.argv[1])
    command = sys.argv[2:]
    room = given["room"]
    if sys.platform == "linux":
        import resource

        os.sched_setaffinity(0, given["cpus"])
        if room is not None:
            _kill_first_when_memory_is_short()
            if os.geteuid() == 0:
                _become_nobody(room["mounts"])
        for name, limit in given["limits"].items():
            kind = getattr(resource, f"RLIMIT_{name}")
            _, most = resource.getrlimit(kind)
            limit = limit if most == resource.RLIM_INFINITY else min(limit, most)
            resource.setrlimit(kind, (limit, limit))
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != given["parent"]:
            sys.exit("the runner is gone")
    if room is not None:
        command = [*room["command"], *_options(room), "--", *command]
    os.execvp(command[0], command)


def _kill_first_when_memory_is_short() -> None:
    Path("/proc/self/oom_score_adj").write_text("1000")


def _become_nobody(mounts: list[dict[str, Any]]) -> None:
    user = _FIRST_USER + os.getpid()
    for mount in mounts:
        if mount["how"] == "bind":
            _give(mount["source"], user)
    _reach(mounts)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def _give(folder: str, user: int) -> None:
    """Hand over a folder with all that is in it, whatever the runner's umask was when it wrote that."""
    os.chown(folder, user, user)
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.lchown(os.path.join(place, name), user, user)


def _reach(mounts: list[dict[str, Any]]) -> None:
    """Mount every source below a new /tmp that only this process and its children see."""
    _call("unshare", _CLONE_NEWNS)
    _call("mount", b"none", b"/", None, _MS_REC | _MS_PRIVATE, None)
    sources = [os.open(mount["source"], os.O_PATH) for mount in mounts]
    _call("mount", b"none", bytes(_LOBBY), b"tmpfs", _MS_NOSUID, b"mode=755,size=1m")
    for number, (mount, source) in enumerate(zip(mounts, sources, strict=True)):
        place = _LOBBY / str(number)
        if os.path.isdir(f"/proc/self/fd/{source}"):
            place.mkdir()
        else:
            place.touch()
        _call("mount", f"/proc/self/fd/{source}".encode(), bytes(place), None, _MS_BIND | _MS_REC, None)
        os.close(source)
        mount["source"] = str(place)


def _options(room: dict[str, Any]) -> list[str]:
    """The mounts, the small files that the room has of its own, and the filter of calls, as options of bubblewrap."""
    options = []
    for mount in room["mounts"]:
        options += [f"--{mount['how']}", mount["source"], mount["place"]]
    for place, content in room["files"].items():
        options += ["--ro-bind-data", _open(content.encode()), place]
    if room["filter"]:
        options += ["--seccomp", _open(bytes.fromhex(room["filter"]))]
    return [*options, "--remount-ro", "/dev", "--remount-ro", "/"]


def _open(content: bytes) -> str:
    """The number of an open file of that content, which has no name."""
    file = os.memfd_create("content", 0)
    os.write(file, content)
    os.lseek(file, 0, os.SEEK_SET)
    return str(file)


def _call(name: str, *arguments: Any) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(*arguments) != 0:
        sys.exit(f"{name}: {os.strerror(ctypes.get_errno())}")


if __name__ == "__main__":
    main()
