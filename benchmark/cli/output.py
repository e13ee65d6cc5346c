"""What the commands share in printing: JSON for machines, tables for people."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import click

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


def console(stderr: bool = False) -> Console:
    """A console; as wide as it needs where nobody looks at it."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    wide = None if stream.isatty() or "COLUMNS" in os.environ else 140
    return Console(stderr=stderr, width=wide, highlight=False)


def print_json(content: Any) -> None:
    click.echo(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False))


def table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], right: Sequence[str] = ()
) -> Table:
    """A table; the columns named in `right` are numbers. Names, in the first column, are never folded.

    Strings are read as rich's markup; a Text is shown as it is.
    """
    from rich.table import Table
    from rich.text import Text

    made = Table(title=title or None, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for place, name in enumerate(columns):
        justify: Literal["left", "right"] = "right" if name in right else "left"
        made.add_column(name, justify=justify, overflow="fold", no_wrap=place == 0 or name in right)
    for row in rows:
        made.add_row(*("" if cell is None else cell if isinstance(cell, Text) else str(cell) for cell in row))
    return made


def number(value: float | None, digits: int = 3) -> str:
    """A metric value as people read it."""
    return "-" if value is None else f"{value:.{digits}f}"


def with_interval(found: dict[str, Any], digits: int = 3) -> str:
    """`0.812 [0.790, 0.833]`."""
    value, low, high = (number(found[key], digits) for key in ("value", "low", "high"))
    return value if found["low"] is None else f"{value} [{low}, {high}]"


def size(count: float) -> str:
    """Bytes as people read them."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"
