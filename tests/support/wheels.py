"""A package index of small made-up packages, on disk."""

from __future__ import annotations

import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest


def only_index(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new folder, empty, that is the only index the installers know: pip's, by variables."""
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    folder.mkdir()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder.parent))
    for name, value in {"CONFIG_FILE": os.devnull, "NO_INDEX": "1", "FIND_LINKS": str(folder)}.items():
        monkeypatch.setenv(f"PIP_{name}", value)
    return folder


def write_wheel(index: Path, name: str, version: str, needs: tuple[str, ...] = (), **files: str) -> None:
    """A wheel with a module of its name, a script that prints its version, and `files` (`_pth` stands for `.pth`)."""
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    contents = {
        f"{name}.py": f"def main():\n    print('{name} {version}')\n",
        f"{info}/METADATA": metadata + "".join(f"Requires-Dist: {need}\n" for need in needs),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[console_scripts]\n{name} = {name}:main\n",
        **{file.replace("_", "."): content for file, content in files.items()},
    }
    listed = "".join(f"{path},,\n" for path in [*contents, f"{info}/RECORD"])
    with zipfile.ZipFile(index / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        for path, content in {**contents, f"{info}/RECORD": listed}.items():
            archive.writestr(path, content)


def write_source(index: Path, name: str, version: str, setup: str) -> None:
    """A source package whose setup.py is `setup`."""
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    with tarfile.open(index / f"{name}-{version}.tar.gz", "w:gz") as archive:
        for path, content in {"setup.py": setup, "PKG-INFO": metadata}.items():
            member = tarfile.TarInfo(f"{name}-{version}/{path}")
            member.size = len(content.encode())
            archive.addfile(member, io.BytesIO(content.encode()))
