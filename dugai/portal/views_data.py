"""开放数据: tables with their description, feeds to follow a place or a problem, the map of the site."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from dugai.portal import store
from dugai.portal.datasets import DATASETS, Dataset, cell, standing
from dugai.portal.frame import base_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dugai.portal.store import Shown

FOLLOWED = ("release", "notice", "problem", "overview", "letters", "indicator")
PLACES = {
    "release": "/releases/{}/",
    "notice": "/notices/{}/",
    "problem": "/problems/{}/",
    "overview": "/regions/{}/",
    "letters": "/letters/{}/",
    "indicator": "/indicators/{}/",
    "root": "/journal/{}/",
}
ENTRIES = 50
FIXED = (
    "/", "/problems/", "/notices/", "/letters/", "/indicators/", "/accountability/", "/releases/",
    "/provinces/", "/journal/", "/journal/check", "/data/", "/about/",
)  # fmt: skip
MOST_ADDRESSES = 50_000


def catalogue(request: HttpRequest) -> HttpResponse:
    """Every table with every field of it."""
    return render(request, "data.html", {"datasets": DATASETS.values(), "regions": store.regions("problem")})


def _dataset(name: str) -> Dataset:
    if name not in DATASETS:
        raise Http404
    return DATASETS[name]


def as_csv(request: HttpRequest, name: str) -> HttpResponse:
    """One table for a spreadsheet; the first line names the fields."""
    del request
    dataset = _dataset(name)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([field.name for field in dataset.fields])
    writer.writerows([cell(row[field.name]) for field in dataset.fields] for row in dataset.rows())
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def as_json(request: HttpRequest, name: str) -> HttpResponse:
    """One table for a program, with the description of every field."""
    dataset = _dataset(name)
    answer: dict[str, Any] = {
        "name": dataset.name,
        "title": dataset.title,
        "about": dataset.about,
        "source": f"{base_url(request)}/data/",
        "fields": [{"name": one.name, "type": one.kind, "meaning": one.meaning} for one in dataset.fields],
        "rows": list(dataset.rows()),
    }
    return HttpResponse(
        json.dumps(answer, ensure_ascii=False), content_type="application/json; charset=utf-8"
    )


def feed(request: HttpRequest) -> HttpResponse:
    """What is new, everywhere."""
    return _feed(request, "全部", "/", _newest(""))


def region_feed(request: HttpRequest, code: str) -> HttpResponse:
    """What is new in one region."""
    if not any(store.count(kind, region=code) for kind in FOLLOWED):
        raise Http404
    return _feed(request, code, f"/regions/{code}/", _newest(code))


def problem_feed(request: HttpRequest, code: str) -> HttpResponse:
    """What is new about one problem: its state, its notice, its pictures."""
    row = store.one("problem", code)
    if row is None:
        raise Http404
    notices = [one for one in store.begun("notice", "") if one.payload.get("code") == code]
    pictures = store.begun("picture", f"{code}/")
    return _feed(request, f"{code} {row.title}", f"/problems/{code}/", [*notices, *pictures, row])


def _newest(code: str) -> list[Shown]:
    rows = [row for kind in FOLLOWED for row in store.listed(kind, region=code, size=ENTRIES)]
    return sorted(rows, key=lambda row: (row.released_at, row.id), reverse=True)[:ENTRIES]


def _feed(request: HttpRequest, title: str, place: str, rows: Sequence[Shown]) -> HttpResponse:
    base = base_url(request)
    entries = [
        {
            "id": f"tag:{request.get_host().split(':')[0]},2026:{row.kind}/{row.key}/{row.sha256[:16]}",
            "title": row.title or row.key,
            "at": row.released_at.isoformat(),
            "link": base + _place_of(row),
            "summary": _summary(row),
        }
        for row in rows
    ]
    newest = max((row.released_at for row in rows), default=None)
    context = {
        "title": title,
        "link": base + place,
        "self": base + request.path,
        "entries": entries,
        "newest": newest,
    }
    return render(request, "feed.xml", context, content_type="application/atom+xml; charset=utf-8")


def _place_of(row: Shown) -> str:
    if row.kind == "picture":
        return f"/problems/{row.key.partition('/')[0]}/"
    return PLACES[row.kind].format(row.key)


def _summary(row: Shown) -> str:
    told = row.payload
    if row.kind == "problem":
        return f"{told['status']}。数据截至 {told['as_of']}。"
    if row.kind == "notice":
        return f"公示期 {told['starts_on']} 至 {told['until']}，受理异议至 {told['objections_until']}。"
    return str(told.get("genre_label") or told.get("caption") or "")


def sitemap(request: HttpRequest) -> HttpResponse:
    """Every address that stands now."""
    base = base_url(request)
    places = [(base + place, "") for place in FIXED]
    for kind, pattern in PLACES.items():
        places += [(base + pattern.format(row.key), row.day) for row in standing(kind)]
    context = {"places": places[:MOST_ADDRESSES]}
    return render(request, "sitemap.xml", context, content_type="application/xml; charset=utf-8")


def robots(request: HttpRequest) -> HttpResponse:
    """Everything may be read by machines, but for the forms."""
    lines = [
        "User-agent: *",
        "Disallow: /receipt",
        "Disallow: /search",
        f"Sitemap: {base_url(request)}/sitemap.xml",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
