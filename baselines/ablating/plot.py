"""The ablation as bars: scores of column sets above, differences below, each with its interval."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from benchmark.comparing.plot import INK, STYLE, plot_format
from benchmark.files import write_bytes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from baselines.ablating.ablation import Ablation, Found

_LOOKS = {  # fills and hatches differ in lightness too, so that they can be told apart in grey
    "all": ("#0072B2", ""),
    "alone": ("#E69F00", "//"),
    "without": ("#D9D9D9", ".."),
    "difference": ("#009E73", ""),
}


def write_plot(ablation: Ablation, path: Path) -> None:
    """Draw into a .png or .svg file, which is there whole or not at all. UserError for another format."""
    import matplotlib

    form, buffer = plot_format(path), io.BytesIO()
    with matplotlib.rc_context(STYLE | {"hatch.linewidth": 0.7}):
        figure(ablation).savefig(buffer, format=form, metadata={"Date": None} if form == "svg" else {})
    write_bytes(path, buffer.getvalue())


def figure(ablation: Ablation) -> Figure:
    """Two panels of horizontal bars."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    sizes = [len(ablation.sets), len(ablation.differences)]
    made = Figure(figsize=(7.2, 1.6 + 0.36 * sum(sizes)), dpi=150, layout="constrained")
    FigureCanvasAgg(made)
    above, below = made.subplots(2, 1, height_ratios=sizes)
    _bars(above, ablation.sets, [_look(one.modalities, ablation) for one in ablation.sets])
    above.set_title(f"{ablation.task} {ablation.version}", loc="left", fontweight="bold")
    above.set_xlabel(f"{ablation.metric}, 95 % interval by family, {ablation.scored} rows out of fold")
    _bars(below, ablation.differences, ["difference"] * len(ablation.differences))
    below.axvline(0, color=INK, linewidth=1)
    below.set_xlabel("difference, paired 95 % interval; joint gain: all minus the best alone")
    return made


def _look(modalities: Sequence[str], ablation: Ablation) -> str:
    if len(modalities) == len(ablation.sets[0].modalities):
        return "all"
    return "alone" if len(modalities) == 1 else "without"


def _bars(axes: Axes, found: Sequence[Found], looks: Sequence[str]) -> None:
    values = [one.value for one in found]
    lows = [one.value if one.low is None else one.low for one in found]
    highs = [one.value if one.high is None else one.high for one in found]
    for place, (one, look) in enumerate(zip(found, looks, strict=True)):
        colour, hatch = _LOOKS[look]
        axes.barh(place, one.value, 0.66, color=colour, hatch=hatch, edgecolor=INK, linewidth=0.6)
    reach = [
        [value - low for value, low in zip(values, lows, strict=True)],
        [high - value for value, high in zip(values, highs, strict=True)],
    ]
    axes.errorbar(
        values, range(len(found)), xerr=reach, fmt="none", ecolor="black", elinewidth=1.3, capsize=3
    )
    start, end = min(0.0, *lows), max(0.0, *highs)
    room = max(end - start, 1e-3)
    for place, (one, high) in enumerate(zip(found, highs, strict=True)):
        axes.text(max(high, 0) + 0.015 * room, place, f"{one.value:.3f}", va="center", fontsize=9)
    axes.set_xlim(start - (0.03 * room if start < 0 else 0), end + 0.14 * room)
    axes.set_yticks(range(len(found)), [one.name for one in found])
    axes.invert_yaxis()
    axes.grid(axis="x", color="#e6e6e6", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
