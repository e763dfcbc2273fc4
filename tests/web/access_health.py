"""Addresses for monitors: for people, signed in or not, there is nothing there."""

from __future__ import annotations

from tests.web.access import HIDDEN, Line, line

ACCESS: dict[str, Line] = {
    "healthz": line(HIDDEN, anonymous=HIDDEN),
    "readyz": line(HIDDEN, anonymous=HIDDEN),
    "metrics": line(HIDDEN, anonymous=HIDDEN),
}
