"""`classmark serve`."""

import click


@click.command("serve")
def command() -> None:
    """(being built)"""
