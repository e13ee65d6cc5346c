"""Slips of the keyboard, abbreviations and shouting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from .grammar import plain

Item = TypeVar("Item")

ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
NEIGHBOURS = {
    sign: row[max(at - 1, 0) : at] + row[at + 1 : at + 2] for row in ROWS for at, sign in enumerate(row)
}
SHORTEST = 4  # letters of a word that gets typos


class Dice:
    """Cheap draws, taken from a generator in blocks.

    >>> dice = Dice(np.random.default_rng(0))
    >>> dice.pick(["a", "b", "c"])
    'b'
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._left: list[float] = []

    def roll(self) -> float:
        """A number in [0, 1)."""
        if not self._left:
            self._left = self._rng.random(64).tolist()
        return self._left.pop()

    def pick(self, items: Sequence[Item]) -> Item:
        """One of the items, all with the same chance."""
        return items[int(self.roll() * len(items))]


def with_typos(text: str, chance: float, dice: Dice) -> str:
    """The text, with a slip in each longer word by the chance; numbers stay."""
    if chance <= 0:
        return text
    words = text.split(" ")
    for at, word in enumerate(words):
        if len(word) >= SHORTEST and dice.roll() < chance and not any(sign.isdigit() for sign in word):
            words[at] = mistyped(word, dice)
    return " ".join(words)


def mistyped(word: str, dice: Dice) -> str:
    """The word with letters swapped, dropped, doubled or hit beside, or without its accents."""
    bare = plain(word)
    if bare != word.lower() and len(bare) == len(word) and dice.roll() < 0.6:
        return bare[0].upper() + bare[1:] if word[0].isupper() else bare
    at = 1 + int(dice.roll() * (len(word) - 2))
    kind = dice.roll()
    if not word[at].isalpha() or not word[at + 1].isalpha():
        return word
    if kind < 0.3:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind < 0.6:
        return word[:at] + word[at + 1 :]
    if kind < 0.8:
        return word[: at + 1] + word[at] + word[at + 1 :]
    beside = NEIGHBOURS.get(word[at].lower(), "")
    return word[:at] + dice.pick(beside) + word[at + 1 :] if beside else word


def abbreviated(text: str, short: dict[str, str], chance: float, kept: str, dice: Dice) -> str:
    """The text with words shortened by the chance, but for the phrase `kept`."""
    if chance <= 0:
        return text
    at = text.lower().find(kept.lower())
    if at < 0:
        return _shortened(text, short, chance, dice)
    end = at + len(kept)
    head, tail = _shortened(text[:at], short, chance, dice), _shortened(text[end:], short, chance, dice)
    return head + text[at:end] + tail


def _shortened(text: str, short: dict[str, str], chance: float, dice: Dice) -> str:
    words = text.split(" ")
    for at, word in enumerate(words):
        core = word.rstrip(",.;:)")
        brief = short.get(core.lower())
        if brief is not None and dice.roll() < chance:
            rest = word[len(core) :]
            words[at] = brief + (rest.removeprefix(".") if brief.endswith(".") else rest)
    return " ".join(words)


def shouted(text: str, dice: Dice) -> str:
    """The text in capitals: all of it, or half of its words."""
    if dice.roll() < 0.5:
        return text.upper()
    return " ".join(word.upper() if dice.roll() < 0.5 else word for word in text.split(" "))
