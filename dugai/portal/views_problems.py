"""问题: the list, one problem in plain words, its pictures."""

from __future__ import annotations

import datetime as dt

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from dugai.kernel import clock
from dugai.portal import store
from dugai.portal.paging import listing

PICTURES = "picture-"


def problems(request: HttpRequest) -> HttpResponse:
    """All problems made public, by region."""
    context = {"list": listing(request, "problem"), "regions": store.regions("problem")}
    return render(request, "problems.html", context)


def problem(request: HttpRequest, code: str) -> HttpResponse:
    """One problem: what was found, what was promised, how far it is."""
    row = store.one("problem", code)
    if row is None:
        raise Http404
    context = {
        "row": row,
        "p": row.payload,
        "pairs": _pairs(store.begun("picture", f"{code}/")),
        "notices": [one for one in store.begun("notice", "") if one.payload.get("code") == code],
        "stale": (clock.today() - dt.date.fromisoformat(row.payload["as_of"])).days > 120,
    }
    return render(request, "problem.html", context)


def _pairs(rows: list[store.Shown]) -> list[dict[str, object]]:
    """Return the pictures of a problem, those of one pair side by side, before first."""
    found: dict[str, list[store.Shown]] = {}
    for row in rows:
        found.setdefault(str(row.payload.get("pair") or row.key), []).append(row)
    order = {"before": 0, "during": 1, "after": 2}
    return [
        {
            "rows": sorted(pair, key=lambda row: order.get(str(row.payload.get("phase")), 3)),
            "two": len(pair) > 1,
        }
        for pair in found.values()
    ]


def picture(request: HttpRequest, release: str, name: str) -> HttpResponse:
    """One picture cleared for release; the copy has no metadata."""
    del request
    kept = store.file(release, name) if name.startswith(PICTURES) else None
    if kept is None:
        raise Http404
    return HttpResponse(kept.data, content_type=kept.media_type)
