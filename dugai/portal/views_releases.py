"""发布: what was released, whole, with the meaning of its numbers and its files."""

from __future__ import annotations

from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from dugai.portal import store
from dugai.portal.paging import listing

ACCOUNTABILITY = "accountability"


def releases(request: HttpRequest) -> HttpResponse:
    """All releases that stand."""
    context = {"list": listing(request, "release"), "regions": store.regions("release")}
    return render(request, "releases.html", context)


def accountability(request: HttpRequest) -> HttpResponse:
    """The releases that tell who was held to account."""
    rows = [row for row in store.listed("release", size=2000) if row.payload.get("genre") == ACCOUNTABILITY]
    return render(request, "accountability.html", {"rows": rows})


def release(request: HttpRequest, number: str) -> HttpResponse:
    """One release."""
    row = store.one("release", number)
    if row is None:
        raise Http404
    context = {"row": row, "p": row.payload, "files": store.files(number)}
    return render(request, "release.html", context)


def release_file(request: HttpRequest, number: str, name: str) -> HttpResponse:
    """One file of a release that stands."""
    del request
    kept = store.file(number, name) if store.one("release", number) is not None else None
    if kept is None:
        raise Http404
    response = HttpResponse(kept.data, content_type=kept.media_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(kept.name)}"
    return response
