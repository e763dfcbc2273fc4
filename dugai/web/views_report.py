"""Pages of the unit: what I owe, the form, the receipt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dugai.kernel import clock
from dugai.kernel.errors import InvalidInput
from dugai.ledger.states import Progress
from dugai.progress import entries, lookups, policy, rules, rules_round
from dugai.progress import queries_report as queries
from dugai.progress import services_report as services
from dugai.progress.states import UNREPORTED, ReportState, RoundState
from dugai.web.sessions import viewer_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    from dugai.people.models import User
    from dugai.progress.models import Report

REASONS = ("季节性停工", "前期手续办理中", "按计划未到实施时间", "长期坚持类，保持常态")
LABELS = {
    **{name: label for name, (label, _) in entries.TEXTS.items()},
    "progress": "自评进度",
    "percent": "完成比例",
    "funds_planned": "计划资金",
    "funds_added": "本期到位资金",
    "files": "佐证",
}


@require_GET
def my_reports_page(request: HttpRequest) -> HttpResponse:
    """Show what the viewer's unit owes, what was said last time beside it, the most urgent first."""
    viewer = viewer_of(request)
    wanted = request.GET.get("round", "")
    rows = queries.my_reports(viewer, int(wanted) if wanted.isdigit() else None)
    groups: dict[int, dict[str, Any]] = {}
    for row in rows:
        group = groups.setdefault(
            row.report.round_id, {"round": row.report.round, "left": row.left, "rows": []}
        )
        group["rows"].append(row)
    for group in groups.values():
        group["todo"] = sum(row.report.state in UNREPORTED for row in group["rows"])
    context = {
        "groups": list(groups.values()),
        "waiting": queries.desk_count(viewer),
        "fills": policy.may_fill_at_all(viewer),
    }
    return render(request, "progress/my_reports.html", context)


@require_http_methods(["GET", "POST"])
def report_page(request: HttpRequest, report_id: int) -> HttpResponse:
    """Show one report: the form to those who fill it in, the comparison to those who read or review it."""
    viewer = viewer_of(request)
    report = queries.get_report(viewer, report_id)
    if request.method == "POST":
        return _filled_in(request, viewer, report)
    if _fillable(viewer, report):
        return _form(request, viewer, report)
    return reading_page(request, viewer, report)


def reading_page(
    request: HttpRequest, viewer: User, report: Report, *, status: int = 200, **extra: Any
) -> HttpResponse:
    """Render a report for reading, with the acts the viewer has."""
    last = lookups.last_adopted(report)
    baseline = lookups.baseline_of(report, last)
    attached = lookups.attachments(report)
    hints: tuple[rules.Finding, ...] = ()
    if report.state == ReportState.SUBMITTED:
        hints = rules.findings(lookups.entry_of(report), baseline, files=len(attached))
    way = lookups.ways([report])[report.pk]
    reviewing = report.state == ReportState.SUBMITTED and policy.may_review(viewer, report)
    closed = report.round.state == RoundState.CLOSED
    context = {
        "report": report,
        "last": last,
        "rows": lookups.compared(report, last) if report.submitted_at or report.receipt else [],
        "files": attached,
        "hints": [hint for hint in hints if not hint.stops],
        "way": lookups.way_names(report),
        "reviewing": reviewing,
        "last_desk": rules_round.next_desk(way, report.at_desk_of_id) is None,
        "may_withdraw": _may_withdraw(viewer, report),
        "may_reopen": closed
        and report.state in {ReportState.MISSED, ReportState.ADOPTED}
        and policy.may_reopen_report(viewer, report.round),
        "rolled_up": queries.rolled_up(viewer, report),
        "history": queries.history(viewer, report),
        **extra,
    }
    return render(request, "progress/report_read.html", context, status=status)


@require_POST
def report_draft(request: HttpRequest, report_id: int) -> HttpResponse:
    """Keep what is being typed, and answer with the words beside the buttons."""
    viewer = viewer_of(request)
    values = typed(request)
    try:
        draft = services.save_draft(
            actor=viewer, report_id=report_id, seen_edition=_number(request, "seen_edition"), values=values
        )
    except services.DraftConflict as conflict:
        return render(request, "progress/_saved.html", {"conflict": conflict}, status=200)
    report = queries.get_report(viewer, report_id)
    return render(request, "progress/_saved.html", {"draft": draft, "report": report})


@require_POST
def report_no_change(request: HttpRequest, report_id: int) -> HttpResponse:
    """Hand in last period's values with the reason why nothing changed."""
    viewer = viewer_of(request)
    reason = request.POST.get("reason") or request.POST.get("other", "")
    report = queries.get_report(viewer, report_id)
    try:
        services.report_no_change(
            actor=viewer, report_id=report_id, seen_version=_number(request, "seen_version"), reason=reason
        )
    except InvalidInput as refusal:
        return _form(request, viewer, report, errors=refusal.fields, status=422)
    return redirect("report_receipt", report_id=report_id)


@require_POST
def report_withdraw(request: HttpRequest, report_id: int) -> HttpResponse:
    """Take a report back before anybody reviewed it."""
    services.withdraw_report(
        actor=viewer_of(request), report_id=report_id, seen_version=_number(request, "seen_version")
    )
    messages.success(request, "已撤回，可以修改后重新报送。")
    return redirect("report", report_id=report_id)


@require_GET
def report_receipt(request: HttpRequest, report_id: int) -> HttpResponse:
    """Show the proof of the latest hand-in, fit for printing."""
    viewer = viewer_of(request)
    report = queries.get_report(viewer, report_id)
    if not report.receipt:
        return redirect("report", report_id=report_id)
    context = {
        "report": report,
        "entry": lookups.entry_of(report),
        "event": queries.submission(viewer, report),
        "way": lookups.way_names(report),
        "files": lookups.attachments(report),
        "may_withdraw": _may_withdraw(viewer, report),
        "next": queries.next_owed(viewer, report) if policy.may_fill(viewer, report) else None,
    }
    return render(request, "progress/receipt.html", context)


