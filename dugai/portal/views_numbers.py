"""信访, 指标, 各省对照: tables and drawings of numbers that were released."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from dugai.portal import provinces as sides
from dugai.portal import store
from dugai.portal.charts import chart
from dugai.portal.paging import listing

if TYPE_CHECKING:
    from dugai.portal.charts import Chart
    from dugai.portal.store import Shown

ROWS = 200
SPANS = {12: "按年", 6: "按半年", 3: "按季度", 1: "按月"}
BETTER = {"higher": "越高越好", "lower": "越低越好"}


def letters(request: HttpRequest) -> HttpResponse:
    """The batches of complaints, the newest first."""
    found = listing(request, "letters")
    rows = sorted(found.rows, key=lambda row: (row.payload.get("handed_on") or "", row.key), reverse=True)
    context = {"list": found, "rows": rows, "regions": store.regions("letters")}
    return render(request, "letters.html", context)


def letter_batch(request: HttpRequest, key: str) -> HttpResponse:
    """One batch: who complained is nowhere in it."""
    row = store.one("letters", key)
    asked = request.GET.get("page", "1")
    if row is None or not asked.isdecimal():
        raise Http404
    rows, page = row.payload.get("rows", []), int(asked)
    pages = max(1, -(-len(rows) // ROWS))
    if not 1 <= page <= pages:
        raise Http404
    context = {
        "row": row,
        "p": row.payload,
        "rows": rows[(page - 1) * ROWS : page * ROWS],
        "page": page,
        "pages": pages,
        "before": page - 1,
        "after": page + 1 if page < pages else 0,
    }
    return render(request, "letter_batch.html", context)


def indicators(request: HttpRequest) -> HttpResponse:
    """All indicators with their last reading and target."""
    found = listing(request, "indicator")
    context = {
        "list": found,
        "rows": [_last(row) for row in found.rows],
        "regions": store.regions("indicator"),
    }
    return render(request, "indicators.html", context)


def _last(row: Shown) -> dict[str, Any]:
    """Return an indicator with the reading that stands for it: as long as the target's, else the last."""
    readings, target = row.payload.get("readings", []), row.payload.get("target")
    alike = [one for one in readings if target and one.get("months") == target.get("months")]
    return {
        "row": row,
        "p": row.payload,
        "last": next(reversed(alike or readings), None),
        "better": BETTER.get(str(row.payload.get("better")), ""),
    }


def indicator(request: HttpRequest, key: str) -> HttpResponse:
    """One indicator: drawn, and the same numbers as a table."""
    row = store.one("indicator", key)
    if row is None:
        raise Http404
    readings = row.payload.get("readings", [])
    context = {**_last(row), "charts": _charts(row), "readings": readings[::-1]}
    return render(request, "indicator.html", context)


def _charts(row: Shown) -> list[tuple[str, Chart]]:
    """Draw the readings by their kind of span, the longest first: years and quarters make no common line."""
    readings, target = row.payload.get("readings", []), row.payload.get("target")
    found = []
    for months in sorted({one.get("months", 0) for one in readings}, reverse=True):
        aim = target if target and target.get("months", 0) == months else None
        drawn = chart([one for one in readings if one.get("months", 0) == months], aim)
        if drawn is not None:
            found.append((SPANS.get(months, "按时段"), drawn))
    return found


def provinces(request: HttpRequest) -> HttpResponse:
    """Eight provinces side by side."""
    facts = sides.facts()
    context = {
        "lines": sides.lines(),
        "provinces": facts["provinces"],
        "source": facts["source"],
        "totals": facts["totals"],
    }
    return render(request, "provinces.html", context)
