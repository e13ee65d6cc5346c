"""The worker: run one solution on one task in a work folder that holds only what a participant may see.

    work/  task.json  train.parquet  test.parquet  images/  solution/   ->   predictions.parquet  outcome.json

Runs as its own process, in the solution's environment: needs pandas and pyarrow only.
"""

from __future__ import annotations

import importlib.util
import json
import random
import resource
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

from benchmark.columns import Column, Ignorable
from benchmark.tables import read_typed
from benchmark.vectors import Vectors


@dataclass(frozen=True)
class BudgetLeft:
    """The limits of this run: wall seconds, bytes of memory, cores."""

    seconds: float
    memory: int
    cores: int
    deadline: float
    vectors: Vectors = field(repr=False)

    def seconds_left(self) -> float:
        """Wall seconds until the process is stopped, less what vectors cost that were found in the cache.

        So a solution has the same time whether another run has embedded the same texts before or not.
        """
        return max(0.0, self.deadline - time.time() - self.vectors.saved)


@dataclass(frozen=True)
class SolutionTask:
    """What `build(task)` and `supports(task)` get to see.

    `rows` holds split and family of the labelled rows; `values` what each class is worth for each of them, (rows,
    classes), where the task has values; `vectors` remembers embeddings from run to run.
    """

    name: str
    kind: str
    metric: str
    target: str
    columns: tuple[Column, ...]
    classes: list[str]
    ignorable: tuple[Ignorable, ...]
    source_column: str | None
    seed: int
    budget: BudgetLeft
    vectors: Vectors = field(repr=False)
    rows: pd.DataFrame = field(repr=False)
    values: pd.DataFrame | None = field(default=None, repr=False)

    def columns_of(self, *types: str) -> list[str]:
        """The names of the columns of the given types, in the table's order."""
        return [column.name for column in self.columns if column.type in types]


class Unsupported(Exception):
    """The solution says that it does not do this task."""


def read_task(work: Path) -> tuple[SolutionTask, pd.DataFrame]:
    """The task that stands in the work folder, and its labelled rows."""
    given = json.loads((work / "task.json").read_text(encoding="utf-8"))
    columns = tuple(Column(**column | {"values": tuple(column["values"])}) for column in given["columns"])
    worth = [f"value:{name}" for name in given["classes"] if given["values"]]
    table = read_typed(work / "train.parquet", [*columns, *(Column(name, "numeric") for name in worth)])
    vectors = Vectors(Path(given["vectors"]) if given["vectors"] else None, work / "vectors")
    task = SolutionTask(
        **{
            key: given[key]
            for key in ("name", "kind", "metric", "target", "classes", "source_column", "seed")
        },
        columns=columns,
        ignorable=tuple(
            Ignorable(**one | {"words": tuple(one["words"]), "patterns": tuple(one["patterns"])})
            for one in given["ignorable"]
        ),
        budget=BudgetLeft(**given["budget"], vectors=vectors),
        vectors=vectors,
        rows=table[["split", "family"]],
        values=table[worth].set_axis(given["classes"], axis=1) if worth else None,
    )
    return task, table


def load_solution(path: Path) -> ModuleType:
    """Import the solution's file. A folder's other modules are found too, after all that is installed.

    The folder of a single file stays off the path: a file named like a package would hide that package.
    """
    if path.stem == "solution":
        sys.path.append(str(path.parent))
    spec = importlib.util.spec_from_file_location("solution", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["solution"] = module
    spec.loader.exec_module(module)
    return module


def run(work: Path, solution: Path) -> dict[str, Any]:
    """Fit and predict; write the predictions; return seconds of fit, predict and embedding, each apart."""
    module = load_solution(solution)
    task, table = read_task(work)
    if hasattr(module, "supports"):
        supported, reason = module.supports(task)
        if not supported:
            raise Unsupported(reason)
    random.seed(task.seed)
    np.random.seed(task.seed)
    names = [column.name for column in task.columns]
    model = module.build(task)
    fit_seconds, _ = _timed(lambda: model.fit(table[names], table[task.target]), task.vectors)
    print(f"fitted in {fit_seconds:.1f} s", flush=True)
    test = read_typed(work / "test.parquet", task.columns)[names]
    predict_seconds, predictions = _timed(lambda: _predict(model, test, task), task.vectors)
    print(f"predicted in {predict_seconds:.1f} s", flush=True)
    predictions.to_parquet(work / "predictions.parquet", index=False)
    return {
        "fit_seconds": fit_seconds,
        "predict_seconds": predict_seconds,
        "embed_seconds": task.vectors.spent,
        "embed_saved_seconds": task.vectors.saved,
    }


def _timed(work: Callable[[], Any], vectors: Vectors) -> tuple[float, Any]:
    """Seconds of the work without those of embedding, and its result."""
    started, embedding = time.monotonic(), vectors.spent
    result = work()
    return time.monotonic() - started - (vectors.spent - embedding), result


def _predict(model: Any, test: pd.DataFrame, task: SolutionTask) -> pd.DataFrame:
    if task.kind == "classification" and hasattr(model, "predict_proba"):
        given = np.asarray(model.predict_proba(test), dtype=float)
        probabilities = pd.DataFrame(given, columns=[str(name) for name in model.classes_])
        probabilities = probabilities.reindex(columns=task.classes, fill_value=0.0).add_prefix("p:")
        return pd.concat([pd.Series(_strings(test.index), name="id"), probabilities], axis=1)
    given = model.predict(test)
    if task.kind == "matching":
        return pd.DataFrame(given)
    if len(given) != len(test):
        raise ValueError(f"predict returned {len(given)} values for {len(test)} rows")
    column = "prediction" if task.kind == "classification" else "cluster"
    answers = pd.Series(list(given), dtype=object).map(str, na_action="ignore")  # a missing one stays missing
    return pd.DataFrame({"id": _strings(test.index), column: answers})


def _strings(values: Any) -> list[str]:
    return [str(value) for value in values]


def main() -> None:
    work, solution = Path(sys.argv[1]), Path(sys.argv[2])
    try:
        outcome = {"status": "ok", "reason": "", **run(work, solution)}
    except Unsupported as error:
        outcome = {"status": "unsupported", "reason": str(error)}
    except MemoryError as error:
        outcome = {"status": "memory", "reason": f"MemoryError: {error}"}
    except Exception as error:
        traceback.print_exc()
        outcome = {"status": "failed", "reason": f"{type(error).__name__}: {error}"}
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcome["peak_memory"] = kilobytes * (1 if sys.platform == "darwin" else 1024)
    (work / "outcome.json").write_text(json.dumps(outcome), encoding="utf-8")


if __name__ == "__main__":
    main()
