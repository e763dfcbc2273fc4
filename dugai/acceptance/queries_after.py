"""Questions about many cases: queues, the register, the boards of consolidation and look-back, numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, FilteredRelation, Q

from dugai.acceptance import policy, queries_case, rules
from dugai.acceptance.models import CloseoutCase, CloseoutProposal, ClosureEntry, LookBack, LookBackPlan
from dugai.acceptance.states import CLOSED_CASES, CaseState, LookBackState, MotionState
from dugai.kernel import clock
from dugai.kernel.choices import Choices
from dugai.kernel.errors import NotVisible
from dugai.kernel.pages import Order, Page, Place, page
from dugai.ledger.models import Participation, Problem
from dugai.ledger.sight import Scope
from dugai.ledger.states import DONE_PROGRESS, WORKING_CLOSURES
from dugai.people.states import Kind
from dugai.rulebook import queries as rulebook

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from dugai.people.models import Organisation, User

PAGE = 30
MOST = 1000
BELONGING = frozenset({Kind.OFFICE, Kind.SUPERVISION, Kind.DISCIPLINE})


class Queue(Choices):
    """What waits for somebody, each its own list."""

    TO_APPLY = "to_apply", "已完成待申请"
    TO_CHECK = "to_check", "待核查"
    TO_SIGN = "to_sign", "待签字"
    TO_PUBLISH = "to_publish", "待公示"
    IN_NOTICE = "in_notice", "公示中"
    TO_CLOSE = "to_close", "期满待销号"
    OBJECTED = "objected", "有异议"
    TO_DECIDE = "to_decide", "待审批"
    TO_FILE = "to_file", "待备案"


STATES: dict[Queue, Q] = {
    Queue.TO_CHECK: Q(state__in=(CaseState.APPLIED, CaseState.CHECKED)) & ~Q(waiting_for__startswith="sign"),
    Queue.TO_SIGN: Q(state__in=(CaseState.APPLIED, CaseState.CHECKED, CaseState.IN_NOTICE))
    & Q(waiting_for__startswith="sign"),
    Queue.TO_PUBLISH: Q(state=CaseState.VERIFIED),
    Queue.IN_NOTICE: Q(state=CaseState.IN_NOTICE),
    Queue.TO_CLOSE: Q(state=CaseState.IN_NOTICE),
    Queue.OBJECTED: Q(state=CaseState.OBJECTED),
    Queue.TO_FILE: Q(state=CaseState.CLOSED),
}


WAITING = (
    *(CaseState.APPLIED, CaseState.CHECKED, CaseState.VERIFIED),
    *(CaseState.IN_NOTICE, CaseState.OBJECTED),
)
"""States in which a case waits for somebody's act."""


@dataclass(frozen=True)
class Waiting:
    """One line of a queue: the case, the step it waits for, and whether that step is the viewer's."""

    case: CloseoutCase
    step: str
    mine: bool


def queue(viewer: User, which: Queue, after: int | None = None, limit: int = PAGE) -> Page[Waiting]:
    """Return cases of one queue in the viewer's sight, oldest first, behind the case numbered `after`.

    `TO_APPLY` and `TO_DECIDE` have lists of their own (`done_not_closed`, `proposals`).
    """
    found = CloseoutCase.objects.visible_to(viewer).filter(STATES[which])
    if which is Queue.TO_CLOSE:
        found = found.filter(notice__objections_until__lt=clock.today())
    found = found.select_related("problem__home", "problem__lead", "applicant_unit", "applied_by", "notice")
    cases = page(found, Order(), Place(None, after) if after else None, limit)
    rows = [_waiting(viewer, case) for case in cases.rows]
    return Page(rows, cases.next)


def my_turn(viewer: User, most: int = 200) -> int:
    """Count the cases that wait for the viewer, among the `most` oldest in sight that wait for anybody."""
    found = CloseoutCase.objects.visible_to(viewer).filter(state__in=WAITING)
    own = Q(problem__participations__organisation=viewer.organisation_id)
    found = found.annotate(
        own=FilteredRelation("problem__participations", condition=own), part=F("own__part")
    )
    cases: dict[int, CloseoutCase] = {}
    parts: dict[int, list[str]] = {}
    for row in found.select_related("problem__home", "notice").order_by("pk")[:most]:
        cases[row.pk] = row
        part: str | None = row.part  # type: ignore[attr-defined]
        parts.setdefault(row.pk, []).extend([part] if part else [])
    today = clock.today()
    return sum(
        policy.may_go_on(viewer, case, parts[pk], notice_over=_notice_over(case, today))
        for pk, case in cases.items()
    )


def _notice_over(case: CloseoutCase, today: dt.date) -> bool:
    notice = getattr(case, "notice", None)
    return notice is not None and today > notice.objections_until


def _waiting(viewer: User, case: CloseoutCase) -> Waiting:
    procedure = rules.read(case.rules, case.class_name)
    coming = queries_case.next_step(viewer, case, procedure)
    if case.state == CaseState.IN_NOTICE and coming is None:
        return Waiting(case, "销号", policy.may_close(viewer, case, procedure))
    step = procedure.step(case.waiting_for)
    return Waiting(case, step.label if step else "", queries_case.may_take_next(viewer, case))


def done_not_closed(viewer: User, after: int | None = None, limit: int = PAGE) -> Page[Problem]:
    """Return problems reported done that nobody has applied for: 完成的抓紧时间销号."""
    found = Problem.objects.visible_to(viewer).filter(
        progress__in=sorted(DONE_PROGRESS), closure__in=sorted(WORKING_CLOSURES)
    )
    return page(found.select_related("home", "lead"), Order(), Place(None, after) if after else None, limit)


