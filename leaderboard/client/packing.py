"""A solution packed for submission: the same files give the same bytes, so that a repeated submission shows."""

from __future__ import annotations

import os
import shutil
import zipfile
from pathlib import Path

from benchmark.errors import UserError
from benchmark.solution_files import solution_files

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")


def is_code(path: Path) -> bool:
    """Whether a path is a solution: a folder, a Python file or an archive; predictions are none of these."""
    return path.is_dir() or path.name.endswith((".py", *ARCHIVES))


def packed(solution: Path, target: Path) -> Path:
    """The archive of a solution: itself, if it is one, else written to `target`. UserError for a folder without."""
    from leaderboard.scoring.archives import SOLUTIONS

    if solution.is_dir():
        files = {path.relative_to(solution).as_posix(): path for path in solution_files(solution)}
        if not any(path.name in SOLUTIONS for path in files.values()):
            raise UserError(
                f"The folder has no {' or '.join(SOLUTIONS)}.",
                allowed="the folder of a solution, with one of these at its top",
                given=str(solution),
                do="classmark check-solution FOLDER tries a solution before it is submitted.",
            )
        _pack(files, target)
    elif solution.suffix == ".py":
        _pack({"solution.py": solution}, target)
    else:
        return solution
    return target


def _pack(files: dict[str, Path], target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in files.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o755 if os.access(path, os.X_OK) else 0o644) << 16
            with path.open("rb") as source, archive.open(entry, "w") as file:
                shutil.copyfileobj(source, file)
