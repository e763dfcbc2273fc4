"""登记之后: an entry is edited while no plan binds it; parts, sites and links come and go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from dugai.journal.services import change, record, shown
from dugai.kernel import clock
from dugai.kernel.errors import Forbidden, InvalidInput, Refused, require
from dugai.ledger import deadlines, policy, queries, reach, search, services_change, standing
from dugai.ledger.models import Measure, Participation, Problem, ProblemLink, Site, Task
from dugai.ledger.models_entry import Part
from dugai.ledger.states import LinkKind

if TYPE_CHECKING:
    from dugai.people.models import Organisation, User

KEEPER = "只有本地区的整改办可以改台账"
BINDS = "方案已经审定。时限、目标、单位和文字要改，请走“申请调整”。"
WHY = "rows of a problem the actor was allowed to change"
FREE = frozenset({"category", "sector", "engineering", "prone_to_rebound", "note", "leader", "leader_name"})
"""Columns of a problem that no plan binds."""
BOUND = frozenset(
    {"title", "text", "goal", "requirement", "standard", "deadline", "kind", "source", "source_class"}
)
MEASURE_FREE = frozenset({"narrative", "note"})
MEASURE_BOUND = frozenset({"text", "deadline", "quantities"})
SITE_FIELDS = frozenset(
    {"name", "kind", "region", "longitude", "latitude", "datum", "plan", "disposition", "done_on", "measure"}
)
LINK_DEPTH = 50


@transaction.atomic
def edit_problem(
    *, actor: User, problem_id: int, seen_version: int, reason: str = "", **values: Any
) -> Problem:
    """Correct an entry. What a plan binds is refused once one is approved; remarks and marks stay free."""
    problem = queries.get_problem(actor, problem_id, lock=True)
    require(policy.may_change_problem(actor, problem), KEEPER, code="not_keeper", error=Forbidden)
    queries.require_seen(problem, seen_version)
    changed = _changed(problem, values, FREE | BOUND)
    if not changed:
        return problem
    require(not (changed.keys() & BOUND and queries.plan_binds(problem)), BINDS, code="plan_binds")
    before, after = change(problem, **changed)
    record(
        actor=actor, kind="problem.edited", subject=problem, before=before, after=after, reason=reason.strip()
    )
    search.renew(problem.pk)
    return problem


@transaction.atomic
def edit_measure(
    *, actor: User, measure_id: int, seen_version: int, reason: str = "", **values: Any
) -> Measure:
    """Correct a measure. Its tasks that still have its deadline follow it."""
    measure = queries.get_measure(actor, measure_id, lock=True)
    require(policy.may_change_problem(actor, measure.problem), KEEPER, code="not_keeper", error=Forbidden)
    queries.require_seen(measure, seen_version)
    changed = _changed(measure, values, MEASURE_FREE | MEASURE_BOUND)
    if not changed:
        return measure
    require(
        not (changed.keys() & MEASURE_BOUND and queries.plan_binds(measure.problem)), BINDS, code="plan_binds"
    )
    old = measure.deadline
    before, after = change(measure, **changed)
    record(
        actor=actor, kind="measure.edited", subject=measure, before=before, after=after, reason=reason.strip()
    )
    search.renew(measure.problem_id)
    if "deadline" in changed:
        _follow(actor, measure, old, changed["deadline"], reason)
    return measure


@transaction.atomic
def add_part(
    *,
    actor: User,
    problem_id: int,
    seen_version: int,
    organisation: Organisation,
    part: str,
    person: str = "",
    measure_id: int | None = None,
) -> Participation:
    """Let a unit take part. A new lead takes the place of the old one; there is exactly one at any time."""
    problem = _open(actor, problem_id, seen_version, bound=part == Part.LEAD)
    measure = queries.get_measure(actor, measure_id) if measure_id else None
    require(
        measure is None or measure.problem_id == problem.pk, "这条措施不属于这个问题", code="other_problem"
    )
    require(part in Part.values, "没有这种分工", code="part_unknown")
    why = reach.why_not(actor, organisation, part)
    require(not why, why, code="unit_out_of_reach")
    if Participation.objects.filter(
        problem=problem, measure=measure, organisation=organisation, part=part
    ).exists():
        raise Refused(f"{organisation} 已经是{Part(part).label}", code="part_exists")
    if part == Part.LEAD and measure is None:
        services_change.end_lead(actor, problem, organisation.pk, "")
        before, after = change(problem, lead=organisation)
        record(actor=actor, kind="problem.lead_changed", subject=problem, before=before, after=after)
        search.renew(problem.pk)
        return Participation.objects.get(problem=problem, measure=None, part=Part.LEAD)
    row = Participation(
        problem=problem, measure=measure, organisation=organisation, part=part, person=person.strip()
    )
    row.save(force_insert=True)
    record(
        actor=actor,
        kind="participation.set",
        subject=row,
        after=shown(row, "problem", "measure", "organisation", "part", "person"),
    )
    search.renew(problem.pk)
    return row


@transaction.atomic
def end_part(*, actor: User, participation_id: int, seen_version: int, reason: str) -> Participation:
    """Let a unit's part end; the row stays for the history. The lead is replaced, never taken away."""
    row = Participation.objects.select_related("problem__home").filter(pk=participation_id).first()
    problem = _open(actor, row.problem_id if row else 0, None)
    if row is None:
        raise Refused("这一项分工已经结束", code="part_ended")
    require(row.part != Part.LEAD, "牵头单位必须有一个。请直接换成新的牵头单位。", code="lead_needed")
    require(reason.strip(), "请写退出的原因", code="reason_missing")
    before, after = change(row, seen_version=seen_version, ended_on=clock.today())
    record(
        actor=actor,
        kind="participation.ended",
        subject=row,
        before=before,
        after=after,
        reason=reason.strip(),
    )
    search.renew(problem.pk)
    row.problem = problem
    return row


