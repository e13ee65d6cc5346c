"""What the OpenAPI description says of errors and of the form of a submission."""

from __future__ import annotations

from typing import Any

from leaderboard.record.refusal import STATUS, Refusal
from leaderboard.server.errors import error_body
from leaderboard.server.models import Error

_EXAMPLES = {
    "no token": Refusal(
        "no token",
        "The token is missing, wrong or void.",
        do="Use the token that the organizer gave to your team: `classmark join URL` asks for it.",
    ),
    "closed": Refusal(
        "closed", "No phase is open now.", allowed="final opens at 2026-06-01T00:00:00.000+00:00"
    ),
    "unknown": Refusal("unknown", "There is no such submission of your team.", given="0c9f6a2e4b1d4e0f"),
    "conflict": Refusal("conflict", "This idempotency key was used with other files.", given="try-17"),
    "too slow": Refusal("too slow", "The upload is too slow.", allowed="2,000 bytes/s"),
    "too large": Refusal("too large", "The submission is too large.", allowed="17,000,000 bytes"),
    "invalid": Refusal(
        "invalid",
        "1 of 1 files have faults; nothing was submitted and no quota used.",
        do="Mend what `faults` lists. `classmark check TASK FILE` says the same without a server.",
        faults={
            "product_type": [
                {
                    "code": "unknown ids",
                    "message": "2 rows have an id that is not in the test table.",
                    "count": 2,
                    "rows": [17, 40],
                    "examples": ["nobody"],
                }
            ]
        },
    ),
    "quota": Refusal(
        "quota",
        "The team's submissions of today are used up.",
        allowed="5 a day of UTC",
        do="Submit again after 2026-03-02T00:00:00.000+00:00.",
    ),
    "too many requests": Refusal(
        "too many requests", "This address sends too many requests.", allowed="1,200 a minute", do="Wait 7 s."
    ),
    "unavailable": Refusal("unavailable", "The server cannot write or read its records at this moment."),
}


def errors(*codes: str) -> dict[int | str, dict[str, Any]]:
    """The responses of a route for these errors, and for those that every route may give."""
    described: dict[int | str, dict[str, Any]] = {}
    for code in (*codes, "too many requests", "unavailable"):
        found = described.setdefault(
            STATUS[code],
            {"model": Error, "description": code, "content": {"application/json": {"examples": {}}}},
        )
        examples = found["content"]["application/json"]["examples"]
        examples[code] = {"value": error_body(_EXAMPLES[code], "5f0c3a")}
        found["description"] = ", ".join(examples)
    return described


def submission_form(tasks: list[str], code: bool) -> dict[str, Any]:
    """The request body of a submission to this competition."""
    binary = {"type": "string", "format": "binary"}
    parts: dict[str, Any] = {name: {**binary, "description": f"Predictions for {name}"} for name in tasks}
    if code:
        parts["code"] = {
            **binary,
            "description": "A zip or tar of a solution's folder; no other file beside it",
        }
    parts["note"] = {
        "type": "string",
        "maxLength": 500,
        "description": "What was done; in the final report for a track's first three",
    }
    schema = {"type": "object", "properties": parts, "additionalProperties": False, "minProperties": 1}
    example = {tasks[0]: "(the bytes of predictions.parquet)", "note": "gradient boosting, tuned"}
    form = {"schema": schema, "example": example}
    return {"required": True, "content": {"multipart/form-data": form}}
