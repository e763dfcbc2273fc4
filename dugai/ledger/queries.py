"""Questions about the ledger. The viewer comes first; what is out of sight does not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef

from dugai.journal.services import require_version
from dugai.kernel.errors import NotVisible
from dugai.ledger import tallies
from dugai.ledger.models import Inspection, Measure, PlanVersion, Problem, Task
from dugai.ledger.sight import Scope
from dugai.ledger.states import Lamp, PlanState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dugai.journal.models import Recorded
    from dugai.people.models import Organisation, User

MANY = 800
"""How many values go into one IN list; SQLite allows some thousands."""
BINDING = (PlanState.APPROVED, PlanState.PUBLISHED, PlanState.SUPERSEDED)
REVISED = (PlanState.DRAFT, PlanState.RETURNED)


def get_inspection(viewer: User, inspection_id: int) -> Inspection:
    """Return one inspection the viewer has a problem of, or whose object they oversee."""
    found = Inspection.objects.select_related("object").filter(pk=inspection_id).first()
    if found is not None and not viewer.is_admin:
        top = Scope.top(viewer) or viewer.organisation  # an office oversees its region, not itself
        if found.object.is_within(top) or viewer.organisation.is_within(found.object):
            return found
    message = "没有这次督察，或您的单位看不到它"
    raise NotVisible(message)


def get_problem(viewer: User, problem_id: int, *, lock: bool = False, with_plan: bool = False) -> Problem:
    """Return one problem through the viewer's eyes, locked for a change if asked.

    `with_plan` asks in the same query what `plan_locks` will be asked.
    """
    found = Problem.objects.visible_to(viewer).select_related("home", "lead", "inspection", "leader")
    if with_plan:
        home = ExpressionWrapper(OuterRef("home__path"), output_field=CharField())
        plans = PlanVersion.objects.annotate(home=home).filter(
            plan__inspection=OuterRef("inspection"), home__startswith=F("plan__organisation__path")
        )
        found = found.annotate(
            plan_locked=Exists(plans.filter(state__in=BINDING)) & ~Exists(plans.filter(state__in=REVISED))
        )
    if lock:
        found = found.select_for_update(of=("self",), no_key=True)
    problem: Problem | None = found.filter(pk=problem_id).first()
    if problem is None:
        message = "没有这个问题，或您的单位看不到它"
        raise NotVisible(message)
    return problem


def get_measure(viewer: User, measure_id: int, *, lock: bool = False) -> Measure:
    """Return one measure through the viewer's eyes."""
    found = Measure.objects.visible_to(viewer).select_related("problem__home", "problem__lead")
    if lock:
        found = found.select_for_update(of=("self",), no_key=True)
    measure: Measure | None = found.filter(pk=measure_id).first()
    if measure is None:
        message = "没有这条措施，或您的单位看不到它"
        raise NotVisible(message)
    return measure


def get_task(viewer: User, task_id: int, *, lock: bool = False) -> Task:
    """Return one task through the viewer's eyes."""
    found = Task.objects.visible_to(viewer).select_related("owner", "measure", "problem__home", "parent")
    if lock:
        found = found.select_for_update(of=("self",), no_key=True)
    task: Task | None = found.filter(pk=task_id).first()
    if task is None:
        message = "没有这项任务，或您的单位看不到它"
        raise NotVisible(message)
    return task


def require_seen(subject: Recorded, seen_version: int) -> None:
    """Refuse (409) when the actor saw another version of the row."""
    require_version(subject, seen_version)


def taken_problem_numbers(inspection: Inspection, numbers: Iterable[int]) -> set[int]:
    """Return those of `numbers` that the inspection already has."""
    wanted = list(numbers)
    rows = Problem.objects.unscoped("numbers are unique across the whole inspection").filter(
        inspection=inspection
    )
    found: set[int] = set()
    for start in range(0, len(wanted), MANY):
        found.update(rows.filter(number__in=wanted[start : start + MANY]).values_list("number", flat=True))
    return found


def plan_binds(problem: Problem) -> bool:
    """Say whether an approved plan binds the problem's wording, dates and owners.

    It is a plan for the problem's inspection, of the problem's region or of one above it.
    """
    above = problem.home.ancestor_paths
    plans = PlanVersion.objects.filter(
        plan__inspection=problem.inspection_id, plan__organisation__path__in=above
    )
    return plans.filter(state__in=BINDING).exists()


def plan_under_revision(problem: Problem) -> bool:
    """Say whether the next version of a plan that covers the problem is being drafted."""
    above = problem.home.ancestor_paths
    plans = PlanVersion.objects.filter(
        plan__inspection=problem.inspection_id, plan__organisation__path__in=above
    )
    return plans.filter(state__in=REVISED).exists()


def plan_locks(problem: Problem) -> bool:
    """Say whether a plan binds the problem and its next version is not being drafted."""
    known: bool | None = problem.__dict__.get("plan_locked")
    if known is not None:
        return known
    return plan_binds(problem) and not plan_under_revision(problem)


def lamp_counts(
    viewer: User, organisations: Iterable[Organisation], level: str = tallies.TASK
) -> dict[int, dict[str, int]]:
    """Return {organisation id: {lamp: count}} for organisations inside the viewer's own subtree.

    The cost is that of a few roll-up rows. Organisations out of sight are left out.
    """
    top = Scope.top(viewer)
    if top is None:
        return {}
    inside = [organisation.pk for organisation in organisations if organisation.is_within(top)]
    found = tallies.counts_of(inside, level)
    return {pk: {lamp: counts.get(lamp, 0) for lamp in Lamp.values} for pk, counts in found.items()}
