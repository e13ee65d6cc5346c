"""Text files that come with a solution, read without trust: what is no text, no TOML, or too long is a UserError."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from benchmark.errors import UserError

MOST_LISTED = 2**14  # bytes: a parser of TOML takes a minute for a key of 100 kB


def read_text(path: Path) -> str:
    """A file of UTF-8, with or without a byte order mark."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not UTF-8.", given=str(error)) from None


def read_listed(path: Path) -> str:
    """A short file: a list of requirements, a few settings."""
    if (size := path.stat().st_size) > MOST_LISTED:
        raise UserError(
            f"{path} is too long.", allowed=f"at most {MOST_LISTED:,} bytes", given=f"{size:,} bytes"
        )
    return read_text(path)


def parse_toml(text: str, path: Path) -> dict[str, Any]:
    """The tables in the text of the file `path`."""
    try:
        content = tomllib.loads(text)
        repr(content)  # what is nested too deeply to be shown cannot be refused either
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path} is not TOML.", given=str(error)) from None
    return content
