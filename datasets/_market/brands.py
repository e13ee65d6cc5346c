"""Invented brand names."""

from __future__ import annotations

from typing import Any

import numpy as np

from .grammar import plain
from .noise import Dice
from .vocabulary import read

COMPOSED = 0.25  # share of names with "Maison", "& Co", ...
SHORTEST, LONGEST = 4, 10  # letters of a single name
VOWELS = "aeiouyéåøäöü"


def make_brands(rng: np.random.Generator, count: int) -> list[str]:
    """Distinct pronounceable names that are no dictionary words; the caller decides which are new."""
    lexicon, dice = read("brands"), Dice(rng)
    sounds = list(lexicon["sounds"].values())
    avoid = [plain(piece) for piece in lexicon["avoid"]]
    found: dict[str, str] = {}  # by what is left of a name without accents and doubled letters
    while len(found) < count:
        kind = dice.pick(sounds)
        name = dice.pick(kind["patterns"]) if dice.roll() < COMPOSED else "{}"
        while "{}" in name:
            name = name.replace("{}", _name(kind, dice), 1)
        bare = plain(name)
        if not any(piece in bare for piece in avoid):
            found.setdefault(_core(bare), name)
    return list(found.values())


def _name(sounds: dict[str, Any], dice: Dice) -> str:
    while True:
        name: str = "".join(dice.pick(sounds[part]) for part in ("onset", "vowel", "coda"))
        if dice.roll() < 0.3:
            name = dice.pick(sounds["onset"]) + dice.pick(sounds["vowel"]) + name
        ending = dice.pick(sounds["ending"])
        if name[-1] in VOWELS and ending[0] in VOWELS:
            name = name.rstrip(VOWELS) or name
        name += ending
        if SHORTEST <= len(name) <= LONGEST:
            return name.capitalize()


def _core(bare: str) -> str:
    letters = [sign for sign in bare if sign.isalpha()]
    return "".join(sign for at, sign in enumerate(letters) if at == 0 or sign != letters[at - 1])
