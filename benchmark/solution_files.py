"""Which files a solution's folder consists of: those that are copied to where it runs."""

from __future__ import annotations

import os
from pathlib import Path

from benchmark.errors import UserError
from benchmark.sandbox import shows_secrets

_LEFT_OUT = {"__pycache__", "node_modules", "venv"}


def solution_files(folder: Path) -> list[Path]:
    """The files below a solution's folder, sorted; what is hidden, such as .git, and what tools make are left out.

    Raises UserError for links and for whatever else is no file of its own, since they may lead to anything, and for a
    folder in which the hidden labels lie.
    """
    if shows_secrets(folder):
        raise UserError(
            f"CLASSMARK_HOME, with the hidden labels, and the solution's folder {folder} lie in each other.",
            do="Put the solution into a folder of its own.",
        )
    found: list[Path] = []
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in _LEFT_OUT and not name.startswith(".")]
        links = [path for name in folders if (path := Path(place, name)).is_symlink()]
        paths = [Path(place, name) for name in files if not name.startswith(".")]
        if odd := links + [path for path in paths if path.is_symlink() or not path.is_file()]:
            raise UserError(
                "A solution's folder holds files and folders alone, no links.",
                given=", ".join(map(str, odd[:3])),
                do="Put the files themselves there.",
            )
        found += paths
    return sorted(found, key=Path.as_posix)
