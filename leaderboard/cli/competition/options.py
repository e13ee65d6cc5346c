"""What the organizer's commands share: the folder of the competition."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from leaderboard.contest import Contest

folder_argument = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))


def open_contest(folder: Path) -> Contest:
    """The competition in a folder. UserError where there is none, only half of one, or no way to its record."""
    from benchmark.errors import UserError
    from leaderboard.contest import Contest
    from leaderboard.record.journal import is_unavailable

    contest = Contest(folder)
    try:
        contest.require_made()
    except Exception as error:
        if not is_unavailable(error):
            raise
        raise UserError("The record cannot be reached.", given=str(getattr(error, "orig", error))) from None
    return contest
