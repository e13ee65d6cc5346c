"""`classmark download`."""

import click


@click.command("download")
def command() -> None:
    """(being built)"""
