"""全文检索: words typed once find problems, measures and tasks; what was asked for is marked in each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from dugai.kernel import clock, marking
from dugai.kernel.errors import Forbidden, require
from dugai.ledger import policy_lists, queries_search
from dugai.ledger.listing import LARGEST_ID
from dugai.web import rows
from dugai.web.views_lists import NO_LEDGER

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

    from dugai.kernel.marking import Part
    from dugai.ledger.queries_search import Group
    from dugai.web.frame import SignedInRequest

LONGEST = 60
KINDS = {"problem": ("问题", "个"), "measure": ("措施", "条"), "task": ("任务", "项")}


@dataclass(frozen=True, slots=True)
class Found:
    """One found row: its title and the words around the hit, cut for marking."""

    row: rows.Row
    title: list[Part]
    text: list[Part]
    code: list[Part]
    who: str
    url: str


@require_GET
def search_page(request: SignedInRequest) -> HttpResponse:
    """Show what is found, grouped by kind, or one kind page by page."""
    viewer, today = request.user, clock.today()
    require(policy_lists.may_read_ledger(viewer), NO_LEDGER, error=Forbidden)
    asked = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    kind = request.GET.get("kind", "")
    one = kind if kind in KINDS else ""
    before = _key(request)
    found: list[Group] = []
    if asked and one:
        page = queries_search.group(viewer, asked, one, before)
        found = [page] if page.rows else []
    elif asked:
        found = queries_search.groups(viewer, asked)
    context = {
        "search_asked": asked,
        "wordless": bool(asked) and not marking.terms(asked),
        "kind": one,
        "kind_word": KINDS[one][0] if one else "",
        "whole_url": _address(asked),
        "first_url": _address(asked, kind=one) if before else "",
        "groups": [_group(group, asked, today, whole=bool(one)) for group in found],
    }
    return render(request, "ledger/search.html", context)


def _key(request: HttpRequest) -> int | None:
    text = request.GET.get("before", "")
    if not (text.isascii() and text.isdigit() and len(text) < len(str(LARGEST_ID))):
        return None
    return int(text)


def _address(asked: str, **more: object) -> str:
    return f"{reverse('search')}?{urlencode({'q': asked, **more})}"


def _group(group: Group, asked: str, today: dt.date, *, whole: bool) -> dict[str, Any]:
    word, unit = KINDS[group.kind]
    return {
        "kind": group.kind,
        "word": word,
        "unit": unit,
        "count": group.count,
        "rows": [_found(group.kind, row, asked, today) for row in group.rows],
        "all_url": "" if whole or len(group.rows) >= group.n else _address(asked, kind=group.kind),
        "next_url": _address(asked, kind=group.kind, before=group.after) if group.after else "",
    }


def _found(kind: str, it: Any, asked: str, today: dt.date) -> Found:
    if kind == "measure":
        title, text, who = f"措施 {it.number}", it.text, it.problem.title
        code = it.problem.code
    else:
        title, text, code = it.title, it.text, it.code
        who = str(it.owner if kind == "task" else it.lead)
    return Found(
        row=rows.row_of(it, today),
        title=marking.parts(title, asked),
        text=marking.excerpt(text, asked),
        code=marking.parts(code, asked),
        who=who,
        url=reverse(kind, args=[it.pk]),
    )
