"""The lists of the ledger: tasks and problems, the views people save of them, names for the choices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from dugai.insight import queries_rows as insight
from dugai.kernel import clock
from dugai.kernel.errors import Forbidden, require
from dugai.ledger import policy_lists, queries_list, queries_rows, services_views, tallies
from dugai.ledger.listing import COLUMNS, USUAL_COLUMNS, Ask, ClosureGroup
from dugai.ledger.states import Lamp
from dugai.web import list_parts as parts
from dugai.web import rows
from dugai.web.frame import frame_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from dugai.ledger.queries_list import Count, Ground
    from dugai.people.models import User
    from dugai.web.frame import SignedInRequest

LATE = (Lamp.OVERDUE, Lamp.BEHIND)
FIELDS = ("region", "closure", "source_class", "unit", "q")
MORE_FIELDS = ("inspection", "sector", "led_by", "progress", "due_from", "due_until", "depth")


@require_GET
def task_list(request: SignedInRequest) -> HttpResponse:
    """Show the tasks that answer the address, worst first."""
    viewer, today = request.user, clock.today()
    require(policy_lists.may_read_ledger(viewer), NO_LEDGER, error=Forbidden)
    ask = _asked(request)
    where = queries_list.ground(viewer, ask)
    found = queries_list.tasks(viewer, ask, where)
    known = queries_list.few(viewer, found, where, ask.q)
    page = queries_list.page_of(viewer, found, ask, ("owner",), known=known)
    counts = queries_list.split(viewer, ask, where, found, tallies.TASK, known=known)
    open_round = frame_of(request).round
    context = {
        **_list_context(request, ask, where, counts, "tasks"),
        "rows": rows.task_rows(
            page.rows,
            today,
            queries_rows.targets_of(viewer, page.rows),
            insight.report_states(viewer, open_round.pk if open_round else None, page.rows),
        ),
        "pager": parts.pager(ask, parts.Address(request.path), page),
        "round": open_round,
        "cols": _columns(ask, has_round=open_round is not None),
        "own_cols": bool(ask.cols),
        "columns": [
            parts.Option(name, word, name in (ask.cols or USUAL_COLUMNS)) for name, word in COLUMNS.items()
        ],
        "columns_hidden": parts.hidden(ask, ("cols",)),
        "columns_usual": parts.Address(request.path).of(ask.but(cols=())) if ask.cols else "",
    }
    return render(request, _template(request, "ledger/tasks.html", "ledger/_tasks.html"), context)


@require_GET
def problem_list(request: SignedInRequest) -> HttpResponse:
    """Show the problems that answer the address, worst first."""
    viewer, today = request.user, clock.today()
    require(policy_lists.may_read_ledger(viewer), NO_LEDGER, error=Forbidden)
    ask = _asked(request)
    where = queries_list.ground(viewer, ask)
    found = queries_list.problems(viewer, ask, where)
    known = queries_list.few(viewer, found, where, ask.q)
    page = queries_list.page_of(viewer, found, ask, ("lead", "home", "inspection"), known=known)
    counts = queries_list.split(viewer, ask, where, found, tallies.PROBLEM, known=known)
    context = {
        **_list_context(request, ask, where, counts, "problems"),
        "rows": [rows.row_of(problem, today) for problem in page.rows],
        "pager": parts.pager(ask, parts.Address(request.path), page),
    }
    return render(request, _template(request, "ledger/problems.html", "ledger/_problems.html"), context)


@require_POST
def save_view(request: SignedInRequest) -> HttpResponse:
    """Keep the question of a list under a name."""
    page = request.POST.get("page", "")
    ask = Ask.read(dict(parse_qsl(request.POST.get("query", ""))))
    services_views.save_view(actor=request.user, name=request.POST.get("name", ""), page=page, ask=ask)
    return redirect(parts.Address(reverse(page)).of(ask))


@require_POST
def delete_view(request: SignedInRequest, view_id: int) -> HttpResponse:
    """Forget a saved view."""
    page = services_views.delete_view(actor=request.user, view_id=view_id)
    return redirect(page)


@require_GET
def unit_names(request: SignedInRequest) -> HttpResponse:
    """Return the units whose name contains what has been typed, as choices of a text field."""
    names = queries_list.unit_names(request.user, request.GET.get("unit", "").strip())
    return render(request, "ledger/_unit_names.html", {"names": names})


NO_LEDGER = "您的角色不看整改台账。要看业务数据，请用业务岗位的账号登录。"


def _asked(request: HttpRequest) -> Ask:
    """Read the question of the address; chosen rows and columns come as one field each."""
    query = request.GET.dict()
    for name in ("ids", "cols"):
        query[name] = ",".join(request.GET.getlist(name))
    return Ask.read(query)


def _columns(ask: Ask, *, has_round: bool) -> set[str]:
    """Return the columns to show; between rounds progress stands where the report would."""
    shown = set(ask.cols or USUAL_COLUMNS)
    if not has_round and "report" in shown:
        shown = shown - {"report"} | {"progress"}
    return shown


def _template(request: HttpRequest, page: str, fragment: str) -> str:
    htmx = getattr(request, "htmx", None)
    return fragment if htmx and not htmx.history_restore_request else page


def _list_context(
    request: SignedInRequest,
    ask: Ask,
    where: Ground,
    counts: list[Count],
    page: str,
) -> dict[str, Any]:
    """Return what both lists show around their rows."""
    viewer, address = request.user, parts.Address(request.path)
    more = request.GET.get("more") == "1" or bool(set(MORE_FIELDS) & set(ask.filters))
    chosen = [count for count in counts if not ask.lamps or count.lamp in ask.lamps]
    saved = queries_list.saved_views(viewer, page)
    return {
        "ask": ask,
        "page_name": page,
        "query": address.of(ask.but()).partition("?")[2],
        "place": where.place,
        "total": queries_list.total(chosen),
        "ways": parts.lamp_ways(ask, address, counts, queries_list.total(counts)),
        "views": _views(ask, address, where, saved),
        "saved": saved,
        "choices": [parts.region_choice(ask, where), parts.closure_choice(ask), parts.class_choice(ask)],
        "more": more,
        "more_choices": _more_choices(viewer, ask, page) if more else [],
        "more_url": address.of(ask.but(), more="1"),
        "clear_url": address.path,
        "filtered": bool(ask.filters),
        "hidden": parts.hidden(ask, (*FIELDS, *(MORE_FIELDS if more else ()))),
        "sorts": parts.sorts(ask, address),
    }


def _views(ask: Ask, address: parts.Address, where: Ground, saved: list[Any]) -> list[parts.Way]:
    """Return the views every list has, then the viewer's own."""
    region = where.region.pk if where.region else None
    ready = (
        ("全部", Ask(region=region)),
        ("未销号", Ask(region=region, closure=ClosureGroup.UNCLOSED)),
        ("滞后超期", Ask(region=region, lamps=LATE)),
    )
    asked = ask.but()
    ways = [parts.Way(word, address.of(one), asked.filters == one.filters) for word, one in ready]
    for view in saved:
        own = Ask.read(dict(parse_qsl(view.query)))
        ways.append(parts.Way(view.name, address.of(own), asked.filters == own.filters))
    return ways


def _more_choices(viewer: User, ask: Ask, page: str) -> list[parts.Choice]:
    inspections = [(str(one.pk), one.name) for one in queries_list.inspections(viewer)]
    sectors = [(word, word) for word in queries_list.public_sectors()]
    found = [
        parts.choice("inspection", "督察", inspections, ask.inspection),
        parts.choice("sector", "领域", sectors, ask.sector),
        parts.progress_choice(ask),
    ]
    if page == "tasks":
        found.append(parts.depth_choice(ask))
    return found
