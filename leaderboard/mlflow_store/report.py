"""The files that MLflow shows with a run: what the check said, all metrics, the table of classes, a plot.

All of it is made of the scoring and its report, which know the public part alone.
"""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from leaderboard.mlflow_store.content import Headline, RunContent

_WIDTH, _ROW, _LEFT, _PLOT = 720, 34, 240, 420


def artifacts(content: RunContent, report: dict[str, Any]) -> dict[str, bytes]:
    """Files by name: `check.json`, `metrics.csv`, `scores.svg`, `classes/<task>.csv`; none for an empty report."""
    if not report:
        return {}
    checks = {name: task["check"] for name, task in report.items()}
    files = {"check.json": json.dumps(checks, indent=1, ensure_ascii=False).encode()}
    metrics = [
        [name, metric, value] for name, task in report.items() for metric, value in task["metrics"].items()
    ]
    if metrics:
        files["metrics.csv"] = _csv(["task", "metric", "value"], metrics)
    if content.headlines:
        files["scores.svg"] = _plot(content.headlines).encode()
    for name, task in report.items():
        if rows := task["classes"]:
            files[f"classes/{name}.csv"] = _csv(list(rows[0]), [list(row.values()) for row in rows])
    return files


def _csv(columns: list[str], rows: list[list[Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([columns, *rows])
    return text.getvalue().encode()


def _plot(headlines: dict[str, Headline]) -> str:
    """A line for each task from 0 to 1: the headline with its interval, and the constant answer's as a tick."""
    height = _ROW * len(headlines) + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" '
        f'height="{height}" font-family="sans-serif" font-size="13">',
        "<title>Headline of each task on the public part</title>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>',
    ]
    for place, (name, found) in enumerate(headlines.items()):
        y = 24 + place * _ROW
        low, high = (found.value if end is None else end for end in (found.low, found.high))
        parts += [
            f'<text x="8" y="{y + 4}">{name}</text>',
            f'<line x1="{_LEFT}" y1="{y}" x2="{_LEFT + _PLOT}" y2="{y}" stroke="#ddd"/>',
            f'<line x1="{_x(low)}" y1="{y}" x2="{_x(high)}" y2="{y}" stroke="#1f5fa8" stroke-width="4"/>',
            f'<circle cx="{_x(found.value)}" cy="{y}" r="5" fill="#1f5fa8"/>',
            f'<text x="{_LEFT + _PLOT + 8}" y="{y + 4}">{found.value:.4f}</text>',
        ]
        if found.constant is not None:
            parts.append(_tick(found.constant, y))
    parts.append(f'<text x="{_LEFT}" y="{height - 8}" fill="#666">0, tick: the constant answer</text>')
    parts.append(f'<text x="{_LEFT + _PLOT}" y="{height - 8}" fill="#666">1</text></svg>')
    return "\n".join(parts)


def _tick(value: float, y: int) -> str:
    x = _x(value)
    return f'<line x1="{x}" y1="{y - 8}" x2="{x}" y2="{y + 8}" stroke="#888" stroke-width="2"/>'


def _x(value: float) -> float:
    return round(_LEFT + _PLOT * min(max(value, 0.0), 1.0), 1)