@transaction.atomic
def edit_site(*, actor: User, site_id: int, seen_version: int, **values: Any) -> Site:
    """Correct a 点位, or note what was done with it."""
    site = Site.objects.select_for_update(of=("self",), no_key=True).filter(pk=site_id).first()
    _open(actor, site.problem_id if site else 0, None, bound=False)
    if site is None:
        raise Refused("没有这个点位", code="site_missing")
    queries.require_seen(site, seen_version)
    changed = _changed(site, values, SITE_FIELDS)
    measure = changed.get("measure")
    require(
        measure is None or measure.problem_id == site.problem_id,
        "这条措施不属于这个问题",
        code="other_problem",
    )
    if changed.get("longitude", site.longitude) is not None and not changed.get("datum", site.datum):
        message = "填了坐标就要说明坐标系（CGCS2000、WGS84、GCJ-02 或 BD-09）"
        raise InvalidInput(message, fields={"datum": message})
    if changed:
        before, after = change(site, **changed)
        record(actor=actor, kind="site.edited", subject=site, before=before, after=after)
    return site


@transaction.atomic
def link_problems(
    *, actor: User, earlier_id: int, later_id: int, relation: str, reason: str = ""
) -> ProblemLink:
    """Say how one problem follows from another: 沿袭, 转入下一轮, 合并, 举一反三, 重新整改.

    Both must be in sight, the later one in the actor's keeping, and no chain of links may lead back.
    """
    earlier = queries.get_problem(actor, earlier_id)
    later = queries.get_problem(actor, later_id, lock=True)
    require(policy.may_change_problem(actor, later), KEEPER, code="not_keeper", error=Forbidden)
    require(relation in LinkKind.values, "没有这种关系", code="relation_unknown")
    require(earlier.pk != later.pk, "一个问题不能接着它自己", code="link_self")
    across = relation == LinkKind.CARRIED_OVER and earlier.inspection_id == later.inspection_id
    require(not across, "“转入下一轮”的两个问题要属于不同的督察", code="same_inspection")
    if ProblemLink.objects.filter(earlier=earlier, later=later, relation=relation).exists():
        raise Refused("这两个问题已经这样关联过", code="link_exists")
    require(not _leads_to(later.pk, earlier.pk), "这样关联会绕回来。请核对先后。", code="link_circle")
    link = ProblemLink(earlier=earlier, later=later, relation=relation, reason=reason.strip())
    link.save(force_insert=True)
    record(
        actor=actor,
        kind="problem.linked",
        subject=link,
        after=shown(link, "earlier", "later", "relation"),
        reason=link.reason,
    )
    return link


def _open(actor: User, problem_id: int, seen_version: int | None, *, bound: bool = False) -> Problem:
    problem = queries.get_problem(actor, problem_id, lock=True)
    require(policy.may_change_problem(actor, problem), KEEPER, code="not_keeper", error=Forbidden)
    if seen_version is not None:
        queries.require_seen(problem, seen_version)
    require(not (bound and queries.plan_binds(problem)), BINDS, code="plan_binds")
    return problem


def _changed(row: Any, values: dict[str, Any], known: frozenset[str]) -> dict[str, Any]:
    unknown = values.keys() - known
    if unknown:
        raise InvalidInput(f"没有这些项：{'、'.join(sorted(unknown))}")
    return {name: value for name, value in values.items() if getattr(row, name) != value}


def _follow(actor: User, measure: Measure, old: dict[str, Any], new: dict[str, Any], reason: str) -> None:
    tasks = Task.objects.unscoped(WHY).filter(measure=measure).select_for_update(of=("self",), no_key=True)
    followers = [task for task in tasks.order_by("pk") if services_change.same_words(task.deadline, old)]
    due = deadlines.due_date(deadlines.from_json(new)) if new else None
    for task in followers:
        values: dict[str, Any] = {"deadline": standing.with_internal_date(new, clock.today())}
        if task.internal_due and due and task.internal_due > due:
            values["internal_due"] = None
        before, after = change(task, **values)
        services_change.move_milestones(actor=actor, task=task, old=before["deadline"], reason=reason.strip())
        record(
            actor=actor,
            kind="task.deadline_changed",
            subject=task,
            before=before,
            after=after,
            reason=reason.strip(),
        )
    standing.refresh_tasks([task.pk for task in followers], clock.today())


def _leads_to(start: int, goal: int) -> bool:
    """Say whether links lead from one problem forward to another."""
    seen, edge = {start}, {start}
    for _ in range(LINK_DEPTH):
        edge = set(ProblemLink.objects.filter(earlier__in=edge).values_list("later", flat=True)) - seen
        if goal in edge or not edge:
            return bool(edge)
        seen |= edge
    return True
