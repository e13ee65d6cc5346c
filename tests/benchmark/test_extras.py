"""A command whose optional part is not installed says which, and how to install it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    "command", ["serve DIR", "publish DIR OUT", "competition new DIR", "competition status DIR"]
)
def test_without_the_extra_it_says_what_to_install(command: str, tmp_path: Path) -> None:
    code = (
        "import sys\nsys.modules['sqlalchemy'] = None\nsys.argv[0] = 'classmark'\n"
        "from benchmark.cli import main\nmain()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *command.split()], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 2
    assert "pip install 'classmark[leaderboard]'" in done.stderr
    assert "Traceback" not in done.stderr
