"""Measure speed and memory as ratios inside one run: `python -m tests.bench`, from the root of the repository.

Ratios, because seconds say more about the machine than about the code. A number that is missed is shown as missed
and ends nothing: on a noisy machine it may be the machine's.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmark.cli.output import console
from tests.bench import clusters, contest, draws, embedded, held, labels, pairs, start, typed
from tests.bench.report import as_json, as_table
from tests.bench.rows import Row

CASES: dict[str, Callable[[Path], list[Row]]] = {
    "help": start.rows,
    "tables": typed.rows,
    "labels": labels.rows,
    "draws": draws.rows,
    "clusters": clusters.rows,
    "pairs": pairs.rows,
    "embedded": embedded.rows,
    "sandbox": held.rows,
    "competition": contest.rows,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", choices=CASES, help="measure this alone")
    parser.add_argument(
        "--json", type=Path, default=Path("bench.json"), help="where to write the numbers as JSON"
    )
    given = parser.parse_args()
    progress = console(stderr=True)
    names = [given.only] if given.only else list(CASES)
    found: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="classmark-bench-") as folder:
        os.environ["CLASSMARK_HOME"] = folder
        for number, name in enumerate(names, 1):
            progress.print(f"{number}/{len(names)} {name} ...")
            found += (rows := CASES[name](Path(folder)))
            for row in rows:
                progress.print(f"    {row}")
    console().print(as_table(found))
    given.json.write_text(json.dumps(as_json(found), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
