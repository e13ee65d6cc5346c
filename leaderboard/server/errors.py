"""Every error is answered in one shape: what was wrong, what is allowed, what was given, what to do."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from benchmark.errors import UserError
from leaderboard.record.journal import is_unavailable
from leaderboard.record.refusal import STATUS, Refusal
from leaderboard.server.logs import log

MOST_GIVEN = 200
_CODES = {404: "unknown", 405: "method", 413: "too large"}


def error_body(refusal: Refusal, request_id: str) -> dict[str, Any]:
    """The JSON of an error."""
    return {
        "error": {
            "code": refusal.code,
            "problem": refusal.problem,
            "allowed": refusal.allowed,
            "given": refusal.given[:MOST_GIVEN],
            "do": refusal.do,
            "faults": refusal.faults,
            "request_id": request_id,
        }
    }


def error_response(refusal: Refusal, request_id: str) -> JSONResponse:
    headers = {"Cache-Control": "no-store"}
    if refusal.retry_after:
        headers["Retry-After"] = str(refusal.retry_after)
    if refusal.code == "no token":
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(error_body(refusal, request_id), STATUS[refusal.code], headers)


def as_refusal(error: Exception, request_id: str) -> Refusal:
    """What a team is told of an error that came up on the way; its particulars go to the log alone."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, UserError):
        return Refusal("invalid", error.problem)
    known = {"fields": {"request": request_id}}
    if is_unavailable(error):
        log.error("unavailable", exc_info=error, extra=known)
        return Refusal(
            "unavailable",
            "The server cannot write or read its records at this moment.",
            do="Try again in a minute. The same files give the same receipt, if they were accepted after all.",
            retry_after=60,
        )
    log.error("failed", exc_info=error, extra=known)
    return Refusal("failed", "The server failed. The organizer sees why under this request's id.")


def add_error_handlers(app: FastAPI) -> None:
    """Answer all errors of an app in the one shape."""

    async def refused(request: Request, error: Exception) -> JSONResponse:
        return error_response(as_refusal(error, request.state.request_id), request.state.request_id)

    async def not_http(request: Request, error: HTTPException) -> JSONResponse:
        code = _CODES.get(error.status_code, "invalid")
        phrase = HTTPStatus(error.status_code).phrase
        problem = "There is nothing at this address." if error.status_code == 404 else f"{phrase}."
        answer = error_response(Refusal(code, problem, given=request.url.path), request.state.request_id)
        answer.headers.update(error.headers or {})
        if code == "method":
            answer.headers["Allow"] = ", ".join(_methods(app, request.url.path))
        return answer

    async def not_valid(request: Request, error: RequestValidationError) -> JSONResponse:
        faults = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        refusal = Refusal("invalid", "The request is not what the API describes.", given="; ".join(faults))
        return error_response(refusal, request.state.request_id)

    app.add_exception_handler(UserError, refused)
    app.add_exception_handler(HTTPException, not_http)  # type: ignore[arg-type]
    app.add_exception_handler(RequestValidationError, not_valid)  # type: ignore[arg-type]


def _methods(app: FastAPI, path: str) -> list[str]:
    """What may be done at an address. Routes know their own methods alone, and several may share an address."""
    found = {"GET"}
    for template, operations in app.openapi()["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            found = {method.upper() for method in operations}
    return sorted(found)
