"""How things are measured: alternately in one process, and in a fresh process where memory counts.

What is measured stands in the modules of the cases.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def seconds(call: Callable[[], object]) -> float:
    """Wall seconds of one call; freeing its result is not counted."""
    start = time.perf_counter()
    result = call()
    elapsed = time.perf_counter() - start
    del result
    return elapsed


def alternately(*calls: Callable[[], object], rounds: int) -> list[list[float]]:
    """Seconds of each call in each round, A B A B..., after one round that warms up and does not count.

    >>> [len(found) for found in alternately(lambda: 1, lambda: 2, rounds=3)]
    [3, 3]
    """
    for call in calls:
        call()
    found = [[seconds(call) for call in calls] for _ in range(rounds)]
    return [list(column) for column in zip(*found, strict=True)]


def apart(call: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
    """The result of a call in a fresh process; of it, `call` must be a module's own function."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=spawn) as pool:
        return pool.submit(call, *given, **named).result()


def peak_memory() -> int:
    """The largest resident memory of this process so far, in bytes."""
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest if sys.platform == "darwin" else largest * 1024
