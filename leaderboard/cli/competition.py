"""`classmark competition`."""

import click


@click.command("competition")
def command() -> None:
    """(being built)"""
