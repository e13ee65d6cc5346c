"""What is wrong with a page: unclosed elements, headings out of order, what a strict CSP refuses."""

from __future__ import annotations

from html.parser import HTMLParser

_VOID = {"meta", "link", "img", "input", "br", "hr", "source", "wbr", "col"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.links: list[str] = []
        self.text: list[str] = []
        self.ids: list[str] = []
        self._open: list[str] = []
        self._level = 0
        self._captions: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if len(given) < len(attrs):
            self.faults.append(f"<{tag}> has an attribute twice")
        if "style" in given or any(name.startswith("on") for name in given):
            self.faults.append(f"<{tag}> has style or script in an attribute: {given}")
        if tag == "style" or (tag == "script" and "src" not in given):
            self.faults.append(f"inline <{tag}>")
        if tag in ("a", "link", "script", "img"):
            self.links.append(str(given.get("href", given.get("src"))))
        if tag == "img" and not given.get("alt"):
            self.faults.append("a picture without a text")
        if tag == "svg" and not (given.get("aria-label") or given.get("aria-hidden")):
            self.faults.append("a drawing without a text")
        if tag == "th" and given.get("scope") not in ("col", "row"):
            self.faults.append("a <th> without scope")
        if tag == "html" and not given.get("lang"):
            self.faults.append("no language")
        if "id" in given:
            self.ids.append(str(given["id"]))
        self._structure(tag)
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self._open.pop()

    def _structure(self, tag: str) -> None:
        if tag[0] == "h" and tag[1:].isdigit():
            level = int(tag[1])
            if level > self._level + 1:
                self.faults.append(f"<{tag}> after a heading of level {self._level}")
            if level == 1 and self._level:
                self.faults.append("a second <h1>, or one that is not first")
            self._level = level
        if tag == "table":
            self._captions.append(False)
        if tag == "caption":
            self._captions[-1] = True

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self._open[-1:]}")
        else:
            self._open.pop()
        if tag == "table" and not self._captions.pop():
            self.faults.append("a table without a caption")

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def finish(self) -> None:
        if self._open:
            self.faults.append(f"never closed: {self._open}")
        if self._level == 0:
            self.faults.append("no heading")
        if len(set(self.ids)) < len(self.ids):
            self.faults.append("an id is there twice")


def read_page(content: bytes) -> _Reader:
    """The page, read: its `faults`, `links`, `text` and `ids`."""
    reader = _Reader()
    reader.feed(content.decode())
    reader.close()
    reader.finish()
    return reader
