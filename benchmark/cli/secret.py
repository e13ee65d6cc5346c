"""`classmark secret new FILE`: the key of a contest set that nobody else can make."""

from __future__ import annotations

from pathlib import Path

import click

from benchmark.cli.output import console


@click.group("secret")
def command() -> None:
    """Make the secret of a contest set."""


@command.command("new")
@click.argument("file", type=click.Path(path_type=Path))
def new(file: Path) -> None:
    """Write 32 random bytes into a new FILE that you alone may read."""
    from benchmark.edition import new_secret

    new_secret(file)
    console().print(
        f"[green]✓[/green] {file}: keep it, and keep it to yourself. Whoever has it can make the labels.\n"
        f"  classmark prepare TASK --secret {file}",
        soft_wrap=True,
    )
