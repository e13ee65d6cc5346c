"""`classmark history`."""

import click


@click.command("history")
def command() -> None:
    """(being built)"""
