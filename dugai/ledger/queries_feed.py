"""The lists of the ledger for programs: filtered, in the order of one index, page by page behind a key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from dugai.kernel.pages import Order, Page, Place, page
from dugai.ledger import queries, queries_plan, search
from dugai.ledger.models import Inspection, Measure, Participation, Problem, Task
from dugai.ledger.sight import Scope
from dugai.people import queries as people

if TYPE_CHECKING:
    import datetime as dt

    from dugai.people.models import User


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of problems or tasks may be narrowed by; None asks for everything.

    `region` is an organisation whose subtree owns the rows; `owner` is the unit of a task or the lead of a
    problem; `leaf` is for tasks alone; a row holds all words of `q`, as in the lists (`search.holding`).
    """

    inspection: int | None = None
    problem: int | None = None
    measure: int | None = None
    region: int | None = None
    owner: int | None = None
    lamp: tuple[str, ...] = ()
    progress: str | None = None
    closure: str | None = None
    source_class: str | None = None
    sector: str | None = None
    due_from: dt.date | None = None
    due_until: dt.date | None = None
    leaf: bool | None = None
    q: str | None = None


def inspections(viewer: User, order: Order, after: Place | None, limit: int) -> Page[Inspection]:
    """Return inspections of objects above, at and below the viewer's own organisation."""
    if viewer.is_admin:
        return Page([], None)
    top = Scope.top(viewer) or viewer.organisation
    near = Q(object__path__in=viewer.organisation.ancestor_paths) | Q(
        object__path__gte=top.path, object__path__lt=top.path_end
    )
    return page(Inspection.objects.filter(near).select_related("object"), order, after, limit)


def problems(viewer: User, filters: Filters, order: Order, after: Place | None, limit: int) -> Page[Problem]:
    """Return problems in sight."""
    found = Problem.objects.visible_to(viewer).filter(_common(viewer, filters, ""))
    if filters.owner is not None:
        found = found.filter(lead=filters.owner)
    found = search.holding(found, filters.q or "", "problem")
    return page(found.select_related("home", "lead", "leader"), order, after, limit)


def tasks(viewer: User, filters: Filters, order: Order, after: Place | None, limit: int) -> Page[Task]:
    """Return tasks in sight."""
    found = Task.objects.visible_to(viewer).filter(_common(viewer, filters, "problem__"))
    exact = {
        "owner": filters.owner,
        "problem": filters.problem,
        "measure": filters.measure,
        "is_leaf": filters.leaf,
    }
    found = found.filter(**{name: value for name, value in exact.items() if value is not None})
    found = search.holding(found, filters.q or "", "task")
    return page(found.select_related("owner"), order, after, limit)


def measures(viewer: User, problem_id: int, order: Order, after: Place | None, limit: int) -> Page[Measure]:
    """Return the measures of a problem in sight."""
    problem = queries.get_problem(viewer, problem_id)
    return page(Measure.objects.visible_to(viewer).filter(problem=problem), order, after, limit)


def whole_problem(viewer: User, problem_id: int) -> Problem:
    """Return one problem with its parts and the measures in sight, in a constant number of queries."""
    problem = queries.get_problem(viewer, problem_id)
    parts = Participation.objects.filter(measure=None).select_related("organisation").order_by("part", "pk")
    measures_seen = Measure.objects.visible_to(viewer).filter(problem=problem).order_by("number", "pk")
    problem.parts_shown = list(parts.filter(problem=problem))  # type: ignore[attr-defined]
    problem.measures_shown = list(measures_seen)  # type: ignore[attr-defined]
    return problem


def whole_task(viewer: User, task_id: int) -> Task:
    """Return one task with its targets, its milestones and the children in sight."""
    task = queries.get_task(viewer, task_id)
    children = Task.objects.visible_to(viewer).filter(parent=task).select_related("owner").order_by("code")
    task.targets_shown = list(task.targets.order_by("pk"))  # type: ignore[attr-defined]
    task.milestones_shown = list(task.milestones.order_by("due", "pk"))  # type: ignore[attr-defined]
    task.children_shown = list(children)  # type: ignore[attr-defined]
    return task


def plans(viewer: User, order: Order, after: Place | None, limit: int) -> Page[Any]:
    """Return the plans in sight."""
    return page(queries_plan.plans(viewer), order, after, limit)


def versions(viewer: User, plan_id: int, order: Order, after: Place | None, limit: int) -> Page[Any]:
    """Return the versions of a plan in sight."""
    plan = queries_plan.get_plan(viewer, plan_id)
    return page(queries_plan.versions(viewer, plan).select_related("plan"), order, after, limit)


def changes(  # noqa: PLR0917  a filter each
    viewer: User,
    problem_id: int | None,
    state: str | None,
    order: Order,
    after: Place | None,
    limit: int,
) -> Page[Any]:
    """Return requested changes in sight, of one problem or in one state if given."""
    found = queries_plan.changes(viewer)
    if problem_id is not None:
        found = found.filter(problem=problem_id)
    if state is not None:
        found = found.filter(state=state)
    return page(found, order, after, limit)


def _common(viewer: User, filters: Filters, prefix: str) -> Q:
    """Return the conditions both levels have; those on the problem behind a task carry the prefix."""
    named = {
        f"{prefix}inspection": filters.inspection,
        f"{prefix}source_class": filters.source_class,
        f"{prefix}sector": filters.sector,
        "progress": filters.progress,
        "closure": filters.closure,
        "due__gte": filters.due_from,
        "due__lte": filters.due_until,
    }
    found = Q(**{name: value for name, value in named.items() if value is not None})
    if filters.lamp:
        found &= Q(lamp__in=filters.lamp)
    if filters.region is not None:
        found &= Scope.subtree(people.get_organisation(viewer, filters.region))
    return found
