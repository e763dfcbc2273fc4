"""Rounds and reports: called, filled in, sent back, adopted."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any, cast

from ninja import File, Query, Router, Status, UploadedFile

from dugai.api.auth import READ, REPORT, REVIEW, TokenRequest
from dugai.api.paging import paged
from dugai.api.shapes import PathId
from dugai.api.shapes_plan import OpinionIn, ReasonIn, SeenIn
from dugai.api.shapes_progress import (
    CloseIn,
    DraftIn,
    RemindedOut,
    RemindIn,
    ReportAsk,
    ReportDetail,
    ReportPage,
    RoundAsk,
    RoundDetail,
    RoundIn,
    RoundPage,
    SubmitIn,
)
from dugai.journal.services import demand_version
from dugai.people import queries as people
from dugai.progress import queries_feed, queries_report, services_report, services_review, services_round

if TYPE_CHECKING:
    from dugai.progress.models import Report, Round

router = Router(tags=["调度"])


@router.get("/rounds", response=RoundPage, auth=READ, operation_id="list_rounds", summary="调度轮次")
def list_rounds(request: TokenRequest, ask: Query[RoundAsk]) -> dict[str, Any]:
    """Return rounds in sight."""
    return paged(ask, lambda *page: queries_feed.rounds(request.user, ask.state, *page), ask.sort)


@router.get(
    "/rounds/{round_id}", response=RoundDetail, auth=READ, operation_id="get_round", summary="一轮调度"
)
def get_round(request: TokenRequest, round_id: PathId) -> Round:
    """Return one round with its counts."""
    return queries_feed.whole_round(request.user, round_id)


@router.post(
    "/rounds", response={201: RoundDetail}, auth=REVIEW, operation_id="open_round", summary="发起一轮调度"
)
def open_round(request: TokenRequest, body: RoundIn) -> Status[Round]:
    """Call a round over a region; every open task in it owes a report."""
    region = people.get_organisation(request.user, body.region)
    names = ("kind", "day", "title", "due_on", "adopt_by", "instruction")
    values = {name: getattr(body, name) for name in names}
    row = services_round.open_round(
        actor=request.user, region=region, filters=body.filters.chosen(), **values
    )
    return Status(201, queries_feed.whole_round(request.user, row.pk))


@router.post(
    "/rounds/{round_id}/catch-up",
    response=RoundDetail,
    auth=REVIEW,
    operation_id="catch_up_round",
    summary="补齐本轮任务",
)
def catch_up_round(request: TokenRequest, round_id: PathId) -> Round:
    """Let tasks that came since the round began owe a report too."""
    services_round.catch_up_round(actor=request.user, round_id=round_id)
    return queries_feed.whole_round(request.user, round_id)


@router.post(
    "/rounds/{round_id}/remind",
    response=RemindedOut,
    auth=REVIEW,
    operation_id="remind_units",
    summary="催报",
)
def remind_units(request: TokenRequest, round_id: PathId, body: RemindIn) -> dict[str, int]:
    """Remind units that still owe reports."""
    return {"units": services_round.remind_units(actor=request.user, round_id=round_id, units=body.units)}


@router.post(
    "/rounds/{round_id}/close", response=RoundDetail, auth=REVIEW, operation_id="close_round", summary="关账"
)
def close_round(request: TokenRequest, round_id: PathId, body: CloseIn) -> Round:
    """Close the books of a round; its figures freeze."""
    seen, leave = demand_version(body.seen_version), body.leave_unreviewed
    services_round.close_round(
        actor=request.user, round_id=round_id, seen_version=seen, leave_unreviewed=leave
    )
    return queries_feed.whole_round(request.user, round_id)


@router.get("/reports", response=ReportPage, auth=READ, operation_id="list_reports", summary="填报列表")
def list_reports(request: TokenRequest, ask: Query[ReportAsk]) -> dict[str, Any]:
    """Return reports in sight, or those that wait for the viewer."""
    chosen = (ask.round, ask.task, ask.state, ask.mine)
    return paged(ask, lambda *page: queries_feed.reports(request.user, *chosen, *page), ask.sort)


@router.get(
    "/reports/{report_id}", response=ReportDetail, auth=READ, operation_id="get_report", summary="一份填报"
)
def get_report(request: TokenRequest, report_id: PathId) -> Report:
    """Return one report with its draft and where it starts from."""
    return queries_feed.whole_report(request.user, report_id)


@router.post(
    "/reports/{report_id}/draft",
    response=ReportDetail,
    auth=REPORT,
    operation_id="save_draft",
    summary="存草稿",
)
def save_draft(request: TokenRequest, report_id: PathId, body: DraftIn) -> Report:
    """Keep what is being typed."""
    services_report.save_draft(
        actor=request.user, report_id=report_id, seen_edition=body.seen_edition, values=body.values.typed()
    )
    return queries_feed.whole_report(request.user, report_id)


@router.post(
    "/reports/{report_id}/submit",
    response=ReportDetail,
    auth=REPORT,
    operation_id="submit_report",
    summary="报送",
)
def submit_report(request: TokenRequest, report_id: PathId, body: SubmitIn) -> Report:
    """Hand the report in; the answer has its receipt number."""
    seen, values = demand_version(body.seen_version), body.values.typed()
    services_report.submit_report(actor=request.user, report_id=report_id, seen_version=seen, values=values)
    return queries_feed.whole_report(request.user, report_id)


@router.post(
    "/reports/{report_id}/no-change",
    response=ReportDetail,
    auth=REPORT,
    operation_id="report_no_change",
    summary="本期无变化",
)
def report_no_change(request: TokenRequest, report_id: PathId, body: ReasonIn) -> Report:
    """Hand last period's values in once more, with the reason."""
    seen, reason = demand_version(body.seen_version), body.reason
    services_report.report_no_change(
        actor=request.user, report_id=report_id, seen_version=seen, reason=reason
    )
    return queries_feed.whole_report(request.user, report_id)


