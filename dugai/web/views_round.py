"""Pages of the office: rounds, the board, who is missing or late, opening and closing in numbers first."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dugai.kernel import clock
from dugai.kernel.errors import DomainError, Forbidden, InvalidInput, Refused
from dugai.people import queries as people
from dugai.progress import coverage, policy, rules_round, services_round, services_round_later
from dugai.progress import queries_round as queries
from dugai.progress.states import ReportState, RoundKind, RoundState
from dugai.rulebook import queries as rulebook
from dugai.web import waiting
from dugai.web.sessions import viewer_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from dugai.people.models import Organisation, User
    from dugai.progress.models import Round

PAGE = 100
WORDS = {"": "全部", "missing": "未报", "late": "迟报", "covered": "已报", **dict(ReportState.choices)}
COLUMNS = (
    ReportState.OWED,
    ReportState.DRAFT,
    ReportState.RETURNED,
    ReportState.SUBMITTED,
    ReportState.ADOPTED,
)


class RoundForm(forms.Form):
    """What the office decides about a round; dates left empty follow the rules."""

    kind = forms.ChoiceField(label="类别", choices=RoundKind.choices, initial=RoundKind.MONTHLY)
    day = forms.DateField(
        label="所属时段内的任一天", error_messages={"invalid": "没有这一天。请写成 2026-05-18。"}
    )
    region = forms.ChoiceField(label="范围")
    inspection = forms.ChoiceField(label="督察", required=False)
    source_class = forms.ChoiceField(label="交办层级", required=False)
    lamp = forms.MultipleChoiceField(label="时间状态", required=False, widget=forms.CheckboxSelectMultiple)
    title = forms.CharField(label="名称", required=False, max_length=120)
    due_on = forms.DateField(label="报送截止", required=False)
    adopt_by = forms.DateField(label="审核截止", required=False)
    instruction = forms.CharField(label="填报要求", required=False, max_length=2000)

    def __init__(self, viewer: User, *args: Any, **kwargs: Any) -> None:
        """Offer only regions and inspections the viewer has."""
        super().__init__(*args, **kwargs)
        choices = coverage.filter_choices()
        fields: dict[str, Any] = self.fields
        fields["region"].choices = [(row.pk, row.name) for row in queries.regions_to_call(viewer)]
        fields["inspection"].choices = [
            ("", "全部"),
            *((row.pk, row.name) for row in queries.inspections_to_call(viewer)),
        ]
        fields["source_class"].choices = [("", "全部"), *choices["source_class"]]
        fields["lamp"].choices = choices["lamp"]

    @property
    def filters(self) -> dict[str, Any]:
        """Return the conditions as the service takes them."""
        data = self.cleaned_data
        inspection = data.get("inspection")
        found = {
            "inspection": int(inspection) if inspection else None,
            "source_class": data.get("source_class"),
            "lamp": data.get("lamp"),
        }
        return {key: value for key, value in found.items() if value}


@require_GET
def rounds_page(request: HttpRequest) -> HttpResponse:
    """Show the rounds the viewer sees, with their coverage."""
    viewer = viewer_of(request)
    today = clock.today()
    rounds = queries.rounds(viewer)
    totals = queries.totals(viewer, rounds)
    rows = [
        {"round": row, "board": totals[row.pk], "left": rules_round.days_before(row.due_on, today)}
        for row in rounds
    ]
    return render(
        request, "progress/rounds.html", {"rows": rows, "may_open": bool(queries.regions_to_call(viewer))}
    )


@require_http_methods(["GET", "POST"])
def round_new(request: HttpRequest) -> HttpResponse:
    """Show what opening a round would do, in numbers, and open it."""
    viewer = viewer_of(request)
    if not queries.regions_to_call(viewer):
        raise Forbidden("只有整改办可以发起调度", code="may_not_open")
    today = clock.today()
    form = RoundForm(viewer, request.POST or None, initial={"kind": RoundKind.MONTHLY, "day": today})
    context: dict[str, Any] = {"form": form, "status": 200}
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        region = people.get_organisation(viewer, int(data["region"]))
        if request.POST.get("act") == "open":
            done = _open(request, viewer, form, region)
            if isinstance(done, HttpResponse):
                return done
        context |= _preview(viewer, region, form, data)
    status = 422 if form.errors else 200
    return render(request, "progress/round_new.html", context, status=status)


def _open(request: HttpRequest, viewer: User, form: RoundForm, region: Organisation) -> HttpResponse | None:
    data = form.cleaned_data
    try:
        round_ = services_round_later.call_round(
            actor=viewer,
            in_request=settings.ROUND_TASKS_IN_REQUEST,
            kind=data["kind"],
            region=region,
            day=data["day"],
            filters=form.filters,
            title=data["title"],
            due_on=data["due_on"],
            adopt_by=data["adopt_by"],
            instruction=data["instruction"],
        )
    except InvalidInput as refusal:
        for name, text in refusal.fields.items():
            form.add_error(name if name in form.fields else None, text)
        return None
    except Refused as refusal:
        form.add_error(None, refusal.message)
        return None
    if round_.state == RoundState.OPEN:
        messages.success(request, f"“{round_.title}”已发起，{round_.total} 项任务要报。")
    return redirect("round", round_id=round_.pk)


def _preview(viewer: User, region: Organisation, form: RoundForm, data: dict[str, Any]) -> dict[str, Any]:
    kind, day = RoundKind(data["kind"]), data["day"]
    values = rulebook.public_rules("rounds", day, region)
    dates = rules_round.dates_of(kind, day, values)
    due = data["due_on"] or dates.due_on
    return {
        "preview": queries.preview(viewer, region, form.filters),
        "region": region,
        "title": data["title"] or rules_round.title_of(kind, rules_round.period_of(kind, day)),
        "starts_on": dates.starts_on,
        "due_on": due,
        "adopt_by": data["adopt_by"] or due + dt.timedelta(days=int(values["adopt_days"])),
    }


@require_GET
def round_page(request: HttpRequest, round_id: int) -> HttpResponse:
    """Show the board of a round: unit × state, worst first; every number opens its list."""
    viewer = viewer_of(request)
    round_ = queries.get_round(viewer, round_id)
    at = _at(request, viewer)
    rows = queries.board(viewer, round_, at)
    context = {
        **_frame(viewer, round_),
        "whole": rows[0] if rows else None,
        **_working(round_),
        "rows": rows[1:],
        "columns": [(state, state.label) for state in COLUMNS],
        "at": at,
        "crumbs": _crumbs(viewer, round_, rows[0].organisation) if rows and at else [],
        "as_of": clock.local(clock.now()),
        "missing": queries.named_units(viewer, round_, "missing", at, limit=12),
        "late": queries.named_units(viewer, round_, "late", at, limit=12),
    }
    return render(request, "progress/round.html", context)


@require_GET
def round_reports(request: HttpRequest, round_id: int) -> HttpResponse:
    """Show the list behind a number of the board."""
    viewer = viewer_of(request)
    round_ = queries.get_round(viewer, round_id)
    at = _at(request, viewer)
    show = request.GET.get("show", "")
    show = show if show in WORDS else ""
    after = request.GET.get("after", "")
    rows = queries.reports_of(
        viewer, round_, show=show, at=at, after=int(after) if after.isdigit() else 0, limit=PAGE + 1
    )
    counts = queries.counts(viewer, round_, at)
    views = [
        {"show": key, "word": WORDS[key], "n": n, "url": _list_url(round_, key, at)}
        for key, n in _numbers(counts).items()
        if n or key in {"", "missing", "late"}
    ]
    more = _list_url(round_, show, at, after=rows[PAGE - 1].pk) if len(rows) > PAGE else ""
    context = {
        **_frame(viewer, round_),
        "rows": rows[:PAGE],
        "show": show,
        "word": WORDS[show],
        "views": views,
        "at": at,
        "more": more,
        "count": queries.count_of(viewer, round_, show=show, at=at),
        "named": queries.named_units(viewer, round_, show, at) if show in {"missing", "late"} else [],
    }
    return render(request, "progress/round_reports.html", context)


@require_POST
def round_lay_out(request: HttpRequest, round_id: int) -> HttpResponse:
    """Lay out the next batch of a large round; the page asks again until it is open."""
    round_ = services_round.lay_out_round(actor=viewer_of(request), round_id=round_id)
    if getattr(request, "htmx", False) and round_.state == RoundState.OPENING:
        return render(request, "progress/_laying_out.html", {"round": round_})
    response: HttpResponse = redirect("round", round_id=round_id)
    if getattr(request, "htmx", False):
        response = HttpResponse(status=200)
        response["HX-Redirect"] = reverse("round", args=[round_id])
    return response


@require_GET
def round_progress(request: HttpRequest, round_id: int) -> HttpResponse:
    """Say how far a worker is with opening or closing a large round; send the browser on when it is done."""
    round_ = queries.get_round(viewer_of(request), round_id)
    shown = _working(round_)
    then = reverse("round_figures" if round_.state == RoundState.CLOSED else "round", args=[round_.pk])
    return waiting.answer(request, shown["work"], title=shown["title"], poll=shown["poll_url"], then=then)


@require_POST
def round_catch_up(request: HttpRequest, round_id: int) -> HttpResponse:
    """Bring the round to the ledger of now."""
    added, excused = services_round.catch_up_round(actor=viewer_of(request), round_id=round_id)
    words = f"补入 {added} 项，免报 {excused} 项。" if added or excused else "本轮任务和台账一致，不用补。"
    messages.success(request, words)
    return redirect("round", round_id=round_id)


@require_POST
def round_remind(request: HttpRequest, round_id: int) -> HttpResponse:
    """Remind the units that still owe reports."""
    units = [int(pk) for pk in request.POST.getlist("unit") if pk.isdigit()]
    try:
        n = services_round.remind_units(actor=viewer_of(request), round_id=round_id, units=units)
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, f"已催 {n} 个单位，消息已发给填报人。")
    return redirect("round", round_id=round_id)


@require_http_methods(["GET", "POST"])
def round_close(request: HttpRequest, round_id: int) -> HttpResponse:
    """Show what closing will do, in numbers, and close."""
    viewer = viewer_of(request)
    round_ = queries.get_round(viewer, round_id)
    if not policy.may_close_round(viewer, round_):
        raise Forbidden("只有发起单位的审核或管理人员可以关账", code="may_not_close")
    error = ""
    if request.method == "POST":
        seen = request.POST.get("seen_version", "")
        large = round_.total > settings.ROUND_TASKS_IN_REQUEST
        close = services_round_later.close_later if large else services_round.close_round
        try:
            close(
                actor=viewer,
                round_id=round_id,
                seen_version=int(seen) if seen.isdigit() else 0,
                leave_unreviewed=request.POST.get("leave_unreviewed") == "yes",
            )
        except DomainError as refusal:
            error = refusal.message
        else:
            if large:
                return redirect("round_close", round_id=round_id)
            messages.success(request, "已关账，数字已冻结。")
            return redirect("round_figures", round_id=round_id)
    if round_.state == RoundState.CLOSED:
        return redirect("round_figures", round_id=round_id)
    closing = queries.closing(viewer, round_)
    work = _working(round_)
    error = error or (work["work"].said if work["work"] else "")
    context = {
        **_frame(viewer, round_),
        **work,
        "closing": closing,
        "error": error,
        "early": not coverage.is_due(round_),
    }
    return render(request, "progress/round_close.html", context, status=422 if error else 200)


@require_GET
def round_figures(request: HttpRequest, round_id: int) -> HttpResponse:
    """Show the frozen figures, whether they still have their digest, and what was handed in afterwards."""
    viewer = viewer_of(request)
    round_ = queries.get_round(viewer, round_id)
    if round_.state != RoundState.CLOSED:
        return redirect("round", round_id=round_id)
    figures = queries.figures_for(viewer, round_)
    context = {**_frame(viewer, round_), **figures, "words": dict(ReportState.choices)}
    return render(request, "progress/round_figures.html", context)


def _working(round_: Round) -> dict[str, Any]:
    """Return how far a worker is with a large round: laying it out, or closing it."""
    opening = round_.state == RoundState.OPENING
    kind = services_round_later.LAY_OUT if opening else services_round_later.CLOSE
    return {
        "work": waiting.work_of(kind, round_.pk) if round_.state != RoundState.CLOSED else None,
        "title": "正在展开，展开完就能填报" if opening else "正在关账，要么全部关上，要么不变",
        "poll_url": reverse("round_progress", args=[round_.pk]),
    }


def _frame(viewer: User, round_: Round) -> dict[str, Any]:
    return {
        "round": round_,
        "left": rules_round.days_before(round_.due_on, clock.today()),
        "may_keep": policy.may_keep_round(viewer, round_),
        "may_close": policy.may_close_round(viewer, round_),
        "may_remind": policy.may_remind(viewer, round_) and round_.state == RoundState.OPEN,
    }


def _at(request: HttpRequest, viewer: User) -> Organisation | None:
    wanted = request.GET.get("at", "")
    return people.get_organisation(viewer, int(wanted)) if wanted.isdigit() else None


def _numbers(counts: dict[str, int]) -> dict[str, int]:
    return {
        "": sum(counts.get(state, 0) for state in ReportState.values),
        "missing": rules_round.unreported(counts) + counts.get(ReportState.MISSED, 0),
        "late": counts.get(rules_round.LATE, 0),
        **{state: counts.get(state, 0) for state in ReportState.values},
    }


def _list_url(round_: Round, show: str, at: Organisation | None, **more: int) -> str:
    query: dict[str, str | int] = {"show": show, "at": at.pk if at else "", **more}
    set_ = {key: value for key, value in query.items() if value}
    return f"{reverse('round_reports', args=[round_.pk])}?{urlencode(set_)}"


def _crumbs(viewer: User, round_: Round, at: Organisation) -> list[Organisation]:
    top = queries.board_top(viewer, round_)
    return [row for row in people.public_ancestors(at) if top is not None and row.is_within(top)]
