"""`classmark publish`."""

import click


@click.command("publish")
def command() -> None:
    """(being built)"""