@router.post(
    "/reports/{report_id}/withdraw",
    response=ReportDetail,
    auth=REPORT,
    operation_id="withdraw_report",
    summary="撤回",
)
def withdraw_report(request: TokenRequest, report_id: PathId, body: SeenIn) -> Report:
    """Take a report back before anybody reviewed it."""
    seen = demand_version(body.seen_version)
    services_report.withdraw_report(actor=request.user, report_id=report_id, seen_version=seen)
    return queries_feed.whole_report(request.user, report_id)


@router.post(
    "/reports/{report_id}/attachments",
    response={201: ReportDetail},
    auth=REPORT,
    operation_id="attach_file",
    summary="上传附件",
)
def attach_file(request: TokenRequest, report_id: PathId, file: File[UploadedFile]) -> Status[Report]:
    """Attach proof to a report that is still with the unit."""
    queries_report.get_report(request.user, report_id)
    stream = cast("IO[bytes]", file.file)
    services_report.attach_file(
        actor=request.user, report_id=report_id, name=file.name or "附件", stream=stream
    )
    return Status(201, queries_feed.whole_report(request.user, report_id))


@router.delete(
    "/reports/{report_id}/attachments/{attachment_id}",
    response=ReportDetail,
    auth=REPORT,
    operation_id="remove_file",
    summary="去掉附件",
)
def remove_file(request: TokenRequest, report_id: PathId, attachment_id: PathId) -> Report:
    """Take an attachment off a report that is still with the unit."""
    services_report.remove_file(actor=request.user, report_id=report_id, attachment_id=attachment_id)
    return queries_feed.whole_report(request.user, report_id)


@router.post(
    "/reports/{report_id}/send-back",
    response=ReportDetail,
    auth=REVIEW,
    operation_id="send_back_report",
    summary="退回",
)
def send_back_report(request: TokenRequest, report_id: PathId, body: ReasonIn) -> Report:
    """Send a report back to the unit, saying what to change."""
    seen, reason = demand_version(body.seen_version), body.reason
    services_review.send_back_report(
        actor=request.user, report_id=report_id, seen_version=seen, reason=reason
    )
    return queries_feed.whole_report(request.user, report_id)


@router.post(
    "/reports/{report_id}/pass-up",
    response=ReportDetail,
    auth=REVIEW,
    operation_id="pass_up_report",
    summary="审核通过并上报",
)
def pass_up_report(request: TokenRequest, report_id: PathId, body: OpinionIn) -> Report:
    """Approve a report at a desk that is not the last one."""
    seen, opinion = demand_version(body.seen_version), body.opinion
    services_review.pass_up_report(
        actor=request.user, report_id=report_id, seen_version=seen, opinion=opinion
    )
    return queries_feed.whole_report(request.user, report_id)


@router.post(
    "/reports/{report_id}/adopt",
    response=ReportDetail,
    auth=REVIEW,
    operation_id="adopt_report",
    summary="采纳",
)
def adopt_report(request: TokenRequest, report_id: PathId, body: OpinionIn) -> Report:
    """Adopt a report at the last desk; its progress is written to the task."""
    seen, opinion = demand_version(body.seen_version), body.opinion
    services_review.adopt_report(actor=request.user, report_id=report_id, seen_version=seen, opinion=opinion)
    return queries_feed.whole_report(request.user, report_id)


@router.post(
    "/reports/{report_id}/reopen",
    response=ReportDetail,
    auth=REVIEW,
    operation_id="reopen_report",
    summary="准予补报",
)
def reopen_report(request: TokenRequest, report_id: PathId, body: ReasonIn) -> Report:
    """Allow one report of a closed round to be handed in after all."""
    seen, reason = demand_version(body.seen_version), body.reason
    services_round.reopen_report(actor=request.user, report_id=report_id, seen_version=seen, reason=reason)
    return queries_feed.whole_report(request.user, report_id)