def proposals(viewer: User, after: int | None = None, limit: int = PAGE) -> Page[CloseoutProposal]:
    """Return proposals about problems in sight that wait for a second person, oldest first."""
    seen = Problem.objects.visible_to(viewer).order_by()
    found = CloseoutProposal.objects.filter(state=MotionState.PROPOSED, problem__in=seen.values("pk"))
    found = found.select_related("problem__home", "case", "proposed_by")
    return page(found, Order(), Place(None, after) if after else None, limit)


def numbers(viewer: User) -> dict[str, int]:
    """Return how many cases in sight are in each state, and how many proposals wait: {state: count}."""
    rows = CloseoutCase.objects.visible_to(viewer).order_by().values("state").annotate(n=Count("pk"))
    found = dict.fromkeys(CaseState.values, 0)
    found |= {row["state"]: row["n"] for row in rows}
    seen = Problem.objects.visible_to(viewer).order_by()
    waiting = CloseoutProposal.objects.filter(state=MotionState.PROPOSED, problem__in=seen.values("pk"))
    late = CloseoutCase.objects.visible_to(viewer).filter(
        state=CaseState.IN_CONSOLIDATION, consolidation_until__lt=clock.today()
    )
    return {**found, "proposals": waiting.count(), "consolidation_over": late.count()}


# ---------- the register ----------


def register(
    viewer: User,
    *,
    year: int | None = None,
    region_id: int | None = None,
    after: int | None = None,
    limit: int = PAGE,
) -> Page[ClosureEntry]:
    """Return the 销号台账 in the viewer's sight, newest first, behind the entry numbered `after`."""
    cases = CloseoutCase.objects.visible_to(viewer).order_by()
    found = ClosureEntry.objects.filter(case__in=cases.values("pk"))
    wanted: dict[str, Any] = {"year": year, "region": region_id}
    found = found.filter(**{name: value for name, value in wanted.items() if value is not None})
    found = found.select_related("case__problem__home", "case__problem__lead", "region", "closed_by")
    return page(found, Order(descending=True), Place(None, after) if after else None, limit)


def consolidation(viewer: User, after: int | None = None, limit: int = PAGE) -> Page[CloseoutCase]:
    """Return cases in their 巩固期, oldest case first, with the day it ends."""
    found = CloseoutCase.objects.visible_to(viewer).filter(state=CaseState.IN_CONSOLIDATION)
    found = found.select_related("problem__home", "problem__lead", "entry")
    return page(found, Order(), Place(None, after) if after else None, limit)


# ---------- look-backs ----------


def look_back_rules(viewer: User, region: Organisation) -> dict[str, Any]:
    """Return share, minimum and age that hold today for look-backs of a region."""
    del viewer
    found: dict[str, Any] = rulebook.public_rules("closeout", clock.today(), region)["look_back"]
    return found


def closed_cases(viewer: User, region: Organisation, closed_until: dt.date) -> list[CloseoutCase]:
    """Return the cases of a region that were closed by a day and still are, by id: what a draw draws from."""
    found = CloseoutCase.objects.visible_to(viewer).filter(
        state__in=sorted(CLOSED_CASES),
        closed_on__lte=closed_until,
        problem__home__path__gte=region.path,
        problem__home__path__lt=region.path_end,
    )
    return list(found.select_related("problem__home", "problem__lead").order_by("pk"))


def public_oversees(unit: Organisation, problem: Problem) -> bool:
    """Say whether a unit's own range holds the problem's region, or it accepts or supervises the problem."""
    top = unit.parent if unit.kind in BELONGING and unit.parent else unit
    if unit.kind in BELONGING | {Kind.REGION}:
        return problem.home.is_within(top)
    parts = Participation.objects.filter(problem=problem, organisation=unit)
    return parts.filter(part__in=("accepting", "supervising")).exists()


def look_back_plans(viewer: User, after: int | None = None, limit: int = PAGE) -> Page[LookBackPlan]:
    """Return the draws of regions in the viewer's range or above it, newest first, with how many are done."""
    found = _plans(viewer)
    done = Count("items", filter=Q(items__state=LookBackState.DONE))
    rebound = Count("items", filter=Q(items__rebound=True))
    found = found.select_related("region", "planned_by").annotate(
        drawn=Count("items"), done=done, rebound=rebound
    )
    return page(found, Order(descending=True), Place(None, after) if after else None, limit)


def get_look_back_plan(viewer: User, plan_id: int) -> LookBackPlan:
    """Return one draw of a region in the viewer's range or above it."""
    found = _plans(viewer).filter(pk=plan_id).select_related("region", "planned_by").first()
    if found is None:
        raise NotVisible("没有这次回头看，或您的单位看不到它")
    return found


def _plans(viewer: User) -> QuerySet[LookBackPlan]:
    top = Scope.top(viewer)
    if top is None:
        return LookBackPlan.objects.none()
    inside = Q(region__path__gte=top.path, region__path__lt=top.path_end)
    return LookBackPlan.objects.filter(inside | Q(region__path__in=top.ancestor_paths))


def look_back_items(
    viewer: User,
    *,
    plan_id: int | None = None,
    mine: bool = False,
    after: int | None = None,
    limit: int = PAGE,
) -> Page[LookBack]:
    """Return drawn items in the viewer's sight; of one plan, or those the viewer's unit visits."""
    cases = CloseoutCase.objects.visible_to(viewer).order_by()
    found = LookBack.objects.filter(case__in=cases.values("pk"))
    if plan_id is not None:
        found = found.filter(plan=plan_id)
    if mine:
        found = found.filter(visitor_unit=viewer.organisation_id, state=LookBackState.PLANNED)
    found = found.select_related("plan", "case__problem__home", "case__entry", "visitor_unit", "visited_by")
    return page(found, Order(), Place(None, after) if after else None, limit)
