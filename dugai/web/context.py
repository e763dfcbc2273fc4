"""What every page needs: today, the viewer, the way around the house.

The frame asks its questions only when a template shows it: a fragment costs nothing extra.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from dugai.kernel import clock
from dugai.web.frame import frame_of

if TYPE_CHECKING:
    from django.http import HttpRequest

SCRIPTS = tuple(
    f"dugai/js/{name}.js"
    for name in ("shortcuts", "menus", "confirm", "toast", "selection", "counter", "forms", "device")
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return what the frame of a page shows."""
    return {
        "today": clock.today(),
        "site_name": settings.DUGAI_NAME,
        "demo": settings.DUGAI_DEMO,
        "scripts": SCRIPTS,
        "frame": SimpleLazyObject(lambda: frame_of(request)),
    }
