"""审核: desk by desk up to the calling office, which adopts; or back with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from dugai.journal.services import change, record, require_version
from dugai.kernel import clock
from dugai.kernel.errors import DomainError, Forbidden, InvalidInput, Refused, require
from dugai.ledger import services_task
from dugai.ledger.models import TaskTarget
from dugai.progress import lookups, policy, queries_report, rules_round, tallies
from dugai.progress.entries import plain
from dugai.progress.states import REPORT_MOVES, ReportState, RoundState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dugai.people.models import User
    from dugai.progress.models import Report

LONGEST_OPINION = 500
MOST = 500


@transaction.atomic
def pass_up_report(
    *, actor: User, report_id: int, seen_version: int | None = None, opinion: str = ""
) -> Report:
    """Approve a report at a desk that is not the last one, and lay it on the next."""
    report = _at_my_desk(actor, report_id, seen_version)
    state = REPORT_MOVES.next(ReportState(report.state), "pass_up")
    desk = rules_round.next_desk(lookups.ways([report])[report.pk], report.at_desk_of_id)
    if desk is None:
        raise Refused("这里是最后一级，请直接采纳。", code="last_desk")
    before, after = change(
        report, state=state, at_desk_of_id=desk, reviewer=actor.person, review_opinion=_opinion(opinion)
    )
    record(actor=actor, kind="report.passed_up", subject=report, before=before, after=after)
    return report


@transaction.atomic
def adopt_report(
    *, actor: User, report_id: int, seen_version: int | None = None, opinion: str = ""
) -> Report:
    """Adopt a report at the last desk and write its progress to the task."""
    report = _at_my_desk(actor, report_id, seen_version)
    state = REPORT_MOVES.next(ReportState(report.state), "adopt")
    desk = rules_round.next_desk(lookups.ways([report])[report.pk], report.at_desk_of_id)
    require(desk is None, "这一份还要报上一级审核，请用“审核通过并上报”。", code="not_last_desk")
    entry = lookups.entry_of(report)
    now = dict(TaskTarget.objects.filter(task=report.task_id).values_list("pk", "done"))
    for line in entry.lines:
        stands = now.get(line.target, Decimal(0))
        if stands != line.before:
            message = (
                f"{line.name}的上期累计已由 {plain(line.before)} 变为 {plain(stands)}，另一轮采纳过。"
                "请退回，让单位按新的累计重填。"
            )
            raise Refused(message, code="baseline_moved")
    submitted = report.submitted_at or clock.now()
    services_task.apply_progress(
        actor=actor,
        task_id=report.task_id,
        progress=entry.progress,
        done={line.target: line.total for line in entry.lines},
        met=entry.met,
        reported_on=clock.local(submitted).date(),
        reason=entry.correction,
    )
    before, after = change(
        report,
        state=state,
        at_desk_of=None,
        reviewer=actor.person,
        review_opinion=_opinion(opinion),
        adopted_at=clock.now(),
    )
    record(actor=actor, kind="report.adopted", subject=report, before=before, after=after)
    _count(report, ReportState.SUBMITTED)
    return report


@transaction.atomic
def send_back_report(*, actor: User, report_id: int, seen_version: int | None = None, reason: str) -> Report:
    """Send a report back to the unit, saying what to change."""
    report = _at_my_desk(actor, report_id, seen_version)
    state = REPORT_MOVES.next(ReportState(report.state), "send_back")
    if not reason.strip():
        message = "请写明退回原因，让单位知道要改什么"
        raise InvalidInput(message, fields={"reason": message}, code="reason_missing")
    opinion = _opinion(reason)
    before, after = change(
        report, state=state, at_desk_of=None, reviewer=actor.person, review_opinion=opinion
    )
    record(actor=actor, kind="report.sent_back", subject=report, before=before, after=after, reason=opinion)
    _count(report, ReportState.SUBMITTED)
    return report


@transaction.atomic
def approve_report(
    *, actor: User, report_id: int, seen_version: int | None = None, opinion: str = ""
) -> Report:
    """Approve at whatever desk the report lies: adopt at the last one, pass it up at the others."""
    report = queries_report.get_report(actor, report_id)
    way = lookups.ways([report])[report.pk]
    if rules_round.next_desk(way, report.at_desk_of_id) is None:
        return adopt_report(actor=actor, report_id=report_id, seen_version=seen_version, opinion=opinion)
    return pass_up_report(actor=actor, report_id=report_id, seen_version=seen_version, opinion=opinion)


@dataclass(frozen=True)
class Verdict:
    """What became of one report of a batch: done, or refused with the sentence that says why."""

    report_id: int
    done: bool
    message: str


def review_batch(
    *, actor: User, reports: Iterable[tuple[int, int | None]], adopt: bool, text: str = ""
) -> list[Verdict]:
    """Approve or send back many reports, each in its own transaction, with a verdict for each.

    `reports` are pairs of id and seen version. One that is refused changes nothing and stops none of the
    others.
    """
    pairs = sorted(dict(reports).items())
    require(len(pairs) <= MOST, f"一次最多 {MOST} 份，请分几次。", code="too_many")
    verdicts = []
    for report_id, seen in pairs:
        try:
            if adopt:
                done = approve_report(actor=actor, report_id=report_id, seen_version=seen, opinion=text)
                word = "已采纳" if done.state == ReportState.ADOPTED else "已上报"
            else:
                send_back_report(actor=actor, report_id=report_id, seen_version=seen, reason=text)
                word = "已退回"
        except DomainError as refusal:
            verdicts.append(Verdict(report_id, done=False, message=refusal.message))
        else:
            verdicts.append(Verdict(report_id, done=True, message=word))
    return verdicts


def _at_my_desk(actor: User, report_id: int, seen_version: int | None) -> Report:
    """Load a report through the actor's eyes, locked, and refuse those who may not review it."""
    report = queries_report.get_report(actor, report_id, lock=True)
    if report.state == ReportState.SUBMITTED and actor.person.pk == report.reporter_id:
        raise Forbidden("这份是您自己报的，要由别人审核。", code="own_report")
    REPORT_MOVES.find(ReportState(report.state), "send_back")
    require_version(report, seen_version)  # before the desk: a reviewer who was overtaken is told so
    require(policy.may_review(actor, report), "这份填报不在您的审核台上", code="not_at_desk", error=Forbidden)
    open_ = report.round.state == RoundState.OPEN or report.exception
    require(open_, "这一轮已经关账，不能再审。", code="round_closed")
    return report


def _opinion(text: str) -> str:
    opinion = text.strip()
    require(
        len(opinion) <= LONGEST_OPINION,
        f"意见最多 {LONGEST_OPINION} 字，现在 {len(opinion)} 字。",
        code="too_long",
    )
    return opinion


def _count(report: Report, old: str) -> None:
    delta = tallies.Delta(report.round_id)
    delta.move(report.owner_path, old, report.state, was_late=report.late, is_late=report.late)
    delta.write()
