"""Stripping what is to be ignored."""

from __future__ import annotations

import pandas as pd
from toys import toy_task

from baselines.neighbours_strip import build, supports
from tests.baselines.solver import given


def stripped(titles: list[str | None], words: list[str], patterns: list[str]) -> list[str | None]:
    ignorable = [{"name": "colour", "column": "title", "words": words, "patterns": patterns}]
    seen = given(toy_task("clustering", ignorable=ignorable))
    table = seen.X.iloc[: len(titles)].assign(title=pd.Series(titles, dtype="string").to_numpy())
    cleaned = build(seen.task).clean(table)["title"]
    return [None if pd.isna(title) else " ".join(title.split()) for title in cleaned]


def test_words_go_whole_and_whatever_their_case() -> None:
    assert stripped(["Red lamp", "reddish RED", None], ["red"], []) == ["lamp", "reddish", None]


def test_the_longer_word_goes_first() -> None:
    assert stripped(["rose gold ring"], ["rose", "rose gold"], []) == ["ring"]


def test_patterns_go_too() -> None:
    assert stripped(["chair 40cm space grey"], ["grey"], [r"\b\d+cm\b", "space(?= grey)"]) == ["chair"]


def test_words_are_not_read_as_patterns() -> None:
    assert stripped(["a.b axb"], ["a.b"], []) == ["axb"]


def test_it_refuses_a_task_with_nothing_to_ignore() -> None:
    seen = given(toy_task("clustering", ignorable=[]))
    assert supports(seen.task) == (False, "the task has no attributes to ignore")


def test_it_does_a_task_with_something_to_ignore() -> None:
    assert supports(given(toy_task("clustering")).task)[0]
