"""How long `classmark --help` keeps a person waiting, beside Python itself."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.bench.measure import alternately
from tests.bench.rows import Row

ROUNDS = 15


def rows(folder: Path) -> list[Row]:
    command = Path(sysconfig.get_path("scripts")) / "classmark"
    ours, other = alternately(
        lambda: subprocess.run([command, "--help"], check=True, capture_output=True),
        lambda: subprocess.run([sys.executable, "-c", "pass"], check=True, capture_output=True),
        rounds=ROUNDS,
    )
    return [Row.ratio_of("classmark --help", ours, "python -c pass", other, limit=20)]
