"""A Python program whose temporary files lie on a disk of a few megabytes, in a mount namespace of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

_CODE = Path(__file__).parents[2]
_MOUNT = 'mount -t tmpfs -o "size=$0m" none "$TMPDIR" && exec "$@"'


def run_on_small_disk(source: str, disk: Path, megabytes: int) -> str:
    """What the program prints; its TMPDIR is the folder `disk`, where nothing is left."""
    own = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    if subprocess.run([*own, "true"], capture_output=True).returncode:
        pytest.skip("no mount namespaces here")
    disk.mkdir()
    done = subprocess.run(
        [*own, "sh", "-c", _MOUNT, str(megabytes), sys.executable, "-c", source],
        env=os.environ | {"TMPDIR": str(disk), "PYTHONPATH": os.pathsep.join(sys.path)},
        cwd=_CODE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
