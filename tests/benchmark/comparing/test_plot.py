"""Score against cost, drawn."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ElementTree
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from made_records import guess, make_records, truth
from matplotlib.text import Annotation
from PIL import Image

from benchmark.comparing.comparison import Comparison, compare
from benchmark.comparing.plot import draw, figure, plot_format
from benchmark.comparing.selection import select
from benchmark.errors import UserError


def crowded(results: Path) -> Comparison:
    """Twelve solutions with nearly the same score and cost, one without a cost."""
    true = truth()
    records = []
    for number in range(12):
        seconds = {"total": 9.0, "fit": 5 + 0.3 * number, "predict": 1.0}
        answer = {f"solution_number_{number}": guess(true, 0.8, number)}
        records += make_records(results, answer, true=true, seconds=seconds)
    nothing = {"total": 0.0, "fit": None, "predict": None}
    records += make_records(results, {"ready $made$": guess(true, 0.7)}, true=true, seconds=nothing)
    return compare(select(records))


def test_png_is_a_picture_on_a_light_ground(tmp_path: Path) -> None:
    with Image.open(io.BytesIO(draw(crowded(tmp_path), "png"))) as picture:
        assert picture.format == "PNG"
        assert picture.width > 900
        assert picture.convert("RGB").getpixel((2, 2)) == (255, 255, 255)


def test_svg_is_an_svg_and_the_same_every_time(tmp_path: Path) -> None:
    comparison = crowded(tmp_path)
    drawn = draw(comparison, "svg")
    assert ElementTree.fromstring(drawn).tag.endswith("svg")
    assert draw(comparison, "svg") == drawn


def test_names_do_not_cover_each_other_and_stay_inside(tmp_path: Path) -> None:
    [axes] = figure(crowded(tmp_path)).axes
    names = [text for text in axes.texts if isinstance(text, Annotation) and text.get_text()]
    boxes = [text.get_window_extent() for text in names]
    assert sorted(text.get_text() for text in names) == sorted(f"solution_number_{n}" for n in range(12))
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    panel = axes.get_window_extent()
    corners = np.array([[*box.min, *box.max] for box in boxes])
    assert (corners[:, :2] >= panel.min).all()
    assert (corners[:, 2:] <= panel.max).all()


def test_what_has_no_cost_is_named_below(tmp_path: Path) -> None:
    [axes] = figure(crowded(tmp_path)).axes
    assert "not timed: ready $made$ 0." in axes.get_xlabel()


def test_a_panel_for_each_track(tmp_path: Path) -> None:
    records = make_records(tmp_path, {"a": guess(truth(), 0.5)})
    records += make_records(tmp_path, {"a": guess(truth(), 0.5)}, "pairs", track="matching")
    titles = [axes.get_title(loc="left") for axes in figure(compare(select(records))).axes]
    assert titles == ["classification, 1 task", "matching, 1 task"]


def test_nothing_to_draw_is_an_error(tmp_path: Path) -> None:
    records = make_records(tmp_path, {"a": guess(truth(), 0.5)}, board=False)
    with pytest.raises(UserError, match="nothing to draw"):
        draw(compare(select(records)), "png")


def test_other_formats_are_refused() -> None:
    assert plot_format(Path("x.SVG")) == "svg"
    with pytest.raises(UserError, match=r"\.png or \.svg"):
        plot_format(Path("x.pdf"))
