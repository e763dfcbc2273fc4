"""What monitors ask: is the process alive, can it work, how is it doing. Only from listed addresses."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from dugai.kernel.errors import NotVisible
from dugai.upkeep import measures, readiness
from dugai.web.edge import listed

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

OPEN_METRICS = "text/plain; version=0.0.4; charset=utf-8"


def for_monitors(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer listed addresses only; for all others there is nothing here. Answers are never kept."""

    @login_not_required
    @require_safe
    @functools.wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponse:
        if not listed(request.client_address, settings.MONITORS):  # type: ignore[attr-defined]
            raise NotVisible("没有这个页面")
        response = view(request)
        response["Cache-Control"] = "no-store"
        return response

    return wrapped


@for_monitors
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the process answers; asks nothing of anybody else."""
    del request
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@for_monitors
def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether this process can do its work: 200, or 503 with what is wrong."""
    del request
    answers = readiness.ask()
    ready = all(answer.good for answer in answers)
    body = {"ready": ready, "checks": {answer.name: answer.text or "ok" for answer in answers}}
    return JsonResponse(body, status=200 if ready else 503, json_dumps_params={"ensure_ascii": False})


@for_monitors
def metrics(request: HttpRequest) -> HttpResponse:
    """Return all measures for Prometheus."""
    del request
    return HttpResponse(measures.text(), content_type=OPEN_METRICS)
