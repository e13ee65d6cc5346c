"""A team that begins uploads and never ends them: there is always a half-written file on the server's disk."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress

from tests.contest.served import Served

BOUNDARY = "half"
SENT = 60_000


class Dawdler:
    """For the length of a block, one upload after the other; each stays half-done until the server ends it."""

    def __init__(self, server: Served, token: str) -> None:
        self._server, self._token = server, token
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._dawdle)

    def __enter__(self) -> Dawdler:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _dawdle(self) -> None:
        while not self._stop.is_set():
            with (
                suppress(OSError),
                socket.create_connection(("127.0.0.1", self._server.port), 5) as connection,
            ):
                connection.sendall(self._half())
                connection.settimeout(0.5)
                while not self._stop.is_set():
                    with suppress(TimeoutError):
                        if not connection.recv(1000):
                            break
                        continue
                    connection.sendall(b"x" * 10_000)
            time.sleep(0.2)

    def _half(self) -> bytes:
        """The head of a request and the first part of its body."""
        part = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="toy_matching"; filename="x"\r\n\r\n'
        head = (
            "POST /api/submissions HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: Bearer {self._token}\r\n"
            f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: 2000000\r\n\r\n"
        )
        return (head + part).encode() + b"x" * SENT
