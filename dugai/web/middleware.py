"""Around every request: a request id, the person behind the account, and refusals put into words."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from django.db import OperationalError

from dugai.journal.services import request_id
from dugai.kernel import clock, ids
from dugai.kernel.errors import DomainError
from dugai.people import queries as people
from dugai.web import errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

log = logging.getLogger("dugai.requests")
SLOW_MS = 1000


class RequestIdMiddleware:
    """Gives each request an id that the journal, the log and an error page share."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Run the request under its id and log it when it is slow or failed."""
        token = request_id.set(str(ids.uuid7()))
        request.request_id = request_id.get()  # type: ignore[attr-defined]
        start = time.monotonic()
        try:
            response = self.get_response(request)
            milliseconds = round((time.monotonic() - start) * 1000)
            if milliseconds > SLOW_MS:
                route = request.resolver_match.view_name if request.resolver_match else ""
                log.info(
                    "slow", extra={"ms": milliseconds, "route": route, "status_code": response.status_code}
                )
        finally:
            request_id.reset(token)
        return response


class ViewerMiddleware:
    """Lets a deputy act through the account of the person they stand in for, while the days last."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Replace the user by the principal when the session says so and the deputising still holds."""
        if request.user.is_authenticated:
            deputy_id = request.session.get("deputy")
            if deputy_id:
                principal = people.principal_for(request.user, deputy_id, clock.today())
                if principal is None:
                    del request.session["deputy"]
                else:
                    request.user = principal
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response


BUSY = ("locked", "lock timeout")
"""What SQLite and PostgreSQL say when somebody else held a row or the file for too long."""


class RefusalMiddleware:
    """Puts a refusal of the rooms into a page or a fragment, once and in one place."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a refusal with its own status; anything else is left to Django."""
        if isinstance(exception, DomainError):
            return errors.refusal_page(request, exception)
        if isinstance(exception, OperationalError) and any(word in str(exception).lower() for word in BUSY):
            return errors.busy_page(request)
        return None
