"""Log lines are JSON built from a list of allowed fields (reliability rules D24, E7)."""

from __future__ import annotations

import contextvars
import datetime as dt
import json
import logging

ALLOWED = ("request_id", "route", "method", "status_code", "ms", "actor", "job", "kind", "count", "code")
LONGEST = 2000
request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")
"""The id of the request being answered: the same in the journal, in the log and on an error page."""


class JsonLines(logging.Formatter):
    """One record, one line, nothing but the allowed fields; control characters are escaped by JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line of JSON."""
        line: dict[str, object] = {
            "at": dt.datetime.fromtimestamp(record.created, tz=dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "log": record.name,
            "message": record.getMessage()[:LONGEST],
        }
        if current := request_id.get():
            line["request_id"] = current
        line |= {name: getattr(record, name) for name in ALLOWED if hasattr(record, name)}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)[-LONGEST:]
        return json.dumps(line, ensure_ascii=True, default=str)
