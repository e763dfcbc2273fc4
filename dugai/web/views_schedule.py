"""进度图: tasks and their nodes on a ruler of months, with a table that says the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from dugai.insight import queries_schedule
from dugai.kernel import clock
from dugai.kernel.errors import Forbidden, require
from dugai.ledger import policy_lists
from dugai.ledger.listing import Ask
from dugai.web import charts_gantt, rows
from dugai.web.list_parts import Address
from dugai.web.views_lists import NO_LEDGER

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from django.http import HttpResponse

    from dugai.insight.queries_schedule import Scheduled
    from dugai.web.frame import SignedInRequest


@require_GET
def gantt(request: SignedInRequest) -> HttpResponse:
    """Show the most urgent open tasks that answer the address."""
    require(policy_lists.may_read_ledger(request.user), NO_LEDGER, error=Forbidden)
    ask = Ask.read(request.GET.dict())
    where, found, more = queries_schedule.of_list(request.user, ask)
    context = {
        **_shared(found, clock.today(), more=more),
        "place": ask.unit or where.place,
        "list_url": Address(reverse("tasks")).of(ask.but()),
    }
    return render(request, "ledger/gantt.html", context)


@require_GET
def problem_gantt(request: SignedInRequest, problem_id: int) -> HttpResponse:
    """Show the tasks of one problem."""
    problem, found, more = queries_schedule.of_problem(request.user, problem_id)
    context = {**_shared(found, clock.today(), more=more), "problem": problem}
    return render(request, "ledger/gantt.html", context)


def _shared(found: Sequence[Scheduled], today: dt.date, *, more: bool) -> dict[str, Any]:
    return {
        "gantt": charts_gantt.gantt(found, today),
        "most": queries_schedule.MOST if more else 0,
        "rows": [
            {
                "row": rows.row_of(one.task, today),
                "start": one.start,
                "nodes": [
                    {"node": node, "word": charts_gantt.node_state(node.due, node.met_on, today)[1]}
                    for node in one.nodes
                ],
            }
            for one in found
        ],
    }
