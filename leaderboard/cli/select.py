"""`classmark select`."""

import click


@click.command("select")
def command() -> None:
    """(being built)"""
