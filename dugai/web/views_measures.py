"""措施清单: the measures that a count of measures speaks of, worst first, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_GET

from dugai.kernel import clock
from dugai.kernel.errors import Forbidden, require
from dugai.ledger import policy_lists, queries_list, tallies
from dugai.ledger.listing import Ask
from dugai.web import list_parts as parts
from dugai.web import rows
from dugai.web.views_lists import NO_LEDGER

if TYPE_CHECKING:
    from django.http import HttpResponse

    from dugai.web.frame import SignedInRequest


@require_GET
def measure_list(request: SignedInRequest) -> HttpResponse:
    """Show the measures that answer the address."""
    viewer, today = request.user, clock.today()
    require(policy_lists.may_read_ledger(viewer), NO_LEDGER, error=Forbidden)
    ask = Ask.read(request.GET.dict())
    where = queries_list.ground(viewer, ask)
    found = queries_list.measures(viewer, ask, where)
    known = queries_list.few(viewer, found, where)
    page = queries_list.page_of(viewer, found, ask, ("problem__lead",), known=known)
    counts = queries_list.split(viewer, ask, where, found, tallies.MEASURE, known=known)
    chosen = [count for count in counts if not ask.lamps or count.lamp in ask.lamps]
    address = parts.Address(request.path)
    context = {
        "ask": ask,
        "place": where.place,
        "total": queries_list.total(chosen),
        "ways": parts.lamp_ways(ask, address, counts, queries_list.total(counts)),
        "rows": [rows.row_of(measure, today) for measure in page.rows],
        "pager": parts.pager(ask, address, page),
        "choices": [parts.region_choice(ask, where), parts.closure_choice(ask), parts.class_choice(ask)],
        "hidden": parts.hidden(ask, ("region", "closure", "source_class", "q")),
        "clear_url": address.path,
        "filtered": bool(ask.filters),
    }
    return render(request, "ledger/measures.html", context)
