"""Templates into bytes: escaped by default, with the few spellings of numbers and times that all pages share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from leaderboard.pages.charts import HALF, NARROW, WIDE
from leaderboard.record.accepting import plain
from leaderboard.standings.closing import FINE


def environment(precision: int) -> Environment:
    """The templates of this folder; scores have `precision` decimals, those of the final report `FINE` at the least."""
    fine = max(FINE, precision)
    made = Environment(
        loader=PackageLoader("leaderboard.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters.update(
        score=lambda value: "–" if value is None else f"{value:.{precision}f}",
        fine=lambda value: "–" if value is None else f"{value:.{fine}f}",
        difference=lambda value: _signed(value, precision),
        fine_difference=lambda value: _signed(value, fine),
        signed=lambda value: f"{value:+d}".replace("-", "−") if value else "0",
        day=lambda moment: f"{moment.day} {moment:%b %Y}",
        short_day=lambda moment: f"{moment.day} {moment:%b}",
        moment=lambda moment: f"{moment.day} {moment:%b, %H:%M}",
        minute=lambda moment: f"{moment.day} {moment:%b %Y, %H:%M}",
        iso=lambda moment: moment.astimezone(UTC).isoformat(timespec="seconds"),
        many=_many,
        named=named,
        plural=lambda count, noun: f"{_many(count)} {named(count, noun)}",
        plain=plain,
        markdown=markdown,
        spoken=lambda name: name.replace("_", " "),
    )
    made.globals.update(both=both)
    return made


def named(count: int, noun: str) -> str:
    """The noun as it follows a count."""
    return noun if count == 1 else f"{noun}s"


def _many(count: int) -> str:
    return f"{count:,}".replace(",", " ")


def _signed(value: float, digits: int) -> str:
    return f"{round(value, digits) + 0.0:+.{digits}f}".replace("-", "−")


def both(draw: Callable[[int], Markup], half: bool = False) -> Markup:
    """A plot twice, for wide and for narrow screens, of which the style sheet shows one; `half` a page wide at most."""
    return Markup(
        f'<div class="on-wide">{draw(HALF if half else WIDE)}</div><div class="on-narrow">{draw(NARROW)}</div>'
    )


def left(now: datetime, until: datetime) -> str:
    """How long it is until then, in the largest fitting unit.

    >>> left(datetime(2026, 1, 1), datetime(2026, 1, 31))
    '30 days'
    """
    wait = max(until - now, timedelta())
    for seconds, noun in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        count = int(wait.total_seconds() // seconds)
        if count >= (2 if seconds == 86_400 else 1):
            return f"{count} {named(count, noun)}"
    return "less than a minute"


def markdown(text: str) -> Markup:
    """CommonMark with tables; HTML in it is shown as text."""
    return Markup(_MARKDOWN.renderer.render(_shifted(_MARKDOWN.parse(text)), _MARKDOWN.options, {}))


def with_title(text: str, default: str) -> tuple[str, Markup]:
    """The first heading of a text, where it opens it with `#`, and the rest as HTML."""
    tokens = _MARKDOWN.parse(text)
    title = default
    if tokens and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        title, tokens = tokens[1].content, tokens[3:]
    return title, Markup(_MARKDOWN.renderer.render(_shifted(tokens), _MARKDOWN.options, {}))


def _shifted(tokens: list[Token]) -> list[Token]:
    """A page has one h1 of its own: others become h2."""
    for token in tokens:
        if token.tag == "h1":
            token.tag = "h2"
        if token.type == "th_open":
            token.attrSet("scope", "col")
    return tokens


def _boxed(self: Any, tokens: list[Token], place: int, options: Any, env: Any) -> str:
    """A table in a box that scrolls."""
    return (
        '<div class="scroll" role="region" aria-label="Table" tabindex="0">\n<table class="plain">\n'
        if tokens[place].nesting == 1
        else "</table>\n</div>\n"
    )


_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
_MARKDOWN.add_render_rule("table_open", _boxed)
_MARKDOWN.add_render_rule("table_close", _boxed)
