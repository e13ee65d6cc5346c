"""What the child processes of a server share: they end with their parent, and wait out what will pass."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable

POLL_SECONDS = 0.2


def stop_with_parent() -> threading.Event:
    """An event that is set when the parent process is gone, and at SIGTERM or Ctrl-C."""
    stop, parent = threading.Event(), os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(POLL_SECONDS)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
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
