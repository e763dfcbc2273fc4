"""首页, one region, search, the words used here, and what is said when something goes wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from dugai.portal import store
from dugai.portal.words import PLAIN

if TYPE_CHECKING:
    from dugai.portal.store import Shown

FIRST = (
    "problem_total",
    "problem_closed",
    "task_total",
    "task_done",
    "task_due_rate",
    "task_overdue",
)
"""The promise in numbers: what was found, what is closed, what was promised, kept, due, and late."""
LONGEST_QUERY = 60
KINDS = {
    "problem": ("问题", "/problems/{}/"),
    "release": ("发布", "/releases/{}/"),
    "notice": ("公示", "/notices/{}/"),
    "overview": ("总体数字", "/regions/{}/"),
    "letters": ("信访举报", "/letters/{}/"),
    "indicator": ("环境指标", "/indicators/{}/"),
}


def home(request: HttpRequest) -> HttpResponse:
    """The region's promise in numbers, and what is new."""
    overviews = sorted(
        store.listed("overview", size=500), key=lambda row: (len(row.key.rstrip("0")), row.key)
    )
    return render(
        request, "home.html", _region_page(overviews[0] if overviews else None) | {"others": overviews[1:]}
    )


def region(request: HttpRequest, code: str) -> HttpResponse:
    """The numbers of one region."""
    overview = store.one("overview", code)
    if overview is None and not store.count("problem", region=code):
        raise Http404
    return render(request, "region.html", _region_page(overview, code) | {"code": code})


def _region_page(overview: Shown | None, code: str = "") -> dict[str, Any]:
    figures = overview.payload["figures"] if overview else []
    by_code = {figure["code"]: figure for figure in figures}
    return {
        "overview": overview,
        "tiles": [by_code[code] for code in FIRST if code in by_code],
        "figures": figures,
        "problem_count": store.count("problem", region=code),
        "notices": store.listed("notice", region=code, size=5),
        "releases": store.listed("release", region=code, size=6),
        "roots": store.listed("root", size=1) if not code else [],
    }


def search(request: HttpRequest) -> HttpResponse:
    """Find two characters or more in everything that stands."""
    words = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    rows = store.found(words) if len(words.replace(" ", "")) > 1 else []
    found = [
        (
            KINDS[row.kind][0],
            row.title or row.key,
            KINDS[row.kind][1].format(row.key),
            _excerpt(row, words),
            row,
        )
        for row in rows
        if row.kind in KINDS
    ]
    context = {"q": words, "found": found, "more": len(rows) >= store.PAGE, "asked": bool(words)}
    return render(request, "search.html", context)


def _excerpt(row: Shown, words: str) -> str:
    """Return the piece of text the word stands in."""
    first = next(iter(words.lower().split()), "")
    for text in _texts(row.payload):
        at = text.lower().find(first)
        if first and at >= 0 and text != row.title:
            start = max(0, at - 24)
            piece = text[start : at + 60]
            return ("…" if start else "") + piece + ("…" if at + 60 < len(text) else "")
    return ""


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inner for text in _texts(one)]


def about(request: HttpRequest) -> HttpResponse:
    """What the words and numbers mean, what is here and what is not."""
    overviews = store.listed("overview", size=1)
    figures = overviews[0].payload["figures"] if overviews else []
    return render(request, "about.html", {"plain": PLAIN, "figures": figures})


def healthz(request: HttpRequest) -> HttpResponse:
    """Alive, and the snapshots can be read."""
    del request
    store.edition()
    response = HttpResponse("ok", content_type="text/plain")
    response["Cache-Control"] = "no-store"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The request cannot be read."""
    del exception
    return _sorry(request, 400, "这个请求读不懂", "地址里的内容不对。请回到首页重新查找。")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Not here, or not any more: the two look alike."""
    del exception
    return _sorry(request, 404, "没有这个页面", "它不存在，或者已经撤下。可以用上面的搜索再找一找。")


def server_error(request: HttpRequest) -> HttpResponse:
    """Something went wrong here."""
    return _sorry(request, 500, "这里出了错", "不是您的问题。请过一会儿再试。")


def _sorry(request: HttpRequest, status: int, title: str, words: str) -> HttpResponse:
    return render(request, "sorry.html", {"title": title, "words": words}, status=status)
