"""classmark: what a task is, how it is loaded, checked, run and scored.

No machine-learning framework, no MLflow and no web server is imported here; names load when first used, so that
`classmark --help` starts fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmark.checking import Report, check
    from benchmark.errors import UserError
    from benchmark.load import list_tasks, load_task
    from benchmark.scoring import Score, score
    from benchmark.task import Task

_HOMES = {
    "Report": "checking",
    "Score": "scoring",
    "Task": "task",
    "UserError": "errors",
    "check": "checking",
    "list_tasks": "load",
    "load_task": "load",
    "score": "scoring",
}

__all__ = ["Report", "Score", "Task", "UserError", "check", "list_tasks", "load_task", "score"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'benchmark' has no attribute {name!r}")
    return getattr(import_module(f"benchmark.{_HOMES[name]}"), name)
