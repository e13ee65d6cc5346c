"""What a process group uses, looked at from outside: memory, processes, sockets, disk. Its members may be hostile."""

from __future__ import annotations

import contextlib
import math
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

import psutil

MOST_FILES = 200_000
_GONE = (FileNotFoundError, NotADirectoryError, ProcessLookupError)


def group(leader: int) -> list[psutil.Process]:
    """The leader, its child, and all that came of it."""
    try:
        parent = psutil.Process(leader)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def resident(members: Iterable[psutil.Process]) -> int:
    """Bytes of resident memory."""
    total = 0
    for process in members:
        with contextlib.suppress(psutil.Error):
            total += process.memory_info().rss
    return total


def threads(members: Iterable[psutil.Process]) -> int:
    """Processes and threads, which the kernel counts alike."""
    total = 0
    for process in members:
        with contextlib.suppress(psutil.Error):
            total += process.num_threads()
    return total


def threads_of_user() -> int:
    """All that runs under the user of this process, and counts against the same limit."""
    running = [one.info for one in psutil.process_iter(["uids", "num_threads"])]
    return sum(one["num_threads"] or 0 for one in running if one["uids"] and one["uids"].real == os.getuid())


def sockets(members: Sequence[psutil.Process]) -> int:
    """Sockets in a room's own network, also those on their way through another; the leader stands outside of it."""
    with contextlib.suppress(OSError, IndexError):
        used = Path(f"/proc/{members[1].pid}/net/sockstat").read_text().split(maxsplit=3)
        return int(used[2])
    return 0


def disk(folder: Path, log: Path, members: Iterable[psutil.Process]) -> float:
    """Bytes of the log, of the files below a folder, and of those that members hold open after they were deleted.

    Endless above a number of files, and where something cannot be looked into: too long a path, a closed folder.
    """
    logged = log.stat()
    sizes: dict[tuple[int, int], int] = {}
    try:
        for number, status in enumerate(chain([logged], _below(folder), _deleted(members, logged.st_dev))):
            if number > MOST_FILES:
                return math.inf
            if status is not None:
                sizes[status.st_dev, status.st_ino] = max(status.st_size, status.st_blocks * 512)
    except OSError:
        return math.inf
    return sum(sizes.values())


def _below(folder: Path) -> Iterator[os.stat_result]:
    folders = [str(folder)]
    while folders:
        with contextlib.suppress(*_GONE), os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                with contextlib.suppress(*_GONE):
                    yield entry.stat(follow_symlinks=False)


def _deleted(members: Iterable[psutil.Process], device: int) -> Iterator[os.stat_result | None]:
    """The deleted files on a device that are open; None for whatever else is open."""
    for process in members:
        try:
            with os.scandir(f"/proc/{process.pid}/fd") as entries:
                for entry in entries:
                    with contextlib.suppress(*_GONE):
                        status = entry.stat()
                        deleted = stat.S_ISREG(status.st_mode) and not status.st_nlink
                        yield status if deleted and status.st_dev == device else None
        except _GONE:
            continue
        except PermissionError:
            if not _is_ending(process):
                raise


def _is_ending(process: psutil.Process) -> bool:
    """Whether it has given its memory back, after which only root may look at what it has open."""
    try:
        return process.memory_info().vms == 0
    except psutil.NoSuchProcess:
        return True
