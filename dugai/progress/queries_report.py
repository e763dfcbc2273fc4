"""Questions about reports: one report, what a unit owes, a review desk, and what was said last time."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Prefetch

from dugai.files import queries as files
from dugai.journal.models import Event
from dugai.kernel import clock
from dugai.kernel.errors import NotVisible
from dugai.ledger.models import Milestone, TaskTarget
from dugai.ledger.sight import Scope
from dugai.ledger.states import Progress
from dugai.people.models import Organisation, User
from dugai.people.states import Kind, Role
from dugai.progress import policy, rules_round
from dugai.progress.entries import Baseline, Entry, Line, plain
from dugai.progress.models import Report, ReportDraft, ReportFile, Round
from dugai.progress.states import ReportState, RoundState

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    """Return one report through the viewer's eyes; locked, it also holds its round open until the transaction ends."""
    found = Report.objects.visible_to(viewer).select_related(*RELATED)
    if lock:
        hold_round_of(report_id)
        found = found.select_for_update(of=("self",), no_key=True)
    report: Report | None = found.filter(pk=report_id).first()
    if report is None:
        raise NotVisible(HIDDEN)
    return report


def hold_round_of(report_id: int) -> None:
    """Keep the round of a report from being closed while the report changes.

    PostgreSQL: a shared lock of the round's row, which closing wants for itself. SQLite: every transaction that
    writes is alone already.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM {Round._meta.db_table} WHERE id = "  # noqa: S608  a table's own name
            f"(SELECT round_id FROM {Report._meta.db_table} WHERE id = %s) FOR SHARE",
            [report_id],
        )


def last_adopted(report: Report) -> Report | None:
    """Return the task's latest adopted report before this one."""
    found: Report | None = (
        Report.objects.unscoped(LAST_TIME)
        .filter(task=report.task_id, state=ReportState.ADOPTED, round__starts_on__lte=report.round.starts_on)
        .exclude(pk=report.pk)
        .select_related("round", "reviewer__organisation")
        .order_by("-adopted_at", "-pk")
        .first()
    )
    return found


def last_adopted_of(reports: Sequence[Report]) -> dict[int, Report]:
    """Return {task id: latest adopted report} for many reports, in one query."""
    tasks = [report.task_id for report in reports]
    mine = [report.pk for report in reports]
    rows = (
        Report.objects.unscoped(LAST_TIME)
        .filter(task__in=tasks, state=ReportState.ADOPTED)
        .exclude(pk__in=mine)
    )
    found: dict[int, Report] = {}
    for row in rows.select_related("round").order_by("task", "adopted_at", "pk"):
        found[row.task_id] = row
    return found


def baseline_of(report: Report, last: Report | None) -> Baseline:
    """Return where a report starts from: the task's adopted quantities, and the words and funds of last time."""
    lines = tuple(
        Line(target.pk, target.name, target.unit, target.amount, target.done)
        for target in TaskTarget.objects.filter(task=report.task_id).order_by("pk")
    )
    return Baseline(
        lines=lines,
        progress=Progress(report.task.progress),
        percent=last.percent if last else 0,
        summary=last.summary if last else "",
        funds_planned=last.funds_planned if last else None,
        funds_paid=last.funds_paid if last else None,
    )


def entry_of(report: Report) -> Entry:
    """Return the values a report was handed in with."""
    return Entry(
        progress=Progress(report.progress),
        percent=report.percent,
        lines=tuple(
            Line(
                row["target"],
                row["name"],
                row["unit"],
                Decimal(row["amount"]),
                Decimal(row["before"]),
                Decimal(row["added"]),
            )
            for row in report.quantities
        ),
        summary=report.summary,
        funds_planned=report.funds_planned,
        funds_paid=report.funds_paid,
        difficulty=report.difficulty,
        help_wanted=report.help_wanted,
        next_step=report.next_step,
        correction=report.correction,
        no_change_reason=report.no_change_reason,
        met=tuple(report.met),
    )


def draft_of(report: Report) -> ReportDraft | None:
    """Return what is being typed, if anything was saved."""
    return ReportDraft.objects.select_related("saved_by").filter(pk=report.pk).first()


def typed_values(report: Report, draft: ReportDraft | None, baseline: Baseline) -> dict[str, str]:
    """Return what the form shows: the draft, or last time's words to be changed into this time's."""
    if draft is not None:
        return {str(key): str(value) for key, value in draft.values.items()}
    return {
        "progress": baseline.progress,
        "percent": str(baseline.percent),
        "summary": baseline.summary,
        "funds_planned": plain(baseline.funds_planned) if baseline.funds_planned is not None else "",
    }


def nodes(report: Report) -> list[Milestone]:
    """Return the nodes of the report's task, in the order of their dates."""
    return list(Milestone.objects.filter(task=report.task_id).order_by("due", "pk"))


def attachments(report: Report) -> list[ReportFile]:
    """Return the attachments that were not taken away, oldest first."""
    return list(report.attachments.filter(removed=False).select_related("file__blob").order_by("pk"))


