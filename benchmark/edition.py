"""Editions: the data sets that one recipe can give, by their size and by the key of all that is random in them.

The first size with seed 0 is the task's own version, `1.0.0`. Others are versions of their own: `1.0.0+full`,
`1.0.0+seed3`, `1.0.0+full.secret-2b81e07c`.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from benchmark.card import Card
from benchmark.errors import UserError, unknown_name
from benchmark.streams import Streams

SECRET_BYTES = 32


@dataclass(frozen=True)
class Edition:
    """A size and a key. `size` "" is the card's first; `secret` holds 32 bytes and takes the seed's place."""

    size: str = ""
    seed: int = 0
    secret: bytes | None = None

    def __repr__(self) -> str:
        key = "secret" if self.secret else f"seed {self.seed}"
        return f"Edition({self.size or 'first size'}, {key})"

    def version(self, card: Card) -> str:
        """The version of this edition of a card's task.

        Raises UserError for a size that the card lacks, and for a secret where labels are public anyway.
        """
        if self.size and self.size not in card.sizes:
            raise unknown_name(f"size of {card.name}", self.size, card.sizes)
        if self.secret and card.labels == "public":
            raise UserError(
                f"The labels of {card.name} are public, and no secret can hide them.",
                do="Leave --secret out, or take a task whose card says labels = 'secret'.",
            )
        parts = [self.size] if self.size and self.size != card.sizes[0] else []
        if self.secret:
            parts.append(f"secret-{hashlib.blake2b(b'name', key=self.secret, digest_size=4).hexdigest()}")
        elif self.seed:
            parts.append(f"seed{self.seed}")
        return "+".join([card.version, ".".join(parts)]) if parts else card.version

    def streams(self, card: Card) -> Streams:
        """The random streams of this edition."""
        return Streams(self.secret or f"seed {self.seed}".encode(), card.name, self.version(card))


def parse_edition(text: str) -> Edition | None:
    """The edition that the part after `+` in a version names; None for a secret one, which has no other name.

    >>> parse_edition("full.seed3")
    Edition(full, seed 3)
    >>> parse_edition("secret-2b81e07c") is None
    True
    """
    size, seed = "", 0
    for part in filter(None, text.split(".")):
        if part.startswith("secret-"):
            return None
        if found := re.fullmatch(r"seed(\d+)", part):
            seed = int(found[1])
        else:
            size = part
    return Edition(size, seed)


def new_secret(path: Path) -> None:
    """Write 32 random bytes, in hexadecimal, into a new file that its owner alone may read."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise UserError(
            "A secret is never overwritten: its contest set could not be made again.",
            given=str(path),
            do="Choose another file name.",
        ) from None
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(SECRET_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_secret(path: Path) -> bytes:
    """The bytes of a secret file. UserError for anything that `new_secret` has not written."""
    try:
        text = path.read_text(encoding="ascii").strip()
        open_to = path.stat().st_mode & 0o077
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path} is not a secret.", given=type(error).__name__, do=_MAKE) from None
    if not re.fullmatch(rf"[0-9a-f]{{{2 * SECRET_BYTES}}}", text):
        raise UserError(f"{path} is not a secret.", allowed="64 hexadecimal digits, generated", do=_MAKE)
    if open_to:
        raise UserError(
            f"Others on this machine may read the secret {path}.",
            given=f"mode {path.stat().st_mode & 0o777:o}",
            do=f"chmod 600 {path}",
        )
    return bytes.fromhex(text)


_MAKE = "classmark secret new FILE    (keep the file: with it the contest set can be made again)"
