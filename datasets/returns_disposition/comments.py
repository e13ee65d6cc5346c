"""Customers' comments and inspectors' notes in five languages, from what they are to say and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._market.sellers import LANGUAGES, Seller
from .world import COMMENTS, KINDS, NOTES, read

EXTRA = 0.45  # the chance of a remark that says nothing about the item
FOREIGN = 0.06  # the chance that a customer writes in another language than the shop's
NEW_EXTRAS = 2  # so many of the last remarks are used in new records only
FRESH = 0.6  # the chance that a sentence of a record with new wordings is a new one
CARELESS = 0.25  # the chance that a customer writes in lower case without accents or with slips


class Comments:
    """Writes comments; the generator leaves out one wording of each list, which ones is this world's secret."""

    def __init__(self, rng: np.random.Generator) -> None:
        files = {language: read(f"comments.{language}.toml") for language in LANGUAGES}
        self._notes = {language: self._thin(file.pop("note"), rng) for language, file in files.items()}
        self._extras = {language: file.pop("extra") for language, file in files.items()}
        self._comments = {language: self._thin(file, rng) for language, file in files.items()}

    @staticmethod
    def _thin(lists: dict[str, Any], rng: np.random.Generator) -> dict[str, list[str]]:
        """Each list without one of its common wordings; lists of three or fewer stay whole."""
        out = {}
        for name, lines in lists.items():
            dropped = int(rng.integers(len(lines) - 1)) if len(lines) > 3 else -1
            out[name] = [line for place, line in enumerate(lines) if place != dropped]
        return out

    def comment(self, said: int, kind: int, language: str, new: bool, rng: np.random.Generator) -> str | None:
        """One or two sentences for a theme of COMMENTS; None for the last, where nothing is written."""
        theme = COMMENTS[said]
        facts = list(KINDS.values())[kind]
        if theme == "none":
            return None
        if theme == "not_working" and "electric" not in facts["tags"]:
            theme = "faulty"
        sentences = [_pick(self._comments[language][theme], new, rng)]
        if rng.random() < EXTRA:
            extras = self._extras[language]
            chosen = extras[-NEW_EXTRAS:] if new else extras[:-NEW_EXTRAS]
            sentences.insert(int(rng.integers(2)), chosen[int(rng.integers(len(chosen)))])
        product = facts[language].split("|")[0]
        text = " ".join(sentences).replace("{X}", product[0].upper() + product[1:]).replace("{x}", product)
        return careless(text, rng) if rng.random() < CARELESS else text

    def note(self, said: int, language: str, new: bool, rng: np.random.Generator) -> str | None:
        """An inspector's short note for a theme of NOTES; None for -1."""
        return None if said < 0 else _pick(self._notes[language][NOTES[said]], new, rng)


def careless(text: str, rng: np.random.Generator) -> str:
    """The text in lower case, in upper case, or with one slip of the keys."""
    habit = rng.random()
    if habit < 0.45:
        return text.lower().rstrip(".")
    if habit < 0.6:
        return text.upper()
    spots = [at for at in range(1, len(text) - 2) if text[at : at + 2].isalpha()]
    at = spots[int(rng.integers(len(spots)))]
    if habit < 0.8:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + text[at + 1 :]


def customer_language(seller: Seller, rng: np.random.Generator) -> str:
    """Most customers write the language of the shop they buy from."""
    return seller.language if rng.random() > FOREIGN else LANGUAGES[int(rng.integers(len(LANGUAGES)))]


def _pick(lines: list[str], new: bool, rng: np.random.Generator) -> str:
    """One of the lines; the last one in new records only, and often."""
    if new and rng.random() < FRESH:
        return lines[-1]
    return lines[int(rng.integers(len(lines) - 1))]
