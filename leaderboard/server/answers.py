"""Answers that browsers and clients may keep: an ETag, 304 where they hold the newest, gzip where it pays."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from fastapi import Request
from starlette.responses import Response

_SMALL = 1_000
_PLAIN = ("text/", "application/json", "image/svg+xml", "application/javascript")
JSON = "application/json"


@dataclass(frozen=True)
class _Packed:
    etag: str
    zipped: bytes


@lru_cache(maxsize=256)
def _pack(body: bytes) -> _Packed:
    return _Packed(f'W/"{hashlib.sha256(body).hexdigest()[:32]}"', gzip.compress(body, 5, mtime=0))


def spell(content: Any) -> bytes:
    """JSON in UTF-8. Numbers that JSON does not have are a bug."""
    return json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def answer(request: Request, body: bytes, media_type: str = JSON) -> Response:
    """A body that everybody may see, or 304 where the client has it already."""
    packed = _pack(body)
    headers = {"ETag": packed.etag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if holds(request, packed.etag):
        return Response(status_code=304, headers=headers)
    zips = "gzip" in request.headers.get("accept-encoding", "")
    if zips and len(body) > _SMALL and media_type.startswith(_PLAIN):
        return Response(packed.zipped, headers={**headers, "Content-Encoding": "gzip"}, media_type=media_type)
    return Response(body, headers=headers, media_type=media_type)


def holds(request: Request, etag: str) -> bool:
    """Whether the client says that it has the content with this ETag."""
    listed = request.headers.get("if-none-match", "")
    return listed == "*" or etag.removeprefix("W/") in [
        one.strip().removeprefix("W/") for one in listed.split(",")
    ]
