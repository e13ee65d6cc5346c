"""What the child processes of a server share: they end with their parent, and wait out what will pass."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable

POLL_SECONDS = 0.2
GRACE_SECONDS = 30.0


def stop_with_parent(parent: int | None = None) -> threading.Event:
    """An event that is set when the parent process is gone, and at SIGTERM or Ctrl-C.

    `parent` is its id, for a process that it may have left before coming here. Once it is gone, a process that hangs
    is ended the hard way after a while: the next one waits for its locks.
    """
    stop, parent = threading.Event(), parent or os.getppid()
    heard: list[int] = []

    def watch() -> None:
        while os.getppid() == parent and not heard:
            time.sleep(POLL_SECONDS)
        stop.set()
        while os.getppid() == parent:
            time.sleep(POLL_SECONDS)
        time.sleep(GRACE_SECONDS)
        os._exit(1)

    for number in (signal.SIGTERM, signal.SIGINT):
        # A parent of many threads that is killed sends many. One amid another's `stop.set()` would wait for ever.
        signal.signal(number, lambda number, _: heard.append(number))
    threading.Thread(target=watch, daemon=True).start()
    return stop


def follow(
    step: Callable[[], None],
    stop: threading.Event,
    passes: Callable[[Exception], bool],
    longest: float,
    log: logging.Logger,
) -> None:
    """Do a step again and again until `stop` is set; after an error that passes, less and less often."""
    wait = POLL_SECONDS
    while not stop.is_set():
        try:
            step()
            wait = POLL_SECONDS
        except Exception as error:
            if not passes(error):
                raise
            wait = min(2 * wait, longest)
            log.warning("next try in %.1f s: %s: %s", wait, type(error).__name__, error)
        stop.wait(wait)