@require_GET
def report_file(request: HttpRequest, report_id: int, attachment_id: int) -> FileResponse:
    """Send an attachment as a download; the browser never interprets it."""
    stored, stream = queries.open_attachment(viewer_of(request), report_id, attachment_id)
    response = FileResponse(stream, content_type="application/octet-stream")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(stored.name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def typed(request: HttpRequest) -> dict[str, str]:
    """Return the report's values from a form, as text; ticked nodes are joined by blanks."""
    names = [name for name in request.POST if name in entries.FIELDS or name.startswith("added_")]
    return {name: " ".join(map(str, request.POST.getlist(name))) for name in names}


def _filled_in(request: HttpRequest, viewer: User, report: Report) -> HttpResponse:
    """Do what the button says: save, upload, take a file away, or hand in."""
    act = request.POST.get("act", "submit")
    values = typed(request)
    edition = _number(request, "seen_edition")
    try:
        for upload in request.FILES.getlist("files"):
            services.attach_file(actor=viewer, report_id=report.pk, name=upload.name or "", stream=upload)
        if act.startswith("remove-") and act.removeprefix("remove-").isdigit():
            attachment = int(act.removeprefix("remove-"))
            services.remove_file(actor=viewer, report_id=report.pk, attachment_id=attachment)
        if act != "submit":
            services.save_draft(actor=viewer, report_id=report.pk, seen_edition=edition, values=values)
            return redirect(f"{reverse('report', args=[report.pk])}{'#files' if act != 'save' else ''}")
        services.submit_report(
            actor=viewer,
            report_id=report.pk,
            seen_version=_number(request, "seen_version"),
            seen_edition=edition,
            values=values,
        )
    except services.DraftConflict as conflict:
        return _form(request, viewer, report, values=values, conflict=conflict, status=409)
    except InvalidInput as refusal:
        errors = {("files" if name == "file" else name): text for name, text in refusal.fields.items()}
        return _form(request, viewer, report, values=values, errors=errors, status=422)
    return redirect("report_receipt", report_id=report.pk)


@dataclass(frozen=True)
class SumField:
    """One quantity of the form: 上月累计 ＋ 本月新增 ＝ 累计."""

    field: str
    line: entries.Line
    typed: str
    error: str

    @property
    def total(self) -> str:
        """Return the sum as far as what was typed is a number."""
        added = entries.decimal_of(self.typed) if self.typed.strip() else None
        return (
            entries.plain(self.line.before + added) if added is not None else entries.plain(self.line.before)
        )

    @property
    def before(self) -> str:
        """Return what stood adopted before."""
        return entries.plain(self.line.before)

    @property
    def amount(self) -> str:
        """Return the target."""
        return entries.plain(self.line.amount)


def _form(
    request: HttpRequest,
    viewer: User,
    report: Report,
    *,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    conflict: services.DraftConflict | None = None,
    status: int = 200,
) -> HttpResponse:
    last = lookups.last_adopted(report)
    baseline = lookups.baseline_of(report, last)
    draft = lookups.draft_of(report)
    shown = dict(values) if values is not None else lookups.typed_values(draft, baseline)
    wrong = dict(errors or {})
    sums = [
        SumField(name, line, shown.get(name, ""), wrong.get(name, ""))
        for line in baseline.lines
        for name in [f"added_{line.target}"]
    ]
    labels = {**LABELS, **{one.field: one.line.name for one in sums}}
    context = {
        "report": report,
        "last": last,
        "baseline": baseline,
        "draft": draft,
        "edition": draft.edition if draft else 0,
        "values": shown,
        "errors": wrong,
        "error_list": [(name, labels.get(name, name), text) for name, text in wrong.items()],
        "conflict": conflict,
        "differences": _differences(conflict, labels) if conflict else [],
        "sums": sums,
        "percent_typed": entries.percent_of(baseline.lines) is None,
        "funds_before": entries.plain(baseline.funds_paid) if baseline.funds_paid is not None else "0",
        "progress_choices": Progress.choices,
        "nodes": lookups.nodes(report),
        "met": shown.get("met", "").split(),
        "files": lookups.attachments(report),
        "reasons": REASONS,
        "left": rules_round.days_before(report.round.due_on, clock.today()),
        "next": queries.next_owed(viewer, report),
        "reopened": [key for key in wrong if key == "no_change_reason"],
    }
    return render(request, "progress/report.html", context, status=status)


def _differences(conflict: services.DraftConflict, labels: Mapping[str, str]) -> list[dict[str, str]]:
    names = dict.fromkeys([*conflict.theirs, *conflict.mine])
    return [
        {
            "label": labels.get(name, name),
            "theirs": conflict.theirs.get(name, ""),
            "mine": conflict.mine.get(name, ""),
        }
        for name in names
        if conflict.theirs.get(name, "") != conflict.mine.get(name, "")
    ]


def _fillable(viewer: User, report: Report) -> bool:
    open_ = report.round.state == RoundState.OPEN or report.exception
    return policy.may_fill(viewer, report) and report.state in UNREPORTED and open_


def _may_withdraw(viewer: User, report: Report) -> bool:
    open_ = report.round.state == RoundState.OPEN or report.exception
    waiting = report.state == ReportState.SUBMITTED and report.reviewer_id is None
    return open_ and waiting and policy.may_fill(viewer, report)


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isdigit() else 0
