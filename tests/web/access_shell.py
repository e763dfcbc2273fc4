"""Who gets what at the addresses of shell."""

from __future__ import annotations

from tests.web.access import Line

ACCESS: dict[str, Line] = {}
