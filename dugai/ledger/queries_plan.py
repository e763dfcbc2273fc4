"""Questions about plans, their versions, and requested changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Max, Q

from dugai.kernel.errors import NotVisible
from dugai.ledger import deadlines, rules, rules_plan
from dugai.ledger.models import (
    ChangeRequest,
    Inspection,
    Measure,
    Participation,
    Plan,
    PlanVersion,
    Problem,
    Site,
    Task,
    TaskTarget,
)
from dugai.ledger.models_entry import Part
from dugai.ledger.sight import Scope
from dugai.ledger.states import ChangeKind, ChangeState, PlanState

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from dugai.people.models import User

WHY = "a plan's content, whose plan the viewer was allowed to see"
BINDING_NOW = (PlanState.APPROVED, PlanState.PUBLISHED)


def plans(viewer: User) -> QuerySet[Plan]:
    """Return the plans of the organisations above, at and below the viewer's own range."""
    top = Scope.top(viewer)
    if top is None:
        return Plan.objects.none()
    inside = Q(organisation__path__gte=top.path, organisation__path__lt=top.path_end)
    above = Q(organisation__path__in=top.ancestor_paths)
    found = Plan.objects.filter(inside | above).select_related("inspection", "organisation")
    return found.order_by("-inspection__fed_back_on", "organisation__path")


def get_plan(viewer: User, plan_id: int, *, lock: bool = False) -> Plan:
    """Return one plan through the viewer's eyes."""
    found = plans(viewer)
    if lock:
        found = found.select_for_update(of=("self",), no_key=True)
    plan = found.filter(pk=plan_id).first()
    if plan is None:
        raise NotVisible("没有这个方案，或您的单位看不到它")
    return plan


def get_version(viewer: User, version_id: int, *, lock: bool = False) -> PlanVersion:
    """Return one version of a plan through the viewer's eyes."""
    found = PlanVersion.objects.filter(plan__in=plans(viewer).order_by().values("pk"))
    found = found.select_related("plan__organisation", "plan__inspection", "submitted_by", "approved_by")
    if lock:
        found = found.select_for_update(of=("self",), no_key=True)
    version = found.filter(pk=version_id).first()
    if version is None:
        raise NotVisible("没有这一版方案，或您的单位看不到它")
    return version


def versions(viewer: User, plan: Plan) -> QuerySet[PlanVersion]:
    """Return the versions of a plan, the newest first."""
    found = PlanVersion.objects.filter(plan__in=plans(viewer).order_by().values("pk"), plan=plan)
    return found.select_related("submitted_by", "approved_by").order_by("-number").defer("snapshot")


def binding_plans(problem: Problem) -> list[Plan]:
    """Return the plans that bind a problem now, locked: of its region or of one above it."""
    found = Plan.objects.filter(
        inspection=problem.inspection_id,
        organisation__path__in=problem.home.ancestor_paths,
        pk__in=PlanVersion.objects.filter(state__in=BINDING_NOW).values("plan"),
    )
    locked = found.select_for_update(of=("self",), no_key=True).select_related("organisation")
    return list(locked.order_by("pk"))


def binding_version(plan: Plan) -> PlanVersion:
    """Return the version of a plan that binds now."""
    return plan.versions.filter(state__in=BINDING_NOW).order_by("-number")[0]


def content_of(version: PlanVersion) -> dict[str, Any]:
    """Return the rows a version binds: its own, or those of the version it builds on with its changes."""
    snapshot = version.snapshot or {}
    if version.state in {PlanState.DRAFT, PlanState.RETURNED} and not snapshot:
        return current_rows(version.plan)
    patches = []
    while "base" in snapshot:
        patches.append(snapshot["rows"])
        snapshot = PlanVersion.objects.values_list("snapshot", flat=True).get(pk=snapshot["base"])
    return rules_plan.apply_patches(snapshot.get("rows", {}), *reversed(patches))


def compare(
    viewer: User, version: PlanVersion
) -> tuple[PlanVersion | None, tuple[rules_plan.Difference, ...]]:
    """Return the version before this one that bound, and what differs; without one, nothing differs."""
    earlier = (
        PlanVersion.objects.filter(plan=get_plan(viewer, version.plan_id), number__lt=version.number)
        .filter(state__in=(*BINDING_NOW, PlanState.SUPERSEDED))
        .order_by("-number")
        .first()
    )
    if earlier is None:
        return None, ()
    return earlier, rules_plan.differences(content_of(earlier), content_of(version))


