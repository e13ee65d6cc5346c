"""What the organizer's commands share: the folder of the competition."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from leaderboard.contest import Contest

folder_argument = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))


def open_contest(folder: Path) -> Contest:
    """The competition in a folder. UserError where there is none, or only half of one."""
    from leaderboard.contest import Contest

    contest = Contest(folder)
    contest.require_made()
    return contest
