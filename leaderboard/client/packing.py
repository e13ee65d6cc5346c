"""A solution packed for submission: the same files give the same bytes, so that a repeated submission shows."""

from __future__ import annotations

import os
import shutil
import zipfile
from pathlib import Path

from benchmark.errors import UserError

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")
_LEFT_OUT = {"__pycache__", "node_modules", "venv"}


def is_code(path: Path) -> bool:
    """Whether a path is a solution: a folder, a Python file or an archive; predictions are none of these."""
    return path.is_dir() or path.name.endswith((".py", *ARCHIVES))


def packed(solution: Path, target: Path) -> Path:
    """The archive of a solution: itself, if it is one, else written to `target`."""
    if solution.is_dir():
        _pack({path.relative_to(solution).as_posix(): path for path in _files(solution)}, target)
    elif solution.suffix == ".py":
        _pack({"solution.py": solution}, target)
    else:
        return solution
    return target


def _files(folder: Path) -> list[Path]:
    """The files of a solution. What Python leaves behind and hidden folders, such as .git, are left out."""
    found: list[Path] = []
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in _LEFT_OUT and not name.startswith(".")]
        links = [name for name in (*folders, *files) if (Path(place) / name).is_symlink()]
        if links:
            raise UserError(
                "A solution that is submitted holds no links.",
                given=", ".join(str(Path(place) / name) for name in links[:3]),
                do="Put the files themselves there.",
            )
        found += [Path(place) / name for name in files]
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def _pack(files: dict[str, Path], target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in files.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o755 if os.access(path, os.X_OK) else 0o644) << 16
            with path.open("rb") as source, archive.open(entry, "w") as file:
                shutil.copyfileobj(source, file)
