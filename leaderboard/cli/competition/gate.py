"""`classmark competition open` and `close`: the gate, by hand; and the end."""

from __future__ import annotations

from pathlib import Path

import click

from leaderboard.cli.competition.options import folder_argument, open_contest

_reason = click.option("--reason", required=True, help="What teams are told.")


@click.command("open")
@folder_argument
@_reason
def open_gate(folder: Path, reason: str) -> None:
    """Take submissions from now on, whatever the dates say, until `close`."""
    from leaderboard.gate import move_gate

    move_gate(open_contest(folder), "open", reason)
    click.echo(
        f"✓ open: {reason}\n  The dates close it no more; this does: classmark competition close {folder}"
    )


@click.command("close")
@folder_argument
@click.option("--reason", default="", help="What teams are told.")
@click.option("--final", is_flag=True, help="End the competition for good: private scores, report, winners.")
def close_gate(folder: Path, reason: str, final: bool) -> None:
    """Take no submissions from now on. With --final, once and for ever, and make the report."""
    from leaderboard.gate import move_gate

    if not (final or reason):
        raise click.UsageError("Give --reason, or --final.")
    contest = open_contest(folder)
    if not final:
        move_gate(contest, "closed", reason)
        click.echo(f"✓ closed: {reason}")
        return
