"""How recipes clean text and make family keys of it. Nothing here knows a task."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u200b\u200e\u200f\ufeff]")
_MARKS = re.compile(r"[\W_]+")


def clean(texts: pd.Series[Any]) -> pd.Series[Any]:
    """Text on one line: no control characters, single spaces, trimmed; an empty text is missing.

    Line breaks of any kind become a space, so that no reader of the tables meets one.

    >>> clean(pd.Series(["  a\\u2028b\\x00 c\\r\\n", "\\ufeff ", None])).tolist()
    ['a b c', <NA>, <NA>]
    """
    lines = texts.map(lambda text: " ".join(_CONTROL.sub("", text).split()), na_action="ignore")
    return _without_empty(lines)


def key(texts: pd.Series[Any]) -> pd.Series[Any]:
    """What is left of a text when case and punctuation do not count; missing where nothing is.

    >>> key(pd.Series(["Tenda  A5 (white)", "tenda-a5_WHITE", "..."])).tolist()
    ['tenda a5 white', 'tenda a5 white', <NA>]
    """
    words = texts.map(lambda text: _MARKS.sub(" ", text.casefold()).strip(), na_action="ignore")
    return _without_empty(words)


def _without_empty(texts: pd.Series[Any]) -> pd.Series[Any]:
    known = texts.astype("string")
    return known.where(known != "", pd.NA)
