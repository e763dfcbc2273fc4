"""验收销号 across problems: what waits, the register of numbers, the 巩固期."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from django.http import FileResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dugai.acceptance import queries_after, register_sheet
from dugai.acceptance.queries_after import Queue
from dugai.acceptance.states import CaseState
from dugai.kernel import clock
from dugai.kernel.errors import Forbidden, NotVisible, require
from dugai.ledger import policy, policy_lists
from dugai.web import closeout_parts as parts
from dugai.web.list_parts import Way
from dugai.web.views_lists import NO_LEDGER

if TYPE_CHECKING:
    from django.http import HttpResponse

    from dugai.web.frame import SignedInRequest

MOST_EXPORTED = 20_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIRST_YEAR, LAST_YEAR = 2015, 2100
COUNTED = {
    Queue.TO_PUBLISH: CaseState.VERIFIED,
    Queue.IN_NOTICE: CaseState.IN_NOTICE,
    Queue.OBJECTED: CaseState.OBJECTED,
    Queue.TO_FILE: CaseState.CLOSED,
}
"""Queues that are one state each, so that their count is known with the page."""


@require_GET
def closeout_queue(request: SignedInRequest) -> HttpResponse:
    """Show one queue of cases, the oldest first, and which are the viewer's to take."""
    viewer = request.user
    require(policy_lists.may_read_ledger(viewer), NO_LEDGER, error=Forbidden)
    which = _which(request.GET.get("queue", Queue.TO_CHECK.value))
    after = parts.number(request.GET.get("after", ""))
    counts = queries_after.numbers(viewer)
    context: dict[str, Any] = {
        "queue": which,
        "ways": [_way(one, which, counts) for one in Queue],
        "first": after is None,
    }
    if which == Queue.TO_APPLY:
        problems = queries_after.done_not_closed(viewer, after)
        context |= {"problems": problems.rows, "more": problems.next}
    elif which == Queue.TO_DECIDE:
        proposals = queries_after.proposals(viewer, after)
        context |= {"proposals": proposals.rows, "more": proposals.next}
    else:
        cases = queries_after.queue(viewer, which, after)
        context |= {
            "cases": [(one, parts.chip(one.case)) for one in cases.rows],
            "more": cases.next,
        }
    return render(request, "closeout/queue.html", context)


@require_GET
def closeout_register(request: SignedInRequest) -> HttpResponse:
    """Show the 销号台账, newest first."""
    viewer = request.user
    require(policy_lists.may_read_ledger(viewer), NO_LEDGER, error=Forbidden)
    year = _year(request)
    after = parts.number(request.GET.get("after", ""))
    found = queries_after.register(viewer, year=year, after=after)
    this_year = clock.today().year
    context = {
        "rows": [(one, parts.chip(one.case)) for one in found.rows],
        "more": urlencode({"year": year or "", "after": found.next.pk}) if found.next else "",
        "years": list(range(this_year, this_year - 6, -1)),
        "year": year,
        "first": after is None,
        "may_export": policy.may_export(viewer),
    }
    return render(request, "closeout/register.html", context)


@require_GET
def closeout_register_sheet(request: SignedInRequest) -> FileResponse:
    """Send the register as a workbook, the newest first."""
    viewer = request.user
    require(policy.may_export(viewer), "导出由整改办、督查和责任单位办", error=Forbidden)
    year = _year(request)
    entries = queries_after.register(viewer, year=year, limit=MOST_EXPORTED).rows
    name = f"销号台账-{year or '全部'}-{clock.today().isoformat()}.xlsx"
    response = FileResponse(register_sheet.write_register(entries), content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


@require_GET
def consolidation(request: SignedInRequest) -> HttpResponse:
    """Show what is in its 巩固期, and whose has ended."""
    viewer = request.user
    require(policy_lists.may_read_ledger(viewer), NO_LEDGER, error=Forbidden)
    after = parts.number(request.GET.get("after", ""))
    found = queries_after.consolidation(viewer, after)
    counts = queries_after.numbers(viewer)
    today = clock.today()
    rows = [
        {
            "case": one,
            "left": (one.consolidation_until - today).days if one.consolidation_until else None,
        }
        for one in found.rows
    ]
    context = {
        "rows": rows,
        "more": found.next,
        "total": counts[CaseState.IN_CONSOLIDATION],
        "over": counts["consolidation_over"],
        "first": after is None,
    }
    return render(request, "closeout/consolidation.html", context)


def _year(request: SignedInRequest) -> int | None:
    year = parts.number(request.GET.get("year", ""))
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotVisible("没有这一年的台账")
    return year


def _which(text: str) -> Queue:
    try:
        return Queue(text)
    except ValueError as unknown:
        raise NotVisible("没有这个列表") from unknown


def _way(one: Queue, here: Queue, counts: dict[str, int]) -> Way:
    count = ""
    if one in COUNTED:
        count = str(counts[COUNTED[one]])
    elif one == Queue.TO_DECIDE:
        count = str(counts["proposals"])
    return Way(one.label, f"?queue={one.value}", one == here, count=count)
