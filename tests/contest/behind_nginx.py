"""nginx with the shipped configuration, on loopback ports and with a certificate of its own."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.contest.served import Served, free_port

SHIPPED = Path(__file__).parents[2] / "docs" / "ops" / "nginx.conf"
NAME = "competition.example.org"
AROUND = """
daemon off;
user {user};
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/classmark.conf;
}}
"""


@dataclass(frozen=True)
class Nginx:
    """Where it listens, and a TLS context that trusts its certificate alone."""

    port: int
    plain_port: int
    trust: ssl.SSLContext
    folder: Path

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"


@contextmanager
def nginx_before(server: Served, folder: Path) -> Iterator[Nginx]:
    """A running nginx before a server; the test is skipped where nginx or openssl is not installed."""
    for program in ("nginx", "openssl"):
        if not shutil.which(program):
            pytest.skip(f"{program} is not here")
    folder.mkdir()
    _certify(folder)
    found = Nginx(free_port(), free_port(), ssl.create_default_context(cafile=folder / "cert.pem"), folder)
    (folder / "classmark.conf").write_text(_adapted(found, server))
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user=folder.owner()))
    command = ["nginx", "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]
    subprocess.run([*command, "-t"], check=True, capture_output=True)
    process = subprocess.Popen(command)
    try:
        _wait(found.port, process)
        yield found
    finally:
        process.terminate()
        process.wait(20)


def _adapted(nginx: Nginx, server: Served) -> str:
    """The shipped configuration with this machine's ports, name and certificate."""
    text = SHIPPED.read_text()
    changes = {
        "server 127.0.0.1:8000;": f"server 127.0.0.1:{server.port};",
        "listen 80;": f"listen 127.0.0.1:{nginx.plain_port};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{nginx.port} ssl http2;",
        f"server_name {NAME};": "server_name localhost;",
        f"/etc/letsencrypt/live/{NAME}/fullchain.pem": str(nginx.folder / "cert.pem"),
        f"/etc/letsencrypt/live/{NAME}/privkey.pem": str(nginx.folder / "key.pem"),
    }
    for shipped, here in changes.items():
        assert shipped in text, f"the shipped configuration has no {shipped}"
        text = text.replace(shipped, here)
    return text


def _certify(folder: Path) -> None:
    """A certificate for localhost, signed by itself."""
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
    command += " -addext subjectAltName=DNS:localhost"
    subprocess.run(
        [*command.split(), "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True,
        capture_output=True,
    )


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        assert process.poll() is None, "nginx did not start"
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("nginx does not listen")
