"""Logs for machines: one JSON object a line, on stderr. No token and no control character gets into them."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime

_TOKEN = re.compile(r"cm_[\w-]{8,}")
log = logging.getLogger("classmark.server")


class JsonLines(logging.Formatter):
    """Spells a record as JSON in ASCII, which escapes whatever a terminal would act on."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": moment, "level": record.levelname.lower(), "event": record.getMessage()}
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return _TOKEN.sub("cm_***", json.dumps(line, ensure_ascii=True, default=str))


def log_to_stderr() -> None:
    """Send the server's and uvicorn's logs to stderr, as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    for name in ("classmark.server", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(logging.INFO)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
