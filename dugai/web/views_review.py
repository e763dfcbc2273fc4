"""The review desk: the queue, one report beside last month's, many at once, the exception."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from dugai.kernel.errors import InvalidInput
from dugai.progress import policy, services_review, services_round
from dugai.progress import queries_report as queries
from dugai.progress.states import ReportState
from dugai.web.sessions import viewer_of
from dugai.web.views_report import reading_page

if TYPE_CHECKING:
    from django.http import HttpRequest

PAGE = 50


@require_GET
def review_desk(request: HttpRequest) -> HttpResponse:
    """Show the reports that wait at the viewer's desk, each with what changed since last month."""
    return _desk(request)


def _desk(request: HttpRequest, *, status: int = 200, **extra: object) -> HttpResponse:
    viewer = viewer_of(request)
    after = request.GET.get("after", "")
    rows = queries.desk(viewer, after=int(after) if after.isdigit() else 0, limit=PAGE + 1)
    context = {
        "rows": rows[:PAGE],
        "more": rows[PAGE - 1].report.pk if len(rows) > PAGE else None,
        "count": queries.desk_count(viewer),
        "has_desk": policy.may_review_at_all(viewer),
        **extra,
    }
    return render(request, "progress/review_desk.html", context, status=status)


@require_POST
def review_batch(request: HttpRequest) -> HttpResponse:
    """Approve or send back the chosen reports, and show a verdict for each."""
    viewer = viewer_of(request)
    pairs = [
        (int(pk), int(version))
        for pk, _, version in (text.partition(":") for text in request.POST.getlist("id"))
        if pk.isdigit() and version.isdigit()
    ]
    adopt = request.POST.get("act") != "send_back"
    text = request.POST.get("text", "").strip()
    if not pairs:
        return _desk(request, status=422, error="还没有选填报。请先在左边打勾。")
    if not adopt and not text:
        return _desk(
            request, status=422, error="请写明退回原因，让单位知道要改什么。", chosen=[pk for pk, _ in pairs]
        )
    names = {pk: queries.get_report(viewer, pk) for pk, _ in pairs}
    verdicts = services_review.review_batch(actor=viewer, reports=pairs, adopt=adopt, text=text)
    done = sum(verdict.done for verdict in verdicts)
    shown = [
        (verdict, names[verdict.report_id]) for verdict in sorted(verdicts, key=lambda verdict: verdict.done)
    ]
    return _desk(request, verdicts=shown, done=done, refused=len(verdicts) - done)


@require_POST
def report_review(request: HttpRequest, report_id: int) -> HttpResponse:
    """Approve one report or send it back, then show the next one that waits."""
    viewer = viewer_of(request)
    report = queries.get_report(viewer, report_id)
    behind = queries.next_at_desk(viewer, report)
    seen = request.POST.get("seen_version", "")
    version = int(seen) if seen.isdigit() else 0
    text = request.POST.get("text", "")
    try:
        if request.POST.get("act") == "send_back":
            services_review.send_back_report(
                actor=viewer, report_id=report_id, seen_version=version, reason=text
            )
            words = f"已退回 {report.owner}"
        else:
            done = services_review.approve_report(
                actor=viewer, report_id=report_id, seen_version=version, opinion=text
            )
            adopted = done.state == ReportState.ADOPTED
            words = "已采纳，进展已写入任务" if adopted else f"已通过，报 {done.at_desk_of} 审核"
    except InvalidInput as refusal:
        return reading_page(
            request, viewer, report, status=422, review_error=refusal.message, review_text=text
        )
    messages.success(request, f"{words}。")
    return redirect("report", report_id=behind.pk) if behind else redirect("review_desk")


@require_POST
def report_reopen(request: HttpRequest, report_id: int) -> HttpResponse:
    """Allow one report of a closed round after all, with the reason."""
    viewer = viewer_of(request)
    seen = request.POST.get("seen_version", "")
    try:
        services_round.reopen_report(
            actor=viewer,
            report_id=report_id,
            seen_version=int(seen) if seen.isdigit() else 0,
            reason=request.POST.get("reason", ""),
        )
    except InvalidInput as refusal:
        report = queries.get_report(viewer, report_id)
        return reading_page(request, viewer, report, status=422, reopen_error=refusal.message)
    messages.success(request, "已准予补报。关账数据不变，这一份另记为补报。")
    return redirect("report", report_id=report_id)
