"""Shapes made of filled polygons in unit coordinates (x to the right, y down, 0 to 1), each with a colour role."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


class Part(NamedTuple):
    """A filled polygon of (n, 2) points; `role` names its colour in the palette."""

    role: str
    points: Points


@dataclass(frozen=True, eq=False)
class Shape:
    """Parts in drawing order; a symbol is printed at `mark` (centre x, y, side); `opens` says how its seal breaks."""

    parts: tuple[Part, ...]
    mark: tuple[float, float, float] = (0.5, 0.5, 0.3)
    opens: str = "sticker"

    @cached_property
    def points(self) -> Points:
        """All points of all parts, (n, 2)."""
        return np.concatenate([part.points for part in self.parts])

    @cached_property
    def ends(self) -> list[int]:
        """Where each part ends in `points`."""
        return [int(end) for end in np.cumsum([len(part.points) for part in self.parts])]

    @cached_property
    def frame(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of all parts."""
        left, top = self.points.min(axis=0)
        right, bottom = self.points.max(axis=0)
        return float(left), float(top), float(right), float(bottom)

    @cached_property
    def body_frame(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of the parts in the product's own colour."""
        body = [part.points for part in self.parts if part.role == "body"]
        points = np.concatenate(body) if body else self.points
        left, top = points.min(axis=0)
        right, bottom = points.max(axis=0)
        return float(left), float(top), float(right), float(bottom)

    @cached_property
    def dense(self) -> Shape:
        """The same shape with a point at least every .05, so that it can be dented."""
        parts = tuple(Part(part.role, _dense(part.points)) for part in self.parts)
        return Shape(parts, self.mark, self.opens)


def shape(
    *parts: Part | list[Part], mark: tuple[float, float, float] = (50, 50, 30), opens: str = "sticker"
) -> Shape:
    """A shape of parts given in percent; lists of parts are flattened."""
    flat: list[Part] = []
    for part in parts:
        flat.extend([part] if isinstance(part, Part) else part)
    x, y, side = mark
    return Shape(tuple(flat), (x / 100, y / 100, side / 100), opens)


def _dense(points: Points, step: float = 0.05) -> Points:
    following = np.roll(points, -1, axis=0)
    pieces = []
    for start, end in zip(points, following, strict=True):
        count = max(1, int(np.ceil(np.hypot(*(end - start)) / step)))
        pieces.append(start + (end - start) * (np.arange(count) / count)[:, None])
    return np.concatenate(pieces)


def _points(xy: tuple[float, ...]) -> Points:
    return np.asarray(xy, dtype=float).reshape(-1, 2) / 100


def _curved(points: Points, closed: bool, steps: int = 5) -> Points:
    """A Catmull-Rom curve through the points."""
    if closed:
        before, after, end = np.roll(points, 1, 0), np.roll(points, -1, 0), np.roll(points, -2, 0)
        start = points
    else:
        padded = np.concatenate([points[:1], points, points[-1:]])
        before, start, after, end = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    t = (np.arange(steps) / steps)[None, :, None]
    p0, p1, p2, p3 = (p[:, None, :] for p in (before, start, after, end))
    curve = 0.5 * (
        2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * (p1 - p2) + p3 - p0) * t**3
    )
    flat: Points = curve.reshape(-1, 2)
    return flat if closed else np.concatenate([flat, points[-1:]])


def _stroke(points: Points, width: float, closed: bool = False) -> Points:
    """The outline of a line of a width (in percent) through the points, as one polygon."""
    if closed:
        points = np.concatenate([points, points[:1]])
    along = np.diff(points, axis=0)
    along /= np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)[:, None]
    if closed:
        mean = np.concatenate([along[:1] + along[-1:], along[1:] + along[:-1], along[:1] + along[-1:]])
    else:
        mean = np.concatenate([along[:1], along[1:] + along[:-1], along[-1:]])
    mean /= np.maximum(np.hypot(mean[:, 0], mean[:, 1]), 0.6)[:, None]
    normal = np.stack([-mean[:, 1], mean[:, 0]], axis=1) * (width / 200)
    return np.concatenate([points + normal, (points - normal)[::-1]])


def poly(role: str, *xy: float) -> Part:
    """A polygon through the points in percent."""
    return Part(role, _points(xy))


def smooth(role: str, *xy: float) -> Part:
    """A closed curve through the points."""
    return Part(role, _curved(_points(xy), closed=True))


def rect(role: str, left: float, top: float, right: float, bottom: float) -> Part:
    """A rectangle."""
    return poly(role, left, top, right, top, right, bottom, left, bottom)


def rounded(role: str, left: float, top: float, right: float, bottom: float, radius: float) -> Part:
    """A rectangle with round corners."""
    quarter = np.linspace(0, np.pi / 2, 5)
    corners = [
        (right - radius, bottom - radius, 0.0),
        (left + radius, bottom - radius, np.pi / 2),
        (left + radius, top + radius, np.pi),
        (right - radius, top + radius, 3 * np.pi / 2),
    ]
    pieces = [
        np.stack([x + radius * np.cos(quarter + turn), y + radius * np.sin(quarter + turn)], axis=1)
        for x, y, turn in corners
    ]
    return Part(role, np.concatenate(pieces) / 100)


def _round(x: float, y: float, rx: float, ry: float, count: int) -> Points:
    turn = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return np.stack([x + rx * np.cos(turn), y + ry * np.sin(turn)], axis=1) / 100


def oval(role: str, x: float, y: float, rx: float, ry: float = 0.0) -> Part:
    """An ellipse, or a circle without `ry`."""
    return Part(role, _round(x, y, rx, ry or rx, 24 if rx > 6 else 12))


def ring(role: str, width: float, x: float, y: float, rx: float, ry: float = 0.0) -> Part:
    """The line of an ellipse, or of a circle without `ry`."""
    return Part(role, _stroke(_round(x, y, rx, ry or rx, 24 if rx > 6 else 14), width, closed=True))


def line(role: str, width: float, *xy: float) -> Part:
    """Straight lines through the points."""
    return Part(role, _stroke(_points(xy), width))


def curve(role: str, width: float, *xy: float) -> Part:
    """A smooth open line through the points."""
    return Part(role, _stroke(_curved(_points(xy), closed=False), width))


def moved(part: Part, dx: float, dy: float, scale: float = 1.0) -> Part:
    """The part scaled about (50, 50), then moved, in percent."""
    return Part(part.role, (part.points - 0.5) * scale + 0.5 + np.array([dx, dy]) / 100)