def current_rows(plan: Plan, problem: Problem | None = None) -> dict[str, Any]:
    """Return what the ledger holds for a plan now, as the rows of a snapshot; of one problem if given."""
    organisation = plan.organisation
    problems = Problem.objects.unscoped(WHY).filter(inspection=plan.inspection_id)
    problems = problems.filter(owner_path__gte=organisation.path, owner_path__lt=organisation.path_end)
    if problem is not None:
        problems = problems.filter(pk=problem.pk)
    found = list(problems.select_related("lead").order_by("number"))
    inside = problems.order_by().values("pk")
    measures: dict[int, list[Measure]] = {}
    for measure in Measure.objects.unscoped(WHY).filter(problem__in=inside).order_by("number"):
        measures.setdefault(measure.problem_id, []).append(measure)
    tasks: dict[int, list[Task]] = {}
    for task in (
        Task.objects.unscoped(WHY)
        .filter(problem__in=inside, parent=None)
        .select_related("owner")
        .order_by("code")
    ):
        tasks.setdefault(task.measure_id, []).append(task)
    targets: dict[int, list[str]] = {}
    for target in TaskTarget.objects.filter(task__problem__in=inside, task__parent=None).order_by("pk"):
        words = f"{target.name} {rules.plain(target.amount)} {target.unit}"
        targets.setdefault(target.task_id, []).append(words)
    parts: dict[int, list[str]] = {}
    for part in (
        Participation.objects.filter(problem__in=inside, measure=None)
        .exclude(part=Part.LEAD)
        .select_related("organisation")
        .order_by("part", "organisation__path")
    ):
        parts.setdefault(part.problem_id, []).append(f"{part.get_part_display()}：{part.organisation.name}")
    rows: dict[str, Any] = {}
    for row in found:
        rows[f"problem:{row.pk}"] = {
            "name": f"问题 {row.number}　{row.title}",
            "text": row.text,
            "goal": row.goal,
            "requirement": row.requirement,
            "standard": row.standard,
            "deadline": printed(row.deadline),
            "lead": row.lead.name,
            "parts": parts.get(row.pk, []),
        }
        for measure in measures.get(row.pk, []):
            rows[f"measure:{measure.pk}"] = {
                "name": f"问题 {row.number} 措施 {measure.number}",
                "text": measure.text,
                "deadline": printed(measure.deadline),
            }
            for task in tasks.get(measure.pk, []):
                rows[f"task:{task.pk}"] = {
                    "name": f"任务 {task.code}",
                    "text": task.text or task.title,
                    "owner": task.owner.name,
                    "deadline": printed(task.deadline),
                    "targets": targets.get(task.pk, []),
                }
    return rows


def printed(deadline: dict[str, Any]) -> str:
    """Return a stored deadline in its own words; nothing for none."""
    return deadlines.print_deadline(deadlines.from_json(deadline)) if deadline else ""


def changes(viewer: User) -> QuerySet[ChangeRequest]:
    """Return the requested changes of the problems in sight, the newest first."""
    seen = Problem.objects.visible_to(viewer).order_by().values("pk")
    found = ChangeRequest.objects.filter(problem__in=seen)
    found = found.select_related(
        "problem__home", "problem__inspection", "measure", "task__owner", "requested_by", "decided_by"
    )
    return found.order_by("-pk")


def changes_waiting(viewer: User) -> QuerySet[ChangeRequest]:
    """Return the requested changes nobody has decided on, the oldest first."""
    return changes(viewer).filter(state=ChangeState.REQUESTED).order_by("pk")


def get_change(viewer: User, change_id: int, *, lock: bool = False) -> ChangeRequest:
    """Return one requested change through the viewer's eyes."""
    found = changes(viewer).order_by()
    if lock:
        found = found.select_for_update(of=("self",), no_key=True)
    request = found.filter(pk=change_id).first()
    if request is None:
        raise NotVisible("没有这份申请，或您的单位看不到它")
    return request


def changes_of(viewer: User, problem: Problem) -> list[ChangeRequest]:
    """Return every requested change of one problem, the newest first."""
    return list(changes(viewer).filter(problem=problem))


