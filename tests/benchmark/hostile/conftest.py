"""What every attempt is made on, and that it has hurt nobody."""

from __future__ import annotations

from collections.abc import Iterator

import psutil
import pytest
from hostile import NAME
from toys import toy_task

from benchmark.home import hidden_folder
from benchmark.task import Task


@pytest.fixture
def task() -> Task:
    return toy_task("classification")


@pytest.fixture(autouse=True)
def unhurt(task: Task) -> Iterator[None]:
    """The labels are as they were, and nobody is left behind."""
    labels = hidden_folder(task.name, task.version) / "labels.parquet"
    before = labels.read_bytes()
    yield
    assert labels.read_bytes() == before
    assert not [
        one for one in psutil.process_iter(["cmdline"]) if NAME in " ".join(one.info["cmdline"] or [])
    ]
