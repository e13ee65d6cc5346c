"""A bad line between a client and a server: connections break, a proxy answers in the server's place."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Wire:
    """`plans` say what happens to the next connections, one each; those after them are left alone.

    A number: the connection breaks when so many bytes of the answers have passed. Bytes: the proxy answers with them.
    `before` are called once when a request comes whose first line holds the key.
    """

    url: str
    plans: list[int | bytes] = field(default_factory=list)
    before: dict[str, Callable[[], None]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    open: list[socket.socket] = field(default_factory=list)

    def plan(self, *plans: int | bytes) -> None:
        """Break what is open, so that the plans meet the next requests."""
        self.plans[:] = plans
        for connection in self.open:
            _shut(connection)


@contextmanager
def wire_to(url: str) -> Iterator[Wire]:
    """A line to the server at an address."""
    port = int(url.rpartition(":")[2])
    with socket.create_server(("127.0.0.1", 0)) as listening:
        wire = Wire(f"http://127.0.0.1:{listening.getsockname()[1]}")
        threading.Thread(target=_listen, args=(listening, port, wire), daemon=True).start()
        try:
            yield wire
        finally:
            for connection in wire.open:
                _shut(connection)


def _listen(listening: socket.socket, port: int, wire: Wire) -> None:
    with suppress(OSError):
        while True:
            client, _ = listening.accept()
            wire.open.append(client)
            threading.Thread(target=_serve, args=(client, port, wire), daemon=True).start()


def _serve(client: socket.socket, port: int, wire: Wire) -> None:
    with (
        _closing(client),
        _closing(socket.create_connection(("127.0.0.1", port))) as server,
        suppress(OSError),
    ):
        first = client.recv(2**16)
        if not first:
            return
        plan = wire.plans.pop(0) if wire.plans else None
        if isinstance(plan, bytes):
            _note(first, wire)
            client.sendall(plan)
            return
        threading.Thread(target=_pass_on, args=(client, server, first, wire), daemon=True).start()
        passed = 0
        while content := server.recv(2**12):
            if plan is not None and passed + len(content) >= plan:
                client.sendall(content[: plan - passed])
                return
            passed += len(content)
            client.sendall(content)


def _pass_on(client: socket.socket, server: socket.socket, content: bytes, wire: Wire) -> None:
    with suppress(OSError):
        while content:
            _note(content, wire)
            server.sendall(content)
            content = client.recv(2**16)
    _shut(server)


def _note(content: bytes, wire: Wire) -> None:
    if not content.startswith((b"GET", b"PUT", b"POST")):
        return
    head = content.partition(b"\r\n\r\n")[0].decode("latin-1")
    wire.requests.append(head)
    for key in [key for key in wire.before if key in head.partition("\r\n")[0]]:
        wire.before.pop(key)()


@contextmanager
def _closing(connection: socket.socket) -> Iterator[socket.socket]:
    """Ends a connection in any case: another thread may wait for what comes from it."""
    with connection:
        try:
            yield connection
        finally:
            _shut(connection)


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
