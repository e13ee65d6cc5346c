"""Bars for what takes long, where somebody looks; written to the error stream, so that output stays clean."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Advance = Callable[[int], None]
"""Says how many bytes are done by now."""


class Bars:
    """One bar below the other."""

    def __init__(self) -> None:
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
            TransferSpeedColumn,
        )

        from benchmark.cli.output import console

        shown = console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=shown,
            transient=True,
            disable=not shown.is_terminal,
        )

    def begin(self, label: str, total: int) -> Advance:
        """A new bar of `total` bytes; call what it returns as they come."""
        bar = self._progress.add_task(label, total=total)
        return lambda done: self._progress.update(bar, completed=done)


@contextmanager
def bars() -> Iterator[Bars]:
    """Bars that vanish at the end of the block."""
    made = Bars()
    with made._progress:
        yield made


@contextmanager
def spinner(text: str) -> Iterator[None]:
    """Says that something is being waited for."""
    from benchmark.cli.output import console

    shown = console(stderr=True)
    if not shown.is_terminal:
        yield
        return
    with shown.status(text):
        yield
