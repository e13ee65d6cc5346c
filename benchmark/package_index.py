"""Where this machine's packages come from, and the program that installs them.

uv or pip, with the index settings of this machine. They are found out here and handed over as variables, because
nothing of the home that they are written in is visible where an environment is built.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from benchmark.errors import UserError
from benchmark.sandbox import Mount

_SOURCES = ("INDEX_URL", "EXTRA_INDEX_URL", "FIND_LINKS", "NO_INDEX")
_PIP = (
    *(f"PIP_{name}" for name in (*_SOURCES, "TRUSTED_HOST", "CERT", "CLIENT_CERT", "PROXY")),
    *("PIP_TIMEOUT", "PIP_DEFAULT_TIMEOUT"),
)
_UV = (
    *(f"UV_{name}" for name in (*_SOURCES, "INDEX", "DEFAULT_INDEX", "INSECURE_HOST", "NATIVE_TLS")),
    *("UV_CONFIG_FILE", "UV_HTTP_TIMEOUT", "UV_OFFLINE", "UV_SYSTEM_CERTS", "UV_TORCH_BACKEND"),
)
# pip, told of several indexes, goes on without those that it cannot reach, and says so to who wants to know all
_UNREACHED = re.compile(r"Could not fetch URL (?!.*: (401|403|404|410) Client Error).*")
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")


@dataclass(frozen=True)
class Installer:
    """A program that installs wheels: `command(python)` is followed by the requirements."""

    program: Path
    variables: dict[str, str]

    def command(self, python: str, dry: bool = False) -> list[str]:
        """The command that installs into the environment of an interpreter; `dry`, it only asks the index."""
        asking = ["--dry-run", "--no-deps"] if dry else []
        if self.program.suffix == ".py":
            quiet = ["--no-input", "--progress-bar", "off", "--disable-pip-version-check"]
            quiet += ["-vv" if dry else "-qq", "--no-warn-script-location", "--root-user-action", "ignore"]
            wheels = ["--only-binary", ":all:", "--no-cache-dir", "--no-compile"]
            return [python, "-I", str(self.program), "install", *quiet, *wheels, *asking, "--"]
        wheels = ["--no-build", "--no-cache", "--link-mode", "copy"]
        return [str(self.program), "pip", "install", *wheels, *asking, "--python", python, "--"]

    def mounts(self) -> tuple[Mount, ...]:
        """The program itself, and what its variables name of this machine, read-only at their own places."""
        pip = self.program.suffix == ".py"
        found = [self.program.parent if pip else self.program, *_paths(self.variables.values())]
        return tuple(Mount(path, str(path)) for path in dict.fromkeys(found))


def unreached(log: str) -> list[str]:
    """The lines of a dry installer's log on indexes that did not answer, though another one gave what was asked for."""
    return [found[0] for found in _UNREACHED.finditer(log)]


def installer() -> Installer:
    """uv, or pip where there is no uv or where only pip has been told of an index. Raises UserError without both."""
    uv = shutil.which("uv", path=os.pathsep.join([str(Path(sys.prefix, "bin")), os.environ.get("PATH", "")]))
    pip = find_spec("pip")
    told_uv, told_pip = _uv_settings(), _pip_settings() if pip else {}
    common = {name: os.environ[name] for name in (*_CERTIFICATES, *_PROXIES) if name in os.environ}
    only_pip = not told_uv and any(f"PIP_{name}" in told_pip for name in _SOURCES)
    if uv and not only_pip:
        own = told_uv if "UV_CONFIG_FILE" in told_uv else told_uv | {"UV_NO_CONFIG": "1"}
        return Installer(Path(uv), common | own)
    if pip is None or pip.origin is None:
        raise UserError(
            "To build environments for solutions, uv or pip is needed.", do=f"{sys.executable} -m ensurepip"
        )
    runner = Path(pip.origin).with_name("__pip-runner__.py")
    return Installer(runner, common | told_pip | {"PIP_CONFIG_FILE": os.devnull})


def _uv_settings() -> dict[str, str]:
    settings = {
        name: value for name, value in os.environ.items() if name in _UV or name.startswith("UV_INDEX_")
    }
    own = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config", "uv", "uv.toml")
    for path in (own, Path("/etc/uv/uv.toml")):
        if path.is_file():
            settings.setdefault("UV_CONFIG_FILE", str(path))
    return settings


def _pip_settings() -> dict[str, str]:
    """pip's settings from all its files and variables, as variables; the later in its own order wins."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True
    )
    found = {}
    for section in ("global.", "install.", ":env:."):
        for line in listed.stdout.splitlines():
            if line.startswith(section):
                name, value = line.removeprefix(section).split("=", 1)
                found[f"PIP_{name.upper().replace('-', '_')}"] = str(ast.literal_eval(value))
    return {name: value for name, value in found.items() if name in _PIP}


def _paths(values: Iterable[str]) -> list[Path]:
    """The files and folders of this machine that the values name; of an index `.../simple` its parent."""
    found = []
    for word in " ".join(values).replace(",", " ").split():
        path = Path(url2pathname(urlsplit(word).path) if word.startswith("file:") else word)
        if path.is_absolute() and path.exists() and path != Path(os.devnull):
            found.append(path.parent if path.name == "simple" else path)
    return found
