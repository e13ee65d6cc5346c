"""Sample rows of a task with their pictures, from the public training rows alone."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pandas as pd

from benchmark.task import Task
from leaderboard.record.accepting import plain

ROWS, SIDE = 6, 240
MOST_TEXT = 160


@dataclass(frozen=True)
class SampleRow:
    """A training row: its answer, the cells that have a value, and the names of its pictures' files."""

    answer: str
    cells: list[tuple[str, str]]
    pictures: list[str]


@dataclass(frozen=True)
class Samples:
    """Rows of a task and the bytes of their pictures by file name; rows of one entity stand in one group."""

    groups: list[tuple[str, list[SampleRow]]]
    pictures: dict[str, bytes]


def make_samples(task: Task) -> Samples:
    """The same rows every time: of six classes, or three entities of two records."""
    frame = task.train
    pictures: dict[str, bytes] = {}
    images = task.columns_of("image")
    seen = frame.dropna(subset=images) if images else frame
    if task.classes:
        chosen = seen.drop_duplicates(task.target).head(ROWS)
    else:
        size = seen.groupby(task.target)[task.target].transform("size")
        several = seen[size >= 2]
        entities = list(dict.fromkeys(several[task.target]))[: ROWS // 2]
        chosen = pd.concat(
            [several[several[task.target] == one].head(2) for one in entities] or [seen.head(ROWS)]
        )
    groups: dict[str, list[SampleRow]] = {}
    for row in chosen.to_dict("records"):
        files = []
        for column in images:
            name = f"{task.name}-{len(pictures)}.jpg"
            if content := _thumbnail(task, row[column]):
                pictures[name] = content
                files.append(name)
        answer = plain(str(row[task.target]))
        cells = [(column.name, _cell(row[column.name])) for column in task.columns if column.type != "image"]
        made = SampleRow(answer, [(name, text) for name, text in cells if text], files)
        groups.setdefault("" if task.classes else answer, []).append(made)
    return Samples(list(groups.items()), pictures)


def _thumbnail(task: Task, value: object) -> bytes | None:
    """A small JPEG without metadata; None where there is no picture."""
    picture = task.image(value)
    if picture is None:
        return None
    picture = picture.convert("RGB")
    picture.thumbnail((SIDE, SIDE))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=82)
    return buffer.getvalue()


def _cell(value: object) -> str:
    if pd.isna(value):  # type: ignore[call-overload]
        return ""
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d %H:%M")
    text = plain(str(value))
    return text if len(text) <= MOST_TEXT else text[: MOST_TEXT - 1].rstrip() + "…"
