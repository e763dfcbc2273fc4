"""Questions about reports: one report, what a unit owes, a review desk, and what was said last time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from django.db.models import Prefetch

from dugai.files import queries as files
from dugai.journal.models import Event
from dugai.kernel import clock
from dugai.kernel.errors import NotVisible
from dugai.ledger.models import Task
from dugai.people.models import User
from dugai.people.states import Kind
from dugai.progress import lookups, policy, rules_round
from dugai.progress.models import Report, ReportFile
from dugai.progress.states import ReportState, RoundState

if TYPE_CHECKING:
    from dugai.files.models import StoredFile
    from dugai.progress.models import ReportQuerySet

HIDDEN = "没有这份填报，或您的单位看不到它"
RELATED = (
    "round__caller__parent",
    "round__region",
    "task__measure",
    "problem",
    "owner__parent",
    "at_desk_of",
    "reporter",
    "reviewer",
)
LAST_TIME = "the same task's earlier report, through a report the viewer has already been shown"


def get_report(viewer: User, report_id: int, *, lock: bool = False) -> Report:
    """Return one report through the viewer's eyes; locked, it also holds its round open."""
    found = Report.objects.visible_to(viewer).select_related(*RELATED)
    if lock:
        lookups.hold_round_of(report_id)
        found = found.select_for_update(of=("self",), no_key=True)
    report: Report | None = found.filter(pk=report_id).first()
    if report is None:
        raise NotVisible(HIDDEN)
    return report


def open_attachment(viewer: User, report_id: int, attachment_id: int) -> tuple[StoredFile, IO[bytes]]:
    """Open an attachment the viewer may see. Raises `NotVisible`, or `Refused` for a damaged file."""
    report = get_report(viewer, report_id)
    found = report.attachments.filter(pk=attachment_id).select_related("file__blob").first()
    if found is None:
        raise NotVisible("没有这个附件")
    return found.file, files.open_checked(viewer, found.file)


def submission(viewer: User, report: Report) -> Event | None:
    """Return the event of the latest hand-in, whose digests the receipt prints."""
    del viewer  # a report in sight shows its own receipt
    return (
        Event.objects.filter(kind="report.submitted", subject_type=Report.subject_type, subject_id=report.pk)
        .select_related("actor")
        .order_by("-pk")
        .first()
    )


def history(viewer: User, report: Report) -> list[Event]:
    """Return the events of a report in sight, newest first."""
    del viewer  # the caller got the report through the viewer's eyes
    found = Event.objects.filter(subject_type=Report.subject_type, subject_id=report.pk)
    return list(found.select_related("actor__organisation").order_by("-pk"))


def rolled_up(viewer: User, report: Report) -> tuple[Task, list[Task]] | None:
    """Return the task this one was split from, with all it was split into, as far as the viewer sees them."""
    if report.task.parent_id is None:
        return None
    seen = Task.objects.visible_to(viewer).select_related("owner")
    parent: Task | None = seen.filter(pk=report.task.parent_id).first()
    if parent is None:
        return None
    return parent, list(seen.filter(parent=parent).order_by("code"))


# ---------- what a unit owes ----------


def owed_to_fill(viewer: User) -> ReportQuerySet:
    """Return the reports the viewer's unit fills in, of every round."""
    owners = [viewer.organisation_id]
    if viewer.organisation.kind == Kind.OFFICE and viewer.organisation.parent_id:
        owners.append(viewer.organisation.parent_id)
    return Report.objects.visible_to(viewer).filter(owner__in=owners)


@dataclass(frozen=True)
class Owed:
    """One line of 我的填报: this report, and what was adopted last time."""

    report: Report
    last: Report | None
    left: int


def my_reports(viewer: User, round_id: int | None = None, limit: int = 200) -> list[Owed]:
    """Return the reports of open rounds (or of one round) the viewer's unit fills in, urgent first."""
    found = owed_to_fill(viewer).select_related("round", "task", "problem", "owner", "at_desk_of")
    found = found.filter(round=round_id) if round_id else found.filter(round__state=RoundState.OPEN)
    reports = list(found.order_by("round__due_on", "task__due", "pk")[:limit])
    last = lookups.last_adopted_of(reports)
    order = {ReportState.RETURNED: 0, ReportState.OWED: 1, ReportState.DRAFT: 1, ReportState.SUBMITTED: 2}
    today = clock.today()
    rows = [
        Owed(report, last.get(report.task_id), rules_round.days_before(report.round.due_on, today))
        for report in reports
    ]
    return sorted(rows, key=lambda row: order.get(ReportState(row.report.state), 3))


def next_owed(viewer: User, report: Report) -> Report | None:
    """Return the next report of the same round the viewer's unit still has to hand in."""
    states = [ReportState.RETURNED, ReportState.OWED, ReportState.DRAFT]
    found = owed_to_fill(viewer).filter(round=report.round_id, state__in=states).exclude(pk=report.pk)
    after: Report | None = (
        found.filter(pk__gt=report.pk).order_by("pk").first() or found.order_by("pk").first()
    )
    return after


# ---------- the way up ----------


# ---------- the review desk ----------


@dataclass(frozen=True)
class Waiting:
    """One line of the review desk: the report, last time's, and what a reviewer should look at."""

    report: Report
    last: Report | None
    files: int
    mine: bool


def desk(viewer: User, *, after: int = 0, limit: int = 50) -> list[Waiting]:
    """Return reports waiting at the viewer's desk after the report id `after`."""
    if not policy.may_review_at_all(viewer):
        return []
    found = (
        Report.objects.visible_to(viewer)
        .filter(at_desk_of=viewer.organisation_id, state=ReportState.SUBMITTED, pk__gt=after)
        .select_related("round", "task", "problem", "owner", "reporter")
        .prefetch_related(Prefetch("attachments", ReportFile.objects.filter(removed=False)))
    )
    reports = list(found.order_by("pk")[:limit])
    last = lookups.last_adopted_of(reports)
    return [
        Waiting(
            report,
            last.get(report.task_id),
            len(report.attachments.all()),
            policy.may_review(viewer, report),
        )
        for report in reports
    ]


def desk_count(viewer: User) -> int:
    """Return how many reports wait at the viewer's desk."""
    if not policy.may_review_at_all(viewer):
        return 0
    found = Report.objects.visible_to(viewer)
    return int(found.filter(at_desk_of=viewer.organisation_id, state=ReportState.SUBMITTED).count())


def next_at_desk(viewer: User, report: Report) -> Report | None:
    """Return the report that waits behind this one at the viewer's desk."""
    found = Report.objects.visible_to(viewer).filter(
        at_desk_of=viewer.organisation_id, state=ReportState.SUBMITTED
    )
    behind: Report | None = (
        found.filter(pk__gt=report.pk).order_by("pk").first()
        or found.exclude(pk=report.pk).order_by("pk").first()
    )
    return behind


# ---------- this month beside last month ----------
