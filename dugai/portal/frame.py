"""What every page of the portal shows around its own matter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dugai.portal import own

if TYPE_CHECKING:
    from django.http import HttpRequest

PLACES = (
    ("问题整改", "/problems/"),
    ("公示", "/notices/"),
    ("信访举报", "/letters/"),
    ("环境指标", "/indicators/"),
    ("责任追究", "/accountability/"),
    ("发布", "/releases/"),
    ("各省对照", "/provinces/"),
    ("留痕核对", "/journal/"),
    ("开放数据", "/data/"),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the name of the portal and where the reader is."""
    here = request.path_info
    return {
        "portal_name": own.name(),
        "places": [(words, place, here.startswith(place)) for words, place in PLACES],
        "root_url": base_url(request),
    }


def base_url(request: HttpRequest) -> str:
    """Return the portal's own address without a slash at its end, for feeds and sitemap."""
    return own.url() or f"{request.scheme}://{request.get_host()}"
