"""Options that several commands share."""

from __future__ import annotations

import click

json_option = click.option("--json", is_flag=True, help="Print JSON with stable keys.")


def names(ctx: click.Context, option: click.Parameter, given: tuple[str, ...]) -> list[str]:
    """The names in an option that may be given again and holds commas; each once, in order."""
    found = list(dict.fromkeys(name.strip() for text in given for name in text.split(",") if name.strip()))
    if given and not found:
        raise click.BadParameter(f"names with commas between; got {', '.join(map(repr, given))}")
    return found


def numbers(ctx: click.Context, option: click.Parameter, given: str | None) -> list[int] | None:
    """Whole numbers with commas between; each once, in order."""
    if given is None:
        return None
    try:
        return list(dict.fromkeys(int(text) for text in given.split(",")))
    except ValueError:
        raise click.BadParameter(f"whole numbers with commas between, such as 0,1; got {given!r}") from None
