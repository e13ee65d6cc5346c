"""A submission on its way in: parts of a form become drafts in the vault, piece by piece, within limits."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from benchmark.errors import did_you_mean
from leaderboard.record.accepting import MOST_NOTE
from leaderboard.record.refusal import Refusal
from leaderboard.record.vault import Draft, Vault, Writing

CODE, NOTE = "code", "note"
FORM_BYTES = 65_536
"""What a form may have beside its files: boundaries, headers, the note."""


class Upload:
    """Takes the bytes of a multipart form as they come. `most` says how large the file of each part may be.

    `files` are the drafts by part and `note` the text once `end` has been called. Call `discard` at the end in any
    case: what was kept by then stays.
    """

    def __init__(self, content_type: str, vault: Vault, most: Mapping[str, int]) -> None:
        self.files: dict[str, Draft] = {}
        self._vault = vault
        self._most = most
        self._text = bytearray()
        self._noted = False
        self._name = ""
        self._writing: Writing | None = None
        self._header = (bytearray(), bytearray())
        self._disposition = b""
        self._ended = False
        self._parser = self._begin(content_type)

    @property
    def note(self) -> str:
        text = self._text.decode("utf-8", "replace")
        if len(text) > MOST_NOTE:
            raise Refusal(
                "invalid", "The note is too long.", allowed=f"{MOST_NOTE} letters", given=f"{len(text):,}"
            )
        return text

    def feed(self, chunk: bytes) -> None:
        """Raises Refusal for a part that may not be there or is too large, OSError where the disk is full."""
        try:
            self._parser.write(chunk)
        except FormParserError:
            raise _broken() from None

    def end(self, chunk: bytes) -> None:
        """Take the last bytes."""
        self.feed(chunk)
        with suppress(FormParserError):
            self._parser.finalize()
        if not self._ended:
            raise _broken()
        if not self.files:
            raise Refusal("invalid", "The form holds no file.", allowed=self._allowed())
        if CODE in self.files and len(self.files) > 1:
            raise Refusal("invalid", "A submission holds code or predictions, not both.")

    def discard(self) -> None:
        """Remove all drafts."""
        if self._writing:
            self._writing.discard()
        for draft in self.files.values():
            draft.discard()

    def _begin(self, content_type: str) -> MultipartParser:
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary", b"")
        if kind != b"multipart/form-data" or not boundary:
            raise Refusal(
                "invalid",
                "A submission is a form with one file for each task.",
                allowed="Content-Type: multipart/form-data; boundary=...",
                given=content_type,
            )
        try:
            return MultipartParser(
                boundary,
                {
                    "on_part_begin": self._on_part_begin,
                    "on_part_data": self._on_part_data,
                    "on_part_end": self._on_part_end,
                    "on_header_field": self._on_header_field,
                    "on_header_value": self._on_header_value,
                    "on_header_end": self._on_header_end,
                    "on_headers_finished": self._on_headers_finished,
                    "on_end": self._on_end,
                },
            )
        except FormParserError:
            raise _broken() from None

    def _on_part_begin(self) -> None:
        self._disposition = b""
        self._header = (bytearray(), bytearray())

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header[0].extend(data[start:end])

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header[1].extend(data[start:end])

    def _on_header_end(self) -> None:
        name, value = self._header
        if name.lower() == b"content-disposition":
            self._disposition = bytes(value)
        self._header = (bytearray(), bytearray())

    def _on_headers_finished(self) -> None:
        options = parse_options_header(self._disposition)[1]
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        if self._name in self.files or (self._name == NOTE and self._noted):
            raise Refusal("invalid", "A part stands twice in the form.", given=self._name)
        if self._name == NOTE:
            self._noted = True
        elif self._name in self._most:
            self._writing = self._vault.begin()
        else:
            raise Refusal(
                "invalid",
                "The form has a part that is no task of this competition.",
                allowed=self._allowed(),
                given=self._name,
                do=did_you_mean(self._name, self._most),
            )

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        piece = memoryview(data)[start:end]
        if self._writing is None:
            self._text.extend(piece)
            if len(self._text) > FORM_BYTES // 2:
                raise Refusal("invalid", "The note is too long.", allowed=f"{MOST_NOTE} letters")
            return
        if self._writing.size + len(piece) > self._most[self._name]:
            raise Refusal(
                "too large",
                f"The file for {self._name} is too large.",
                allowed=f"{self._most[self._name]:,} bytes",
            )
        self._writing.write(piece)

    def _on_part_end(self) -> None:
        if self._writing:
            self.files[self._name] = self._writing.done()
            self._writing = None

    def _on_end(self) -> None:
        self._ended = True

    def _allowed(self) -> str:
        return ", ".join([*self._most, NOTE])


def _broken() -> Refusal:
    return Refusal("invalid", "The form is broken or ends too early.", allowed="multipart/form-data")