def open_attachment(viewer: User, report_id: int, attachment_id: int) -> tuple[StoredFile, IO[bytes]]:
    """Open an attachment of a report the viewer sees. Raises `NotVisible`, or `Refused` for a damaged file."""
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
    """Return the reports of open rounds (or of one round) the viewer's unit fills in; what is to be done first."""
    found = owed_to_fill(viewer).select_related("round", "task", "problem", "owner", "at_desk_of")
    found = found.filter(round=round_id) if round_id else found.filter(round__state=RoundState.OPEN)
    reports = list(found.order_by("round__due_on", "task__due", "pk")[:limit])
    last = last_adopted_of(reports)
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


def ways(reports: Sequence[Report], *, handed_in_by: int | None = None) -> dict[int, tuple[int, ...]]:
    """Return {report id: desks it passes, as organisation ids}, with two queries for any number of reports.

    `handed_in_by` is the id of the person who is about to hand in; without it each report's own reporter counts.
    """
    paths = {path for report in reports for path in rules_round.spread(report.owner_path)}
    owners = {report.owner_id for report in reports}
    reviewing = User.objects.filter(is_active=True, role__in=policy.REVIEWING_ROLES).values("organisation")
    rows = Organisation.objects.filter(kind=Kind.OFFICE, parent__path__in=paths, pk__in=reviewing)
    offices = [
        (rules_round.Office(pk, region, level), parent)
        for pk, region, level, parent in rows.values_list("pk", "parent__path", "parent__level", "parent")
    ]
    own: dict[int, set[int]] = {}
    for organisation, person in User.objects.filter(
        is_active=True, role=Role.UNIT_REVIEWER, organisation__in=owners
    ).values_list("organisation", "pk"):
        own.setdefault(organisation, set()).add(person)
    found = {}
    for report in reports:
        caller = report.round.caller
        region = caller.parent if caller.kind == Kind.OFFICE and caller.parent else caller
        fillers = {report.owner_id} | {office.id for office, parent in offices if parent == report.owner_id}
        values = report.round.rules
        found[report.pk] = rules_round.way_up(
            owner_id=report.owner_id,
            owner_path=report.owner_path,
            fillers=fillers,
            offices=[office for office, _ in offices],
            caller=rules_round.Office(caller.pk, region.path, region.level),
            unit_reviews=bool(
                values["unit_review"]
                and own.get(report.owner_id, set()) - {handed_in_by or report.reporter_id}
            ),
            levels=values["levels"],
        )
    return found


def way_names(report: Report) -> list[Organisation]:
    """Return the desks a report passes, lowest first."""
    way = ways([report])[report.pk]
    known = Organisation.objects.in_bulk(way)
    return [known[pk] for pk in way]


def receipt_region(owner: Organisation) -> Organisation:
    """Return the nearest region above a unit, which numbers its receipts."""
    found = (
        Organisation.objects.filter(path__in=owner.ancestor_paths, kind=Kind.REGION)
        .order_by("-depth")
        .first()
    )
    return found or owner


# ---------- the review desk ----------


@dataclass(frozen=True)
class Waiting:
    """One line of the review desk: the report, last time's, and what a reviewer should look at."""

    report: Report
    last: Report | None
    files: int
    mine: bool


def desk(viewer: User, *, after: int = 0, limit: int = 50) -> list[Waiting]:
    """Return reports waiting at the viewer's desk after the report id `after`, in the order they were laid there."""
    if not policy.reviews(viewer):
        return []
    found = (
        Report.objects.visible_to(viewer)
        .filter(at_desk_of=viewer.organisation_id, state=ReportState.SUBMITTED, pk__gt=after)
        .select_related("round", "task", "problem", "owner", "reporter")
        .prefetch_related(Prefetch("attachments", ReportFile.objects.filter(removed=False)))
    )
    reports = list(found.order_by("pk")[:limit])
    last = last_adopted_of(reports)
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
    if not policy.reviews(viewer):
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


@dataclass(frozen=True)
class Compared:
    """One field, last time and this time; `changed` says whether they differ."""

    label: str
    before: str
    after: str
    changed: bool


def compared(report: Report, last: Report | None) -> list[Compared]:
    """Return the fields of a report beside those of last time."""
    pairs: list[tuple[str, Any, Any]] = [
        ("自评进度", last and last.get_progress_display(), report.get_progress_display()),
        ("完成比例", last and f"{last.percent}%", f"{report.percent}%"),
    ]
    for line in entry_of(report).lines:
        unit = f" {line.unit}" if line.unit else ""
        total = f"{plain(line.total)} / {plain(line.amount)}{unit}"
        pairs.append((line.name, f"{plain(line.before)} / {plain(line.amount)}{unit}", total))
    pairs += [
        ("到位资金", last and _money(last.funds_paid), _money(report.funds_paid)),
        ("进展情况", last and last.summary, report.summary),
        ("困难问题", last and last.difficulty, report.difficulty),
        ("需协调事项", last and last.help_wanted, report.help_wanted),
        ("下一步安排", last and last.next_step, report.next_step),
    ]
    rows = [(label, str(before or ""), str(after or "")) for label, before, after in pairs]
    return [
        Compared(label, before, after, "".join(before.split()) != "".join(after.split()))
        for label, before, after in rows
        if before or after
    ]


def _money(amount: Decimal | None) -> str:
    return "" if amount is None else f"{plain(amount)} 万元"


def in_viewers_range(viewer: User, organisation: Organisation) -> bool:
    """Say whether an organisation stands in the viewer's own subtree."""
    top = Scope.top(viewer)
    return top is not None and organisation.is_within(top)
