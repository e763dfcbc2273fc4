"""A log line is JSON of allowed fields, and carries the id of the request it belongs to."""

from __future__ import annotations

import json
import logging

from dugai.journal import services
from dugai.kernel import logs


def line(**extra: object) -> dict[str, object]:
    record = logging.LogRecord("dugai.x", logging.INFO, "x.py", 1, "一句话\n第二行", None, None)
    record.__dict__.update(extra)
    found: dict[str, object] = json.loads(logs.JsonLines().format(record))
    return found


def test_the_request_id_is_in_every_line_of_its_request():
    assert "request_id" not in line()
    token = services.request_id.set("0190-abc")
    try:
        assert line()["request_id"] == "0190-abc"
    finally:
        services.request_id.reset(token)


def test_only_allowed_fields_are_written_and_a_line_stays_a_line():
    found = line(route="today", password="no")
    assert found["route"] == "today"
    assert "password" not in found
    assert "\n" not in logs.JsonLines().format(logging.LogRecord("x", 20, "x", 1, "a\nb", None, None))
