"""The few files beside the pages, each under its digest, kept by everybody for a year."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse

HERE = Path(__file__).parent
SHARED = HERE.parent / "web" / "static" / "dugai"
"""Colours and sizes are those of the staff's pages; nothing else of them is served here."""
FILES = {
    "tokens.css": (SHARED / "tokens.css", "text/css; charset=utf-8"),
    "portal.css": (HERE / "static" / "portal.css", "text/css; charset=utf-8"),
    "mark.svg": (SHARED / "mark.svg", "image/svg+xml"),
}
YEAR = "public, max-age=31536000, immutable"


@functools.cache
def read(name: str) -> tuple[bytes, str, str]:
    """Return bytes, media type and digest of a file."""
    place, kind = FILES[name]
    data = place.read_bytes()
    return data, kind, hashlib.sha256(data).hexdigest()[:16]


def address(name: str) -> str:
    """Return the address of a file, with its digest."""
    stem, _, ending = name.rpartition(".")
    return f"/static/{stem}-{read(name)[2]}.{ending}"


def asset(request: HttpRequest, name: str) -> HttpResponse:
    """Send a file; only under the digest of what it is now."""
    del request
    stem, _, ending = name.rpartition(".")
    known, _, digest = stem.rpartition("-")
    if f"{known}.{ending}" not in FILES:
        raise Http404
    data, kind, now = read(f"{known}.{ending}")
    if digest != now:
        raise Http404
    response = HttpResponse(data, content_type=kind)
    response["Cache-Control"] = YEAR
    return response
