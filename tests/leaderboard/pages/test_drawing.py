"""Plots hold for any numbers; colours can be read in light and dark."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from itertools import product
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from leaderboard.pages.charts import (
    Difference,
    Line,
    Reference,
    Spot,
    differences,
    distribution,
    phases,
    progress,
)
from leaderboard.pages.svg import ROW_WIDTH, Scale, row_scale, span, sparkline, whisker

START = datetime(2026, 1, 1, tzinfo=UTC)
VALUE = st.floats(-1, 1, allow_nan=False).map(lambda value: round(value, 3))
NAME = st.text(max_size=40).map(lambda text: "".join(letter for letter in text if letter.isprintable()))
WIDTH = st.sampled_from([340, 540, 940])


def drawn(markup: Markup) -> ElementTree.Element:
    """The drawing as XML; all its numbers are finite."""
    assert not re.search(r"\b(?:nan|inf)\b", re.sub(r">[^<]*<|aria-label=\"[^\"]*\"", "", markup))
    return ElementTree.fromstring(str(markup))


@given(st.lists(VALUE, min_size=1, max_size=30), st.floats(0, 0.3))
def test_whiskers_stay_in_their_row(values: list[float], reach: float) -> None:
    scale = row_scale([edge for value in values for edge in (value - reach, value + reach)])
    for value in values:
        root = drawn(whisker(scale, value, value - reach, value + reach, "x", "value"))
        assert all(0 <= float(dot.attrib["cx"]) <= ROW_WIDTH for dot in root if "cx" in dot.attrib)


@given(st.lists(VALUE, max_size=30))
def test_sparklines(values: list[float]) -> None:
    times = [place / max(len(values), 1) for place in range(len(values))]
    made = sparkline(values, times, 1.0, "x")
    assert made == "" if not values else drawn(made) is not None


@given(
    st.lists(st.tuples(NAME, st.lists(VALUE, max_size=8)), max_size=5),
    st.lists(st.tuples(NAME, VALUE), max_size=3),
    WIDTH,
)
def test_progress(
    lines: list[tuple[str, list[float]]], references: list[tuple[str, float]], width: int
) -> None:
    made = [
        Line(
            name,
            points := [(START + timedelta(hours=7 * n), value) for n, value in enumerate(values)],
            "other",
            points,
        )
        for name, values in lines
    ]
    root = drawn(
        progress(
            made, [Reference(*one) for one in references], START, START + timedelta(days=120), '<&">', width
        )
    )
    assert root.attrib["aria-label"] == '<&">'


@given(st.lists(st.tuples(NAME, VALUE), max_size=40), st.lists(st.tuples(NAME, VALUE), max_size=3), WIDTH)
def test_distribution_has_a_dot_for_each(
    spots: list[tuple[str, float]], references: list[tuple[str, float]], width: int
) -> None:
    root = drawn(
        distribution([Spot(*one) for one in spots], [Reference(*one) for one in references], "x", width)
    )
    assert len(root.findall("circle")) == len(spots)


@given(st.lists(st.tuples(NAME, VALUE, VALUE, VALUE), max_size=8), WIDTH)
def test_differences_say_who_is_ahead(rows: list[tuple[str, float, float, float]], width: int) -> None:
    made = [
        Difference(name, *sorted((a, b, c))[1:2], *sorted((a, b, c))[::2], place % 3)
        for place, (name, a, b, c) in enumerate(rows)
    ]
    root = drawn(differences(made, "x", width))
    classes = [dot.attrib["class"].split()[1] for dot in root.findall("circle")]
    assert classes == [("even", "first", "second")[one.ahead] for one in made]


@given(st.floats(-50, 500))
def test_phases_at_any_time(day: float) -> None:
    spans = [
        ("a", START, START + timedelta(days=30)),
        ("<b>", START + timedelta(days=40), START + timedelta(days=90)),
    ]
    drawn(phases(spans, START + timedelta(days=day), "x", 340))


@given(st.lists(VALUE, max_size=9))
def test_scales_are_never_empty(values: list[float]) -> None:
    low, high = span(values)
    assert low < high
    assert all(low <= tick <= high for tick in Scale(low, high, 0, 100).ticks())


def test_colours_can_be_read_in_light_and_dark() -> None:
    css = files("leaderboard.pages").joinpath("static/site.css").read_text()
    light, dark = (
        dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6})", block))
        for block in re.findall(r":root \{(.*?)\n *\}", css, re.S)[:2]
    )
    texts = ("ink", "soft", "link", "warn", "good", *(f"track-{n}" for n in range(1, 5)))
    for name, scheme in (("light", light), ("dark", dark)):
        for text, ground in product(texts, ("paper", "card", "stripe")):
            assert contrast(scheme[text], scheme[ground]) >= 4.5, (name, text, ground)
        assert contrast(scheme["ink"], scheme["accent-soft"]) >= 4.5
        assert contrast(scheme["soft"], scheme["faint"]) >= 4.5, name
        assert contrast(scheme["even"], scheme["card"]) >= 3, name


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2."""
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