def extensions(problem: Problem) -> dict[str, int]:
    """Count how often each row's deadline was put off: {"problem:3": 1}. Earlier dates do not count."""
    counted: dict[str, int] = {}
    for request in ChangeRequest.objects.filter(
        problem=problem, field=ChangeKind.DEADLINE, state=ChangeState.APPROVED
    ):
        if puts_off(request.old, request.new):
            key = subject_key(request)
            counted[key] = counted.get(key, 0) + 1
    return counted


def original_deadline(request_rows: list[ChangeRequest]) -> dict[str, Any] | None:
    """Return the deadline a row had before its first approved change, or None when it was never changed."""
    approved = [
        row for row in request_rows if row.field == ChangeKind.DEADLINE and row.state == ChangeState.APPROVED
    ]
    return min(approved, key=lambda row: row.pk).old if approved else None


def subject_key(request: ChangeRequest) -> str:
    """Return the key of the row a request is about, as snapshots have it."""
    if request.task_id:
        return f"task:{request.task_id}"
    return f"measure:{request.measure_id}" if request.measure_id else f"problem:{request.problem_id}"


def puts_off(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Say whether a change of deadline is an extension: a later last date, or no date where there was one."""
    before, after = _last(old), _last(new)
    return before is not None and (after is None or after > before)


def _last(deadline: dict[str, Any]) -> dt.date | None:
    return deadlines.due_date(deadlines.from_json(deadline)) if deadline else None


def inspections_to_keep(viewer: User) -> list[Inspection]:
    """Return the inspections whose problems the viewer's office may register, the newest first."""
    top = Scope.top(viewer)
    if top is None:
        return []
    near = Q(object__path__in=top.ancestor_paths) | Q(
        object__path__gte=top.path, object__path__lt=top.path_end
    )
    return list(Inspection.objects.filter(near).order_by("-fed_back_on", "-pk")[:200])


def parts_of(viewer: User, problem: Problem) -> list[Participation]:
    """Return who takes part in a problem now, by part and place in the tree."""
    found = Participation.objects.filter(problem__in=Problem.objects.visible_to(viewer).filter(pk=problem.pk))
    return list(
        found.select_related("organisation", "measure").order_by(
            "measure__number", "part", "organisation__path"
        )
    )


def sites_of(viewer: User, problem: Problem) -> list[Site]:
    """Return the 点位 of a problem in sight."""
    found = Site.objects.filter(problem__in=Problem.objects.visible_to(viewer).filter(pk=problem.pk))
    return list(found.select_related("region").order_by("name"))


def get_site(viewer: User, site_id: int) -> Site:
    """Return one 点位 of a problem in sight."""
    rows = Site.objects.filter(problem__in=Problem.objects.visible_to(viewer))
    found = rows.select_related("region", "problem__home", "problem__inspection").filter(pk=site_id).first()
    if found is None:
        raise NotVisible("没有这个点位，或您的单位看不到它")
    return found


def measures_of(viewer: User, problem: Problem) -> list[Measure]:
    """Return the measures of a problem that the viewer sees, by number."""
    return list(Measure.objects.visible_to(viewer).filter(problem=problem).order_by("number"))


def next_numbers(viewer: User, inspection: Inspection) -> tuple[int, int]:
    """Return the next free number of a problem and of a measure in an inspection."""
    del viewer  # numbers run through the whole inspection
    problem = (
        Problem.objects.unscoped(WHY).filter(inspection=inspection).aggregate(last=Max("number"))["last"] or 0
    )
    measures = Measure.objects.unscoped(WHY).filter(problem__inspection=inspection)
    return problem + 1, (measures.aggregate(last=Max("number"))["last"] or 0) + 1


def problem_by_code(viewer: User, code: str) -> Problem:
    """Return a problem in sight by the code that people write."""
    found: Problem | None = Problem.objects.visible_to(viewer).filter(code=code.strip()).first()
    if found is None:
        raise NotVisible("没有这个编号的问题，或您的单位看不到它")
    return found


def latest_versions(viewer: User, plans_: list[Plan]) -> dict[int, PlanVersion]:
    """Return the newest version of each of the given plans, which the viewer was allowed to see."""
    del viewer
    found: dict[int, PlanVersion] = {}
    rows = (
        PlanVersion.objects.filter(plan__in=[plan.pk for plan in plans_]).defer("snapshot").order_by("number")
    )
    for version in rows:
        found[version.plan_id] = version
    return found
