"""The larger plots, as SVG for a width in pixels: progress over time, where teams stand, differences, phases."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from unicodedata import combining, east_asian_width

from markupsafe import Markup, escape

from leaderboard.pages.svg import Scale, drawing, span
from leaderboard.record.accepting import plain

WIDE, HALF, NARROW = 940, 540, 340
BOLD = 1.15
"""How much wider bold letters are."""


@dataclass(frozen=True)
class Line:
    """Values over time, drawn as steps that hold until the end; `dots` are drawn apart. `mark` is its class."""

    name: str
    points: Sequence[tuple[datetime, float]]
    mark: str
    dots: Sequence[tuple[datetime, float]] = ()


@dataclass(frozen=True)
class Spot:
    """A team in a distribution."""

    name: str
    value: float
    mark: str = "spot"


@dataclass(frozen=True)
class Reference:
    """A value that others are seen against, such as the constant answer's."""

    name: str
    value: float


@dataclass(frozen=True)
class Difference:
    """A paired difference with its interval, as shown; `ahead` is 1 or 2 where one is ahead beyond doubt, else 0."""

    name: str
    value: float
    low: float
    high: float
    ahead: int
    strong: bool = False


@dataclass(frozen=True)
class Move:
    """A team's place before and after."""

    name: str
    before: int
    after: int


def progress(
    lines: Sequence[Line],
    references: Sequence[Reference],
    opens: datetime,
    until: datetime,
    label: str,
    width: int,
) -> Markup:
    """Scores over time; each line is named at its end."""
    narrow = width < 500
    height, left, right, top, bottom = (
        (230 if narrow else 260 if width < 700 else 300),
        40,
        (104 if narrow else 150),
        12,
        26,
    )
    shown = [value for line in lines for _, value in [*line.points, *line.dots]]
    low, high = span([*shown, *(one.value for one in references)], 0.06)
    x = Scale(0, max((until - opens).total_seconds(), 1), left, width - right)
    y = Scale(low, high, height - bottom, top)
    body = [_grid(y, left, width - right), _months(x, opens, until, height - bottom)]
    for one in references:
        body.append(f'<path class="reference" d="M{left} {y(one.value):g}H{width - right}"/>')
    for line in reversed(lines):
        for time, value in line.dots:
            body.append(
                f'<circle class="dot {line.mark}" cx="{x(_since(opens, time)):g}" cy="{y(value):g}" r="3"/>'
            )
        body.append(_steps(line, x, y, opens, width - right))
    ends = [(y(line.points[-1][1]), line.name, line.mark) for line in lines if line.points]
    ends += [(y(one.value), one.name, "reference") for one in references]
    for at, name, mark in _spread(ends, top + 4, height - bottom):
        text = escape(_short(name, right - 8, bold=mark == "leader"))
        body.append(f'<text class="name {mark}" x="{width - right + 8}" y="{at + 4:g}">{text}</text>')
    return drawing(width, height, "".join(body), label, "chart")


def _steps(line: Line, x: Scale, y: Scale, opens: datetime, end: float) -> str:
    if not line.points:
        return ""
    (time, last), *rest = line.points
    path = f"M{x(_since(opens, time)):g} {y(last):g}"
    for time, value in rest:
        if value != last:
            path += f"H{x(_since(opens, time)):g}V{y(value):g}"
            last = value
    path += f"H{end:g}"
    dot = f'<circle class="end {line.mark}" cx="{end:g}" cy="{y(last):g}" r="3"/>'
    return f'<path class="line {line.mark}" d="{path}"/>{dot}'


