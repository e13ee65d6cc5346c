"""Making the embedded tasks: all six small ones, and how time and memory grow from small to full."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmark.catalog import load_card, load_recipe
from benchmark.edition import Edition
from benchmark.prepare import prepare
from tests.bench.measure import apart, peak_memory, seconds
from tests.bench.rows import Row

TASK, TIMES_LARGER = "product_type", 10
SECONDS = 60
MEMORY = 3_000_000_000


def rows(folder: Path) -> list[Row]:
    command = [sys.executable, "-m", "benchmark", "prepare", "embedded"]
    together = seconds(lambda: subprocess.run(command, check=True, capture_output=True))
    small, small_peak = apart(made, "small", 7)
    full, full_peak = apart(made, "full", 7)
    return [
        Row("prepare the six embedded tasks, small", together, seconds_limit=SECONDS),
        Row(
            f"prepare {TASK}, full",
            full,
            other=f"{TIMES_LARGER} x small",
            other_seconds=TIMES_LARGER * small,
            ratio=full / (TIMES_LARGER * small),
            ratio_limit=1,
            peak=full_peak,
            peak_limit=min(MEMORY, TIMES_LARGER * small_peak),
        ),
    ]


def made(size: str, seed: int) -> tuple[float, int]:
    """Seconds and peak memory of preparing an edition, in this process."""
    taken = seconds(lambda: prepare(load_card(TASK), load_recipe(TASK), edition=Edition(size, seed)))
    return taken, peak_memory()
