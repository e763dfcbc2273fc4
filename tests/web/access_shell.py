"""Who gets what at the addresses of the frame."""

from __future__ import annotations

from tests.web.access import MOVED, SEES, Line, line

ACCESS: dict[str, Line] = {
    "today": line(SEES),
    "switch_post": line(MOVED, method="post"),
}
