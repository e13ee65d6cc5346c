"""Score against cost: a panel per track, each solution a labelled point with its interval."""

from __future__ import annotations

import io
import itertools
import math
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from benchmark.comparing.comparison import Comparison, TrackComparison
from benchmark.errors import UserError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Annotation
    from matplotlib.transforms import Bbox

PlotFormat = Literal["png", "svg"]
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
_MARKERS = ("o", "s", "^", "D", "v", "P", "X")
_DIRECTIONS = ((1, 0), (-1, 0), (1, 1), (1, -1), (-1, 1), (-1, -1), (0, 1), (0, -1))
_DISTANCES = (8, 14, 22, 32, 44, 58, 74, 92, 112)
_SIDES: dict[int, Literal["left", "center", "right"]] = {-1: "right", 0: "center", 1: "left"}
_ENDS: dict[int, Literal["bottom", "center", "top"]] = {-1: "top", 0: "center", 1: "bottom"}
INK = "#333333"
STYLE: dict[Any, Any] = {
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "text.parse_math": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "classmark",
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": "#999999",
    "xtick.color": INK,
    "ytick.color": INK,
}


class _Point(NamedTuple):
    name: str
    x: float
    y: float
    low: float
    high: float


def plot_format(path: Path) -> PlotFormat:
    """The format that a file's suffix asks for. Raises UserError for another than .png and .svg."""
    formats: dict[str, PlotFormat] = {".png": "png", ".svg": "svg"}
    if path.suffix.lower() not in formats:
        raise UserError("The plot has another format.", allowed="a .png or .svg file", given=str(path))
    return formats[path.suffix.lower()]


def draw(comparison: Comparison, form: PlotFormat) -> bytes:
    """The figure as a file.

    Raises UserError where no track has a task on the board.
    """
    import matplotlib

    if not comparison.tracks:
        raise UserError("There is nothing to draw: none of the tasks is on the board.")
    buffer = io.BytesIO()
    with matplotlib.rc_context(STYLE):
        figure(comparison).savefig(buffer, format=form, metadata={"Date": None} if form == "svg" else {})
    return buffer.getvalue()


def figure(comparison: Comparison) -> Figure:
    """A panel per track. Colours are those of Okabe and Ito, which the colour-blind tell apart."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    made = Figure(figsize=(6.8 * len(comparison.tracks), 4.8), dpi=150, layout="constrained")
    FigureCanvasAgg(made)
    panels = made.subplots(1, len(comparison.tracks), squeeze=False)[0]
    looks = {
        name: (_COLOURS[place % len(_COLOURS)], _MARKERS[place // len(_COLOURS) % len(_MARKERS)])
        for place, name in enumerate(comparison.solutions)
    }
    points = [_panel(axes, track, looks) for axes, track in zip(panels, comparison.tracks, strict=True)]
    made.draw_without_rendering()  # settles the layout, which places labels in pixels
    for axes, of_panel in zip(panels, points, strict=True):
        _label(axes, of_panel)
    return made


def _panel(axes: Axes, track: TrackComparison, looks: dict[str, tuple[str, str]]) -> list[_Point]:
    points, untimed = [], []
    for entry in track.entries:
        if entry.cost.seconds:
            points.append(
                _Point(entry.solution, entry.cost.seconds, entry.score.value, *entry.score.interval)
            )
        else:
            untimed.append(f"{entry.solution} {entry.score.value:.3f}")
    for point in points:
        colour, marker = looks[point.name]
        reach = [[max(point.y - point.low, 0)], [max(point.high - point.y, 0)]]
        axes.errorbar(
            point.x, point.y, reach, fmt=marker, color=colour, markersize=7, elinewidth=1.5, capsize=3
        )
    tasks = "1 task" if len(track.tasks) == 1 else f"{len(track.tasks)} tasks"
    axes.set_title(f"{track.name}, {tasks}", loc="left", fontweight="bold")
    notes = [f"the constant answer has {track.constant.value:.3f}"]
    notes += [f"not timed: {', '.join(untimed)}"] if untimed else []
    lines = [line for note in notes for line in textwrap.wrap(note, 80)]
    axes.set_xlabel("\n".join(["seconds to fit and predict, all tasks", *lines]))
    axes.set_ylabel("mean score, 95 % interval")
    axes.grid(color="#e6e6e6", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(y=0.12)
    _scale(axes, [point.x for point in points])
    return points


def _scale(axes: Axes, seconds: Sequence[float]) -> None:
    """A log scale with room for names, ticks written as plain numbers."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    axes.set_xscale("log")
    low, high = math.log10(min(seconds, default=1)), math.log10(max(seconds, default=1))
    room = 0.12 * (high - low) + 0.25
    axes.set_xlim(10 ** (low - room), 10 ** (high + room))
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if high - low < 2 else (1,)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def _label(axes: Axes, points: Sequence[_Point]) -> None:
    """Put each name at the nearest place to its point where it covers no point, interval or other name.

    A name that had to move away is joined to its point by a line.
    """
    from matplotlib.transforms import Bbox

    pixel = axes.figure.dpi / 72
    taken = []
    for point in points:
        x, low = axes.transData.transform((point.x, point.low))
        _, high = axes.transData.transform((point.x, point.high))
        taken.append(Bbox([[x - 6 * pixel, low - 3 * pixel], [x + 6 * pixel, high + 3 * pixel]]))
    for point in points:
        text = axes.annotate(point.name, (point.x, point.y), (0, 0), textcoords="offset points", fontsize=9)
        places = list(itertools.product(_DISTANCES, _DIRECTIONS))
        distance, direction = next((place for place in places if _fits(text, *place, taken)), places[0])
        _move(text, distance, direction)
        taken.append(text.get_window_extent())
        if distance > _DISTANCES[0]:
            line = {"arrowstyle": "-", "color": "#999999", "linewidth": 0.7, "shrinkA": 2, "shrinkB": 4}
            axes.annotate(
                "", (point.x, point.y), text.get_position(), textcoords="offset points", arrowprops=line
            )


def _fits(text: Annotation, distance: int, direction: tuple[int, int], taken: Sequence[Bbox]) -> bool:
    _move(text, distance, direction)
    box = text.get_window_extent()
    assert text.axes is not None
    panel = text.axes.get_window_extent()
    is_inside = panel.x0 <= box.x0 and box.x1 <= panel.x1 and panel.y0 <= box.y0 and box.y1 <= panel.y1
    return is_inside and not any(box.overlaps(other) for other in taken)


def _move(text: Annotation, distance: int, direction: tuple[int, int]) -> None:
    right, up = direction
    text.set_position((right * distance, up * distance))
    text.set_horizontalalignment(_SIDES[right])
    text.set_verticalalignment(_ENDS[up])
