"""Counts every answered request for the measures."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from dugai.upkeep import tally

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

UNKNOWN = "unknown"


class TallyMiddleware:
    """Counts by the name of the route: addresses of unknown pages and ids never become labels."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer and count."""
        began = time.monotonic()
        response = self.get_response(request)
        match = request.resolver_match
        route = (match.view_name if match else "") or UNKNOWN
        tally.count(route, request.method or "", response.status_code, time.monotonic() - began)
        return response
