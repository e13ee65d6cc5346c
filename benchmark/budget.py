"""What one run may use: wall seconds, memory, cores, disk; and how people write such amounts."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any

from benchmark.errors import UserError

_SECONDS = {"s": 1, "m": 60, "h": 3600}
_BYTES = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}
_MOST_SECONDS = 10_000 * 3600
_MOST_BYTES = 10**18


@dataclass(frozen=True)
class Budget:
    """Limits of one run: wall seconds of the whole worker process, bytes of memory and disk, cores."""

    seconds: float
    memory: int
    cores: int
    disk: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def parse_seconds(text: str) -> float:
    """Seconds from `90`, `90s`, `5m` or `1h`.

    >>> parse_seconds("5m")
    300.0
    """
    return _parse(text, _SECONDS, "s", _MOST_SECONDS, "a time, such as 90s, 5m or 1h, up to 10000h")


def parse_bytes(text: str) -> int:
    """Bytes from `500MB`, `8GB` or `8GiB`.

    >>> parse_bytes("8GB")
    8000000000
    """
    allowed = "an amount of memory, such as 500MB or 8GB, up to 1000000000GB"
    return int(_parse(text, _BYTES, "B", _MOST_BYTES, allowed))


def _parse(text: str, units: dict[str, int], default: str, most: int, allowed: str) -> float:
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*", text)
    unit = (match.group(2) or default) if match else ""
    factor = units.get(unit) or units.get(unit.upper()) or units.get(unit.lower())
    amount = float(match.group(1)) * factor if match and factor else 0.0
    if not 0 < amount <= most:
        raise UserError("The budget cannot be read.", allowed=allowed, given=repr(text))
    return amount
