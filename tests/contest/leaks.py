"""What a participant must never see, looked for in everything that a participant can get.

Whoever looks holds all labels. Decisive are texts that nobody writes by chance: ids of families and of true clusters,
the salts, digests of private draws, private scores in full. The label and the part of a row are looked for as cells of
one record that holds the row's id; private scores as they are shown, rounded, in all that shows numbers.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
import re
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd

from leaderboard.contest import Contest

NUMBER = re.compile(rb"(?<![\d.])-?\d+\.\d+(?![\d.])")
SHOWN = re.compile(r"(?<![\d.])-?\d\.\d+(?![\d.])")
FULL_DIGITS = 6
"""A private score with so many decimals is no chance, in whatever it stands."""
Seen = Iterable[tuple[str, bytes]]


@dataclass(frozen=True)
class Secrets:
    """What is hidden. `rows` gives the hidden cells of a test row by its id: its label where it is a word, its part."""

    tokens: dict[bytes, str]
    rows: dict[str, dict[str, str]]
    scores: tuple[float, ...]
    public: tuple[float, ...]

    @classmethod
    def of(cls, contest: Contest) -> Secrets:
        tokens: dict[bytes, str] = {}
        rows: dict[str, dict[str, str]] = {}
        for name in contest.config.tasks:
            task, hidden = contest.task(name), pd.read_parquet(contest.labels_file(name, "labels.parquet"))
            salt = json.loads(contest.labels_file(name, "labels.json").read_text())["salt"]
            tokens[salt.encode()] = f"{name}: the salt of the seal"
            for family in hidden["family"].unique():
                tokens[str(family).encode()] = f"{name}: a family"
            if task.kind != "classification":
                for target in hidden["target"].unique():
                    tokens[str(target).encode()] = f"{name}: a true cluster"
            for row in hidden.itertuples():
                rows[str(row.id)] = {"part": str(row.part)}
                if task.kind == "classification":
                    rows[str(row.id)]["label"] = str(row.target)
        private, draws = _scores(contest, private=True)
        tokens |= {digest.encode(): "a file of private draws" for digest in draws}
        return cls(tokens, rows, private, _scores(contest, private=False)[0])


def leaks(secrets: Secrets, seen: Seen, digits: int) -> list[str]:
    """Where hidden things stand in what was seen, by name and content; `digits` are those of scores that are shown."""
    shown = {f"{value:.{digits}f}" for value in secrets.public}
    rounded = {f"{value:.{digits}f}" for value in secrets.scores} - shown
    full = {
        f"{value:.{places}f}".encode() for value in secrets.scores for places in range(FULL_DIGITS, 18)
    } | {repr(value).encode() for value in secrets.scores if len(repr(value)) > FULL_DIGITS + 2}
    full -= {f"{value:.{places}f}".encode() for value in secrets.public for places in range(FULL_DIGITS, 18)}
    full -= {repr(value).encode() for value in secrets.public}
    pattern = re.compile(b"|".join(re.escape(token) for token in secrets.tokens))
    found = []
    for name, content in opened(seen):
        found += [f"{name} holds {secrets.tokens[one]}" for one in {*pattern.findall(content)}]
        found += [f"{name} holds a private score: {one!r}" for one in {*NUMBER.findall(content)} & full]
        for record in _records(name, content):
            for key in record & secrets.rows.keys():
                found += [
                    f"{name} says the {what} of test row {key}"
                    for what, value in secrets.rows[key].items()
                    if value in record
                ]
        if name.endswith((".json", ".csv", ".html")) and "/compare/" not in name:  # there differences stand
            numbers = set(SHOWN.findall(_visible(name, content)))
            found += [f"{name} shows a private score: {one}" for one in sorted(numbers & rounded)]
    return found


def opened(seen: Seen) -> Iterator[tuple[str, bytes]]:
    """Everything, and what is packed in it: members of archives, tables of Parquet and SQLite as text."""
    for name, content in seen:
        yield name, content
        if zipfile.is_zipfile(io.BytesIO(content)):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                yield from opened(
                    [(f"{name}!{member}", archive.read(member)) for member in archive.namelist()]
                )
        elif content[:2] == b"\x1f\x8b":
            yield from opened([(name.removesuffix(".gz") + "!", gzip.decompress(content))])
        elif content[:4] == b"PAR1":
            yield f"{name}!.csv", pd.read_parquet(io.BytesIO(content)).to_csv(index=True).encode()
        elif content.startswith(b"SQLite format 3"):
            yield f"{name}!.sql", _dump(content)


def files_below(folder: Path, name: str) -> Iterator[tuple[str, bytes]]:
    """The content of every file below a folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield f"{name}/{path.relative_to(folder)}", path.read_bytes()


def _records(name: str, content: bytes) -> Iterator[set[str]]:
    """The cells that stand together: of a line of CSV, of an object of JSON, of a line of anything else."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return
    if name.endswith(".json"):
        try:
            yield from _objects(json.loads(text))
            return
        except ValueError:
            pass
    if name.endswith(".csv"):
        yield from (set(cells) for cells in csv.reader(io.StringIO(text)))
        return
    for line in text.splitlines():
        yield {cell.strip() for cell in re.split(r"[,;|\t<>\"'()=]|: ", line)}


def _objects(value: Any) -> Iterator[set[str]]:
    """The scalars of each object and list, and each pair of a key and its value."""
    if isinstance(value, dict):
        scalars = [one for one in value.values() if not isinstance(one, dict | list)]
        yield {str(one) for one in scalars}
        yield from ({str(key), str(one)} for key, one in value.items() if not isinstance(one, dict | list))
        children = list(value.values())
    elif isinstance(value, list):
        yield {str(one) for one in value if not isinstance(one, dict | list)}
        children = value
    else:
        return
    for child in children:
        yield from _objects(child)


def _visible(name: str, content: bytes) -> str:
    """The text that is read as numbers: of a page that which is no drawing."""
    text = content.decode(errors="replace")
    if not name.endswith(".html"):
        return text
    reader = _Reader()
    reader.feed(text)
    return "\n".join(reader.texts)


class _Reader(HTMLParser):
    """Takes the texts and the attributes of a page, without those of drawings, styles and scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._skipped += tag in ("svg", "style", "script")
        if not self._skipped:
            self.texts += [value for _, value in attrs if value]

    def handle_endtag(self, tag: str) -> None:
        self._skipped -= tag in ("svg", "style", "script")

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self.texts.append(data)


def _scores(contest: Contest, private: bool) -> tuple[tuple[float, ...], tuple[str, ...]]:
    """All values on one of the records, with the means over tracks, and the digests of draws."""
    with (contest.private_ledger if private else contest.ledger).reading() as state:
        scorings = [one for several in state.scorings.values() for one in several]
        scorings += [state.constant] if state.constant else []
        constants = state.constant.tasks if state.constant else {}
    found = []
    for scoring in scorings:
        for score in scoring.tasks.values():
            found += [score.value, score.low, score.high]
        for track in contest.config.tracks:
            chosen = [scoring.tasks.get(task) or constants.get(task) for task in track.names]
            values = [score.value for score in chosen if score and score.value is not None]
            found.append(math.fsum(values) / len(values) if values else None)
    values = tuple(value for value in found if value is not None and 0 < value < 1)
    return values, tuple(scoring.draws for scoring in scorings if scoring.draws)


def _dump(content: bytes) -> bytes:
    with tempfile.NamedTemporaryFile(suffix=".db") as file:
        file.write(content)
        file.flush()
        with sqlite3.connect(file.name) as connection:
            return "\n".join(connection.iterdump()).encode(errors="surrogateescape")