def distribution(spots: Sequence[Spot], references: Sequence[Reference], label: str, width: int) -> Markup:
    """A dot for each team, stacked where scores are alike; references as named lines."""
    left, right, radius = 16, 16, (4.0 if width < 500 else 5.0)
    x = Scale(
        *span([*(one.value for one in spots), *(one.value for one in references)], 0.05), left, width - right
    )
    across = radius * 2 + 1
    stacks: dict[int, list[Spot]] = {}
    for spot in sorted(spots, key=lambda one: (one.mark != "spot", one.value)):
        stacks.setdefault(int((x(spot.value) - left) // across), []).append(spot)
    tallest = max((len(stack) for stack in stacks.values()), default=1)
    above = 20 * len(references) + 12
    floor = above + tallest * across + 4
    body = [_axis(x, floor, width)]
    for place, one in enumerate(sorted(references, key=lambda one: one.value)):
        at, level = x(one.value), 14 + 20 * place
        anchor = "start" if at < width * 0.6 else "end"
        aside = 6 if anchor == "start" else -6
        body.append(f'<path class="reference" d="M{at:g} {level - 9}V{floor:g}"/>')
        body.append(
            f'<text class="name reference" x="{at + aside:g}" y="{level}" text-anchor="{anchor}">'
            f"{escape(_short(one.name, (width - at if anchor == 'start' else at) - 6))}</text>"
        )
    for column, stack in stacks.items():
        for level, spot in enumerate(stack):
            cx, cy = left + (column + 0.5) * across, floor - 3 - (level + 0.5) * across
            body.append(
                f'<circle class="{spot.mark}" cx="{cx:g}" cy="{cy:g}" r="{radius:g}">'
                f"<title>{escape(plain(spot.name))}</title></circle>"
            )
    return drawing(width, floor + 24, "".join(body), label, "chart")


def differences(rows: Sequence[Difference], label: str, width: int) -> Markup:
    """Differences with their intervals around a line at 0."""
    narrow = width < 500
    left, right, each, top = (108 if narrow else 190), 14, 34, 8
    reach = max([abs(edge) for row in rows for edge in (row.low, row.high)] + [0.005]) * 1.08
    x, floor = Scale(-reach, reach, left, width - right), top + each * len(rows) + 4
    body = [_axis(x, floor, width, signed=True, top=top), f'<path class="zero" d="M{x(0):g} {top}V{floor}"/>']
    for place, row in enumerate(rows):
        middle = top + each * (place + 0.5)
        mark = ("even", "first", "second")[row.ahead]
        weight = " strong" if row.strong else ""
        name = escape(_short(row.name, left - 6, 13, row.strong))
        a, b = x(row.low), x(row.high)
        body.append(
            f'<text class="row{weight}" x="0" y="{middle + 4:g}">{name}</text>'
            f'<path class="reach {mark}" d="M{a:g} {middle:g}H{b:g}M{a:g} {middle - 5:g}v10M{b:g} {middle - 5:g}v10"/>'
            f'<circle class="value {mark}" cx="{x(row.value):g}" cy="{middle:g}" r="{6 if row.strong else 5}"/>'
        )
    return drawing(width, floor + 24, "".join(body), label, "chart")


def moves(rows: Sequence[Move], label: str, width: int) -> Markup:
    """A line for each team from its place before, on the left, to the one after, on the right."""
    left, right, each, top = 44, (140 if width < 500 else 250), 17.0, 26
    end, places = width - right, max(max(row.before, row.after) for row in rows)

    def y(place: int) -> float:
        return top + each * (place - 0.5)

    body = [
        f'<text class="tick" x="{left}" y="14" text-anchor="middle">public</text>'
        f'<text class="tick" x="{end}" y="14" text-anchor="middle">private</text>'
    ]
    for row in rows:
        mark = "up" if row.after < row.before else "down" if row.after > row.before else "same"
        a, b = y(row.before), y(row.after)
        middle = (left + end) / 2
        body.append(
            f'<path class="move {mark}" d="M{left} {a:g}C{middle:g} {a:g} {middle:g} {b:g} {end} {b:g}"/>'
            f'<circle class="move-end {mark}" cx="{left}" cy="{a:g}" r="2.5"/>'
            f'<circle class="move-end {mark}" cx="{end}" cy="{b:g}" r="2.5"/>'
            f'<text class="tick" x="{left - 10}" y="{a + 4:g}" text-anchor="end">{row.before}</text>'
            f'<text class="name" x="{end + 10}" y="{b + 4:g}">{row.after} '
            f"{escape(_short(row.name, right - 32))}</text>"
        )
    return drawing(width, y(places) + each, "".join(body), label, "chart")


def phases(spans: Sequence[tuple[str, datetime, datetime]], now: datetime, label: str, width: int) -> Markup:
    """The phases as a bar, with what is over filled in and a mark at now."""
    opens, closes = spans[0][1], spans[-1][2]
    x, high = Scale(0, (closes - opens).total_seconds(), 1, width - 1), 12
    body = []
    for name, begin, end in spans:
        a, b, here = x(_since(opens, begin)), x(_since(opens, end)), x(_since(opens, now))
        body.append(
            f'<rect class="phase" x="{a:g}" y="4" width="{max(b - a - 2, 1):g}" height="{high}" rx="3"/>'
        )
        if now > begin:
            done = min(here, b - 2) - a
            body.append(
                f'<rect class="phase done" x="{a:g}" y="4" width="{max(done, 1):g}" height="{high}" rx="3"/>'
            )
        body.append(f'<text class="tick" x="{a:g}" y="34">{escape(_short(name, b - a))}</text>')
    if opens < now < closes:
        body.append(f'<path class="now" d="M{x(_since(opens, now)):g} 0V20"/>')
    return drawing(width, 40, "".join(body), label, "chart phases")


def _grid(y: Scale, left: float, end: float) -> str:
    lines = "".join(f'<path class="grid" d="M{left} {y(tick):g}H{end}"/>' for tick in y.ticks(4))
    return lines + "".join(
        f'<text class="tick" x="{left - 6}" y="{y(tick) + 4:g}" text-anchor="end">{tick:g}</text>'
        for tick in y.ticks(4)
    )


def _months(x: Scale, opens: datetime, until: datetime, floor: float) -> str:
    """Ticks along time: the first days of months, or days where it is not that long."""
    days = (until - opens).days
    marks, moment = [], opens.replace(hour=0, minute=0, second=0, microsecond=0)
    while moment <= until:
        if moment >= opens and (days <= 10 or moment.day == 1 or (days <= 60 and moment.day in (8, 15, 22))):
            marks.append(moment)
        moment += timedelta(days=1)
    step = max(1, -(-len(marks) // max(int((x.end - x.start) // 54), 1)))
    return f'<path class="axis" d="M{x.start:g} {floor:g}H{x.end:g}"/>' + "".join(
        f'<path class="axis" d="M{x(_since(opens, one)):g} {floor:g}v4"/>'
        f'<text class="tick" x="{x(_since(opens, one)):g}" y="{floor + 18:g}">{one.day} {one:%b}</text>'
        for one in marks[::step]
    )


def _axis(x: Scale, floor: float, width: float, signed: bool = False, top: float | None = None) -> str:
    parts = [f'<path class="axis" d="M{x.start:g} {floor:g}H{x.end:g}"/>']
    for tick in x.ticks(4 if width < 500 else 7):
        text = f"{tick:+g}".replace("-", "−") if signed and tick else f"{tick:g}"
        if top is not None:
            parts.append(f'<path class="grid" d="M{x(tick):g} {top:g}V{floor:g}"/>')
        parts.append(f'<path class="axis" d="M{x(tick):g} {floor:g}v4"/>')
        parts.append(
            f'<text class="tick" x="{x(tick):g}" y="{floor + 18:g}" text-anchor="middle">{text}</text>'
        )
    return "".join(parts)


def _spread(ends: Sequence[tuple[float, str, str]], top: float, floor: float) -> list[tuple[float, str, str]]:
    """The same texts, moved apart so that none covers another."""
    gap = 15.0
    placed: list[tuple[float, str, str]] = []
    for at, name, mark in sorted(ends):
        placed.append((max(at, placed[-1][0] + gap) if placed else max(at, top), name, mark))
    over = placed[-1][0] - floor if placed else 0.0
    if over > 0:
        limit = floor
        for place in range(len(placed) - 1, -1, -1):
            at, name, mark = placed[place]
            placed[place] = (min(at, limit), name, mark)
            limit = placed[place][0] - gap
    return placed


def _since(opens: datetime, time: datetime) -> float:
    return (time - opens).total_seconds()


def _short(text: str, room: float, size: float = 12, bold: bool = False) -> str:
    """As much of a text as has room in pixels, in the letters of a wide font."""
    text, across = plain(text), size * (BOLD if bold else 1.0)
    ends = list(accumulate(across * _width(letter) for letter in text))
    if not text or ends[-1] <= room:
        return text
    return text[: bisect_right(ends, room - across)].rstrip() + "…"


def _width(letter: str) -> float:
    """At most how wide a letter is, as a share of the size of the font."""
    if combining(letter):
        return 0.0
    if east_asian_width(letter) in "WF":
        return 1.3 if ord(letter) > 0xFFFF else 1.0
    if letter in "MWmw@%ЖШЩЮжшщю":
        return 1.0
    if letter in "iIjlfrt.,:;'!|()[] -":
        return 0.42
    return 0.77 if letter.isupper() else 0.66
