"""A small disk of a test's own, which can be filled, emptied, and made read-only as a failing one becomes."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class SmallDisk:
    """An ext4 file system in a file, mounted at `folder`."""

    image: Path
    folder: Path

    def fill(self) -> None:
        """Write until nothing more can be written."""
        with self._filler.open("wb", buffering=0) as file:
            for piece in (2**20, 2**12, 1):
                with suppress(OSError):
                    while file.write(b"0" * piece):
                        pass

    def empty(self) -> None:
        """Take away what filled it."""
        self._filler.unlink()

    @property
    def _filler(self) -> Path:
        return self.folder / "filler"

    def fail(self) -> None:
        """Make it read-only at once, open files too: what Linux does after an error of the disk."""
        subprocess.run(["mount", "-o", "remount,abort", str(self.folder)], check=True)

    def repair(self) -> None:
        """Mount a checked copy of it, as onto a new disk.

        The old one stays failed while another process's mount namespace (a sandbox of a test beside) holds it.
        """
        _unmount(self.folder)
        os.sync()
        copy = shutil.copy(self.image, self.image.with_name("repaired.img"))
        done = subprocess.run(["e2fsck", "-fy", copy], capture_output=True, text=True)
        assert done.returncode in (0, 1), done.stdout + done.stderr
        _mount(copy, self.folder)


@contextmanager
def small_disk(place: Path, megabytes: int = 48) -> Iterator[SmallDisk]:
    """A mounted disk, gone at the end; the test is skipped for who may not mount one."""
    disk = SmallDisk(place / "disk.img", place / "disk")
    disk.folder.mkdir()
    with disk.image.open("wb") as file:
        file.truncate(megabytes * 10**6)
    try:
        subprocess.run(["mkfs.ext4", "-q", "-m", "0", str(disk.image)], check=True, capture_output=True)
        _mount(disk.image, disk.folder)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no disk can be mounted here: {error}")
    try:
        yield disk
    finally:
        _unmount(disk.folder)


def _mount(image: Path, folder: Path) -> None:
    subprocess.run(["mount", "-o", "loop", str(image), str(folder)], check=True, capture_output=True)


def _unmount(folder: Path) -> None:
    subprocess.run(["umount", str(folder)], check=True, capture_output=True)
