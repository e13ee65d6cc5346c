"""What the final report shows, from the body of the `final` entry."""

from __future__ import annotations

from typing import Any

from leaderboard.pages.view import View


def report(view: View, final: dict[str, Any]) -> dict[str, Any]:
    return {"final": final}
