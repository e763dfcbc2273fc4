"""What every page needs: today, the viewer, the way around the house."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

from dugai.kernel import clock

if TYPE_CHECKING:
    from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return what the frame of a page shows."""
    del request
    return {"today": clock.today(), "site_name": settings.DUGAI_NAME, "demo": settings.DUGAI_DEMO}
