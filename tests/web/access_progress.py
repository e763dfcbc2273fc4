"""Who gets what at the addresses of progress."""

from __future__ import annotations

from tests.web.access import Line

ACCESS: dict[str, Line] = {}
