"""What belongs to a report somebody has already been shown: last time's, its draft, its files, its way up.

Nothing here asks who is looking: the caller fetched the report through the viewer's eyes.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import connection

from dugai.ledger.models import Milestone, TaskTarget
from dugai.ledger.states import Progress
from dugai.people.models import Organisation, User
from dugai.people.states import Kind, Role
from dugai.progress import policy, rules_round
from dugai.progress.entries import Baseline, Entry, Line, plain
from dugai.progress.models import Report, ReportDraft, ReportFile, Round
from dugai.progress.states import ReportState

if TYPE_CHECKING:
    from collections.abc import Sequence

LAST_TIME = "the same task's earlier report, through a report the viewer has already been shown"


def hold_round_of(report_id: int) -> None:
    """Keep the round of a report from being closed while the report changes.

    PostgreSQL: a shared lock of the round's row, which closing wants for itself. SQLite: every transaction
    that writes is alone already.
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
    """Return the task's latest adopted report of a round that had begun before this one was due.

    Rounds overlap: a week may begin in one month and end in the next, beside that month's own round.
    """
    found: Report | None = (
        Report.objects.unscoped(LAST_TIME)
        .filter(task=report.task_id, state=ReportState.ADOPTED, round__starts_on__lte=report.round.due_on)
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
    """Return where a report starts from: the task's adopted quantities, last time's words and funds."""
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


def typed_values(draft: ReportDraft | None, baseline: Baseline) -> dict[str, str]:
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


def ways(reports: Sequence[Report], *, handed_in_by: int | None = None) -> dict[int, tuple[int, ...]]:
    """Return {report id: desks it passes, as organisation ids}, with two queries for any number of reports.

    `handed_in_by` is the id of the person who is about to hand in; without it each report's own reporter
    counts.
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


def nodes_of(report: Report) -> set[int]:
    """Return the numbers of the milestones a report may say are met: those of its own task."""
    return set(report.task.milestones.values_list("pk", flat=True))
