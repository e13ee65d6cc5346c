"""AutoGluon's pins do not bind the suite: it runs with pandas 3 while AutoGluon runs with the pandas it wants."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_suite_has_pandas_3_while_autogluon_has_its_own(tmp_path: Path, home: Path) -> None:
    suite = tmp_path / "suite"
    subprocess.run([sys.executable, "-m", "venv", str(suite)], check=True)
    subprocess.run([suite / "bin" / "pip", "install", "-qq", str(ROOT), "pandas>=3"], check=True)
    command = ["run", "--task", "returns_disposition", "--solution", "autogluon", "--budget", "60s", "--json"]
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [suite / "bin" / "classmark", *command], capture_output=True, text=True, cwd=tmp_path, env=clean
    )
    assert done.returncode == 0, done.stderr
    [run] = json.loads(done.stdout)
    assert run["status"] == "ok", run["reason"]
    assert _major(run["versions"]["pandas"]) >= 3
    own: dict[str, Any] = run["own_environment"]
    assert _major(own["packages"]["pandas"]) == 2
    assert "autogluon-tabular" in own["packages"]
    assert (home / "environments" / own["digest"]).is_dir()


def _major(version: str) -> int:
    return int(version.split(".")[0])
