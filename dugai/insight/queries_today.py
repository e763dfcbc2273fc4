"""今天: what waits for one viewer, by what they do."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Value

from dugai.acceptance import queries_after as closeouts
from dugai.complaints import queries as complaints
from dugai.disclosure import queries_text as texts
from dugai.evidence import queries as evidence
from dugai.indicators import queries as indicators
from dugai.ledger import queries_list, tallies
from dugai.ledger.listing import Ask
from dugai.ledger.models import ChangeRequest, LampSample, PlanVersion, Problem
from dugai.ledger.sight import Scope
from dugai.ledger.states import ChangeState, Lamp, PlanState
from dugai.people.states import OFFICE_ROLES, UNIT_ROLES, Role
from dugai.progress.models import Report
from dugai.progress.states import ReportState

if TYPE_CHECKING:
    from typing import Any

    from django.db.models import QuerySet

    from dugai.people.models import Organisation, User

OWN = "rows that wait at the viewer's own desk"
SHOWN = 5
MINE = 30
WEEKS = 12
MOST_PIECES = 100
"""Pieces of evidence are counted as far as this."""
DECIDING = frozenset({Role.OFFICE_REVIEWER, Role.OFFICE_MANAGER})
CLOSING = OFFICE_ROLES | UNIT_ROLES | {Role.VERIFIER, Role.LEADER}
TO_DO = (ReportState.RETURNED, ReportState.OWED, ReportState.DRAFT)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing to do: which page does it (`place`), how many, since when the oldest waits."""

    place: str
    count: int
    oldest: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class OwnReport:
    """A report the viewer's unit owes in the open round."""

    pk: int
    state: ReportState
    title: str
    code: str
    task: int
    opinion: str


def waiting(viewer: User) -> list[Waiting]:
    """Return what waits for the viewer, in three queries at most; empty things are left out."""
    found = []
    if viewer.role in OFFICE_ROLES | {Role.UNIT_REVIEWER}:
        desk = Report.objects.unscoped(OWN).filter(
            at_desk_of=viewer.organisation_id, state=ReportState.SUBMITTED
        )
        times = list(desk.order_by("submitted_at").values_list("submitted_at", flat=True)[:1000])
        found.append(Waiting("review_desk", len(times), times[0] if times else None))
    if viewer.role in CLOSING:
        found.append(Waiting("closeout", closeouts.my_turn(viewer)))
    return [one for one in (*found, *_counted(_desks(viewer))) if one.count]


def _desks(viewer: User) -> dict[str, QuerySet[Any]]:
    """Return the rows that wait for the viewer, by the page that lists them."""
    desks: dict[str, QuerySet[Any]] = {
        "my_letters": complaints.at_desk(viewer),
        "texts": texts.to_approve(viewer),
        "indicator_alerts": indicators.alerting(viewer),
        "evidence_queue": evidence.to_review(viewer, MOST_PIECES),
    }
    top = Scope.top(viewer)
    if viewer.role in DECIDING and top is not None:
        desks["changes"] = ChangeRequest.objects.filter(
            state=ChangeState.REQUESTED,
            problem__home__path__gte=top.path,
            problem__home__path__lt=top.path_end,
        )
        plans = PlanVersion.objects.filter(
            state=PlanState.SUBMITTED,
            plan__organisation__path__gte=top.path,
            plan__organisation__path__lt=top.path_end,
        )
        desks["plans"] = plans.exclude(submitted_by=viewer.person)
    return desks


def _counted(desks: dict[str, QuerySet[Any]]) -> list[Waiting]:
    """Count several tables in one query."""
    parts = [
        rows.order_by().annotate(place=Value(place)).values_list("place").annotate(n=Count("pk"))
        for place, rows in desks.items()
    ]
    if not parts:
        return []
    return [Waiting(place, n) for place, n in parts[0].union(*parts[1:], all=True)]


def own_reports(viewer: User, round_id: int | None) -> list[OwnReport]:
    """Return what the viewer's unit still owes in a round, what was sent back first."""
    if round_id is None or viewer.role not in UNIT_ROLES:
        return []
    rows = Report.objects.unscoped(OWN).filter(round=round_id, owner=viewer.organisation_id, state__in=TO_DO)
    values = rows.values_list("pk", "state", "task__title", "task__code", "task", "review_opinion")
    found = [
        OwnReport(pk, ReportState(state), *rest)
        for pk, state, *rest in values.order_by("task__due", "pk")[:MINE]
    ]
    return sorted(found, key=lambda report: TO_DO.index(report.state))


def worst_tasks(viewer: User, *, lamps: tuple[Lamp, ...], count: int = SHOWN) -> list[Any]:
    """Return the worst tasks the viewer sees, in two queries."""
    top = Scope.top(viewer)
    region = top.pk if top is not None and queries_list.oversees(viewer) else None
    ask = Ask(lamps=lamps, region=region)
    where = queries_list.ground_of(viewer, top, top if region else None)
    rows = queries_list.tasks(viewer, ask, where)
    known = queries_list.few(viewer, rows, where)
    return queries_list.page_of(viewer, rows, ask, ("owner",), size=count, known=known).rows


@dataclass(frozen=True, slots=True)
class Sample:
    """How many tasks were overdue and behind on one day."""

    day: dt.date
    overdue: int
    behind: int


def trend(viewer: User, place: Organisation, today: dt.date) -> list[Sample]:
    """Return a sample for each of the last twelve weeks that has one, the oldest first, today left out.

    The last sample of a week stands for it. One query; a place without samples gives none.
    """
    del viewer  # `place` was found through the viewer's eyes
    rows = LampSample.objects.filter(
        organisation=place, level=tallies.TASK, day__gt=today - dt.timedelta(weeks=WEEKS), day__lt=today
    )
    days: dict[dt.date, dict[str, int]] = {}
    for day, lamp, n in rows.order_by("day").values_list("day", "lamp", "n"):
        days.setdefault(day, {})[lamp] = n
    weeks = {day.isocalendar()[:2]: day for day in days}
    return [
        Sample(day, days[day].get(Lamp.OVERDUE, 0), days[day].get(Lamp.BEHIND, 0)) for day in weeks.values()
    ]


def led_problems(viewer: User) -> list[Problem]:
    """Return the problems the viewer leads by name, worst first."""
    rows = list(
        Problem.objects.unscoped("led by the viewer in person")
        .select_related("home", "lead")
        .filter(leader=viewer)
    )
    late = dt.date.max
    return sorted(rows, key=lambda row: (Lamp(row.lamp).rank, row.due or late, row.pk))
