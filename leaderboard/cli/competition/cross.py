"""`classmark competition cross DIR`."""

from __future__ import annotations

from pathlib import Path

import click

from leaderboard.cli.competition.options import folder_argument, open_contest


@click.command("cross")
@folder_argument
def cross(folder: Path) -> None:
    """Run every selected code solution on every task of its kind: what if they used the other's algorithm?"""
    from leaderboard.cross import cross as run_cross

    run_cross(open_contest(folder))
