"""Score against cost: a panel per track, each solution a labelled point with its interval."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from benchmark.comparing.comparison import Comparison, TrackComparison, TrackEntry
from benchmark.errors import UserError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PlotFormat = Literal["png", "svg"]
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
_MARKERS = ("o", "s", "^", "D", "v", "P", "X")
_INK = "#333333"
_STYLE = {
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "svg.fonttype": "path",
    "svg.hashsalt": "classmark",
    "text.color": _INK,
    "axes.labelcolor": _INK,
    "axes.edgecolor": "#999999",
    "xtick.color": _INK,
    "ytick.color": _INK,
}


def plot_format(path: Path) -> PlotFormat:
    """The format that a file's suffix asks for. Raises UserError for another than .png and .svg."""
    formats: dict[str, PlotFormat] = {".png": "png", ".svg": "svg"}
    if path.suffix.lower() not in formats:
        raise UserError("The plot has another format.", allowed="a .png or .svg file", given=str(path))
    return formats[path.suffix.lower()]


def draw(comparison: Comparison, form: PlotFormat) -> bytes:
    """The figure as a file. Colours are Okabe and Ito's, told apart by the colour-blind.

    Raises UserError where no track has a task on the board.
    """
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    if not comparison.tracks:
        raise UserError("There is nothing to draw: none of the tasks is on the board.")
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(6.8 * len(comparison.tracks), 4.8), dpi=150, layout="constrained")
        FigureCanvasAgg(figure)
        panels = figure.subplots(1, len(comparison.tracks), squeeze=False)[0]
        looks = {
            name: (_COLOURS[place % len(_COLOURS)], _MARKERS[place // len(_COLOURS) % len(_MARKERS)])
            for place, name in enumerate(comparison.solutions)
        }
        for axes, track in zip(panels, comparison.tracks, strict=True):
            _panel(axes, track, looks)
        figure.draw_without_rendering()
        for axes, track in zip(panels, comparison.tracks, strict=True):
            _label(figure, axes, _timed(track))
        buffer = io.BytesIO()
        figure.savefig(buffer, format=form, metadata={"Date": None} if form == "svg" else {})
        return buffer.getvalue()


def _timed(track: TrackComparison) -> list[TrackEntry]:
    return [entry for entry in track.entries if entry.cost.seconds]


def _panel(axes: Axes, track: TrackComparison, looks: dict[str, tuple[str, str]]) -> None:
    timed = _timed(track)
    for entry in timed:
        colour, marker = looks[entry.solution]
        low, high = entry.score.interval
        seconds, value = entry.cost.seconds, entry.score.value
        axes.errorbar(
            [seconds],
            [value],
            yerr=[[max(value - low, 0)], [max(high - value, 0)]],
            fmt=marker,
            color=colour,
            markersize=7,
            elinewidth=1.5,
            capsize=3,
        )
    axes.axhline(track.constant.value, color="#777777", linewidth=1, linestyle=(0, (4, 3)), zorder=0)
    tasks = "1 task" if len(track.tasks) == 1 else f"{len(track.tasks)} tasks"
    axes.set_title(f"{track.name} ({tasks})", loc="left", fontweight="bold")
    axes.set_xscale("log")
    axes.set_xlabel("seconds to fit and predict, all tasks")
    axes.set_ylabel("mean score, 95 % interval")
    axes.grid(color="#e6e6e6", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.2, y=0.12)
    untimed = [f"{entry.solution} {entry.score.value:.3f}" for entry in track.entries if entry not in timed]
    if untimed:
        axes.text(0.0, -0.2, f"not timed: {', '.join(untimed)}", transform=axes.transAxes, fontsize=9)


def _label(figure: Figure, axes: Axes, entries: Sequence[TrackEntry]) -> None:
    """Put each name at the nearest place beside its point where it covers no point, interval or name."""


def _unused(x: Any) -> None: ...
