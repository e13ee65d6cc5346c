"""A request that the rules of a competition refuse; with a code, so that servers and clients can tell them apart."""

from __future__ import annotations

from benchmark.errors import UserError

STATUS = {
    "no token": 401,
    "not yours": 403,
    "closed": 403,
    "unknown": 404,
    "method": 405,
    "too slow": 408,
    "conflict": 409,
    "too large": 413,
    "invalid": 422,
    "quota": 429,
    "too many requests": 429,
    "failed": 500,
    "unavailable": 503,
}
"""HTTP's status for each code."""


class Refusal(UserError):
    """Something a team may not do now. `code` is a key of STATUS; `retry_after` seconds, where waiting helps."""

    def __init__(
        self,
        code: str,
        problem: str,
        *,
        allowed: str = "",
        given: str = "",
        do: str = "",
        retry_after: int = 0,
        faults: dict[str, list[dict[str, object]]] | None = None,
    ) -> None:
        super().__init__(problem, allowed=allowed, given=given, do=do)
        self.code = code
        self.allowed, self.given, self.do = allowed, given, do
        self.retry_after = retry_after
        self.faults = faults or {}
