"""`classmark leaderboard`."""

import click


@click.command("leaderboard")
def command() -> None:
    """(being built)"""
