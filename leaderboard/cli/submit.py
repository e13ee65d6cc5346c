"""`classmark submit`."""

import click


@click.command("submit")
def command() -> None:
    """(being built)"""
