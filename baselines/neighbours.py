"""Nearest neighbours by character TF-IDF and one threshold.

Pairs of records whose texts are similar enough match; clusters are the connected components of such pairs. Good
at spelling variants and model numbers, fast, hard to beat with little effort. Bad at near-identical texts of
different things ("64 GB" and "128 GB"), at chains of look-alikes, and blind to everything but text.
"""

from __future__ import annotations

from typing import Any

from baselines._neighbours import Neighbours


def supports(task: Any) -> tuple[bool, str]:
    if task.kind not in ("matching", "clustering"):
        return False, "it finds records that belong together"
    return bool(task.columns_of("text")), "it compares texts, and the task has no text column"


def build(task: Any) -> Neighbours:
    return Neighbours(task)
