"""Text of others, made harmless for a terminal."""

from __future__ import annotations

import unicodedata


def one_line(text: object) -> str:
    """Text without control, format and surrogate characters; line breaks become spaces.

    >>> one_line("a\\x1b[2Jb\\nc")
    'a[2Jb c'
    """
    return "".join(letter for letter in " ".join(str(text).split()) if not _is_control(letter))


def lines(text: object) -> str:
    """The same for text of several lines, which stay."""
    return "\n".join(
        "".join(letter for letter in line.expandtabs() if not _is_control(letter))
        for line in str(text).splitlines()
    )


def _is_control(letter: str) -> bool:
    return unicodedata.category(letter)[0] == "C"
