"""Competitions and their leaderboard, and the MLflow store that people look at.

A participant needs three names of it; they load when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leaderboard.client.client import Competition, join, open_competition

__all__ = ["Competition", "join", "open_competition"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'leaderboard' has no attribute {name!r}")
    return getattr(import_module("leaderboard.client.client"), name)
