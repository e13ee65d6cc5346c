"""A Python program run by a user who is not root, whoever runs the tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from benchmark.files import temporary_folder

_USER = 4242
_CODE = Path(__file__).parents[2]
# root's home, where the interpreter may be, is closed to others: in a mount namespace of its own it is opened
_OPEN = """
mount --make-rprivate / && mount -t tmpfs none "$TMPDIR" && mkdir "$TMPDIR/new" "$TMPDIR/work" &&
mount -t overlay overlay -o "lowerdir=$0,upperdir=$TMPDIR/new,workdir=$TMPDIR/work" "$0" && chmod 755 "$0" &&
umount --lazy "$TMPDIR" && exec "$@"
"""


def run_as_user(source: str) -> str:
    """What the program prints; the folder for its temporary files and its CLASSMARK_HOME are gone afterwards."""
    command = [sys.executable, "-c", source]
    if os.geteuid() == 0:
        ids = ("--reuid", str(_USER), "--regid", str(_USER), "--clear-groups")
        command = ["setpriv", *ids, *command]
        for folder in {*Path(sys.base_prefix).parents, *_CODE.parents}:
            if not folder.stat().st_mode & 1:
                command = ["unshare", "--mount", "sh", "-c", _OPEN, str(folder), *command]
    with temporary_folder() as folder:
        if os.geteuid() == 0:
            os.chown(folder, _USER, _USER)
        given = {"HOME": str(folder), "TMPDIR": str(folder), "CLASSMARK_HOME": str(folder / "home")}
        done = subprocess.run(
            command, env=os.environ | given, cwd=_CODE, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stderr
    return done.stdout
