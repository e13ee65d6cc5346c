"""`classmark join`."""

import click


@click.command("join")
def command() -> None:
    """(being built)"""
