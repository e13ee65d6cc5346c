"""A real server on a loopback address, in a thread of this process."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn

from leaderboard.contest import Contest
from leaderboard.server.app import create_app
from leaderboard.server.limits import Limits
from leaderboard.server.serving import uvicorn_config


@contextmanager
def live_server(contest: Contest, limits: Limits | None = None, proxied: bool = False) -> Iterator[str]:
    """The address of a running server; it has ended when the block ends."""
    server = uvicorn.Server(uvicorn_config(create_app(contest, limits, proxied)))
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))  # asyncio sends at once on sockets that name their protocol alone
        listening.listen(2048)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            thread.join(0.01)
        try:
            yield url
        finally:
            server.should_exit = True
            thread.join(20)
            assert not thread.is_alive()


def signed(token: str, **headers: str) -> dict[str, str]:
    """The headers of a team's request."""
    return {"Authorization": f"Bearer {token}", **headers}


def client(url: str, token: str = "") -> httpx.Client:
    """A client of a server, with a team's token or none."""
    return httpx.Client(base_url=url, headers=signed(token) if token else {}, timeout=60)
