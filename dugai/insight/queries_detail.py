"""One problem, measure or task with everything about it side by side, in a fixed number of queries."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q

from dugai.insight import queries_history
from dugai.kernel.errors import NotVisible
from dugai.ledger import queries, queries_rows, rules, standing
from dugai.ledger.models import (
    Inspection,
    Measure,
    Milestone,
    Participation,
    Problem,
    ProblemLink,
    Site,
    Task,
)
from dugai.ledger.sight import Scope
from dugai.ledger.states import Closure, Lamp, Progress
from dugai.progress.models import Report
from dugai.progress.states import ReportState, RoundState

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from dugai.insight.queries_history import Line
    from dugai.ledger.models import TaskTarget
    from dugai.people.models import User

SEEN = "what belongs to a row the viewer has been shown"
MOST_TASKS = 300
MOST_SITES = 100
MOST_REPORTS = 600


@dataclass(frozen=True, slots=True)
class Round:
    """What one round brought for a set of tasks: how many reports were owed, came, were sent back."""

    pk: int
    title: str
    is_open: bool
    owed: int
    came: int
    returned: int
    adopted: int


@dataclass
class ProblemPage:
    """Everything the page of one problem shows, each level through the viewer's eyes."""

    problem: Problem
    measures: list[Measure]
    tasks: list[Task]
    more_tasks: bool
    targets: dict[int, list[TaskTarget]]
    reports: dict[int, ReportState]
    rounds: list[Round]
    sites: list[Site]
    links: list[ProblemLink]
    parts: dict[str, list[Participation]]
    history: list[Line]
    worst: Task | None = None


@dataclass
class TaskPage:
    """Everything the page of one task shows."""

    task: Task
    targets: list[TaskTarget]
    milestones: list[Milestone]
    children: list[Task]
    open_children: set[int]
    child_targets: dict[int, list[TaskTarget]]
    reports: list[Report]
    history: list[Line]
    explanation: str = ""


def problem_page(viewer: User, problem_id: int, open_round: int | None) -> ProblemPage:
    """Return one problem with all that belongs to it. Raises `NotVisible`."""
    problem = queries.get_problem(viewer, problem_id, with_plan=True)
    measures = list(Measure.objects.visible_to(viewer).filter(problem=problem).order_by("number"))
    return _page(viewer, problem, measures, open_round)


def measure_page(viewer: User, measure_id: int, open_round: int | None) -> tuple[Measure, ProblemPage]:
    """Return one measure and the page of its problem, cut down to this measure. Raises `NotVisible`."""
    measure = queries.get_measure(viewer, measure_id)
    return measure, _page(viewer, measure.problem, [measure], open_round, only=measure)


def _page(
    viewer: User,
    problem: Problem,
    measures: list[Measure],
    open_round: int | None,
    only: Measure | None = None,
) -> ProblemPage:
    found = Task.objects.visible_to(viewer).filter(problem=problem).select_related("owner")
    if only:
        found = found.filter(measure=only)
    tasks = list(found.order_by("measure", "code")[: MOST_TASKS + 1])
    more, tasks = len(tasks) > MOST_TASKS, tasks[:MOST_TASKS]
    reports, rounds = _reports(tasks, open_round)
    parts: dict[str, list[Participation]] = {}
    shared = Participation.objects.select_related("organisation").filter(problem=problem)
    for one in shared.filter(Q(measure=None) | Q(measure__in=[measure.pk for measure in measures])).order_by(
        "pk"
    ):
        if one.organisation_id not in {known.organisation_id for known in parts.get(one.part, [])}:
            parts.setdefault(one.part, []).append(one)
    subjects = {
        "problem": [] if only else [problem.pk],
        "measure": [measure.pk for measure in measures],
        "task": [task.pk for task in tasks],
        "report": Report.objects.unscoped(SEEN).filter(task__in=[task.pk for task in tasks]).values("pk"),
    }
    names = {("measure", measure.pk): f"措施 {measure.number}" for measure in measures}
    names |= {("task", task.pk): task.code for task in tasks}
    open_tasks = [task for task in tasks if task.is_leaf and task.lamp in {Lamp.OVERDUE, Lamp.BEHIND}]
    return ProblemPage(
        problem=problem,
        measures=measures,
        tasks=tasks,
        more_tasks=more,
        targets=queries_rows.targets_of(viewer, tasks),
        reports=reports,
        rounds=rounds,
        sites=list(
            Site.objects.select_related("region")
            .filter(Q(measure=None) | Q(measure__in=[measure.pk for measure in measures]), problem=problem)
            .order_by("pk")[:MOST_SITES]
        ),
        links=[] if only else _links(viewer, problem),
        parts=parts,
        history=queries_history.history(viewer, subjects, names=names),
        worst=min(
            open_tasks, key=lambda task: (Lamp(task.lamp).rank, task.due or task.behind_from), default=None
        ),
    )


def task_page(viewer: User, task_id: int, today: dt.date) -> TaskPage:
    """Return one task with its targets, nodes, children, reports and history. Raises `NotVisible`."""
    task = queries.get_task(viewer, task_id)
    milestones = list(Milestone.objects.filter(task=task))
    children = list(
        Task.objects.unscoped(SEEN).select_related("owner").filter(parent=task).order_by("code")[:MOST_TASKS]
    )
    targets = queries_rows.targets_of(viewer, [task, *children])
    own = targets.pop(task.pk, [])
    reports = list(
        Report.objects.unscoped(SEEN)
        .select_related("round", "reporter", "reviewer")
        .filter(task=task)
        .order_by("-round__starts_on", "-pk")[:24]
    )
    subjects: dict[str, Any] = {
        "task": [task.pk],
        "report": [report.pk for report in reports],
        "milestone": [milestone.pk for milestone in milestones],
        "task_target": [target.pk for target in own],
    }
    names = {("report", report.pk): report.round.title for report in reports}
    names |= {("milestone", node.pk): f"“{node.name}”" for node in milestones}
    names |= {("task_target", target.pk): target.name for target in own}
    return TaskPage(
        task=task,
        targets=own,
        milestones=milestones,
        children=children,
        open_children=set(
            Task.objects.visible_to(viewer).filter(parent=task).order_by().values_list("pk", flat=True)
        ),
        child_targets=targets,
        reports=reports,
        history=queries_history.history(viewer, subjects, names=names),
        explanation=explain(task, milestones, own, today),
    )


def explain(
    task: Task, milestones: Sequence[Milestone], targets: Sequence[TaskTarget], today: dt.date
) -> str:
    """Say why the lamp of a task shows what it shows, naming the rule."""
    return rules.explain_lamp(
        standing.clock_of(task, milestones, targets, today),
        progress=Progress(task.progress),
        closure=Closure(task.closure),
        today=today,
        soon_days=standing.soon_days(today),
    )


def inspection_page(viewer: User, inspection_id: int) -> tuple[Inspection, Counter[str]]:
    """Return one inspection and how many of its problems visible to the viewer have each lamp."""
    inspection = queries.get_inspection(viewer, inspection_id)
    rows = Problem.objects.visible_to(viewer).filter(inspection=inspection).order_by()
    return inspection, Counter(rows.values_list("lamp", flat=True))


def inspections(viewer: User) -> list[Inspection]:
    """Return the inspections the viewer may open, newest first."""
    top = Scope.top(viewer)
    if top is None:
        raise NotVisible("没有督察，或您的单位看不到它们")
    below = Q(object__path__startswith=top.path) | Q(object__path__in=viewer.organisation.ancestor_paths)
    return list(Inspection.objects.select_related("object").filter(below))


def _reports(tasks: Sequence[Task], open_round: int | None) -> tuple[dict[int, ReportState], list[Round]]:
    """Return the state of each task's report in the open round, and the rounds so far, newest first."""
    rows = (
        Report.objects.unscoped(SEEN)
        .filter(task__in=[task.pk for task in tasks])
        .order_by("-round__starts_on", "-round")
        .values_list("round", "round__title", "round__state", "task", "state")[:MOST_REPORTS]
    )
    states: dict[int, ReportState] = {}
    found: dict[int, tuple[str, str, Counter[str]]] = {}
    for number, title, state, task, report in rows:
        found.setdefault(number, (title, state, Counter()))[2][report] += 1
        if number == open_round:
            states[task] = ReportState(report)
    came = (ReportState.SUBMITTED, ReportState.RETURNED, ReportState.ADOPTED)
    rounds = [
        Round(
            number,
            title,
            state == RoundState.OPEN,
            counts.total(),
            sum(counts[one] for one in came),
            counts[ReportState.RETURNED],
            counts[ReportState.ADOPTED],
        )
        for number, (title, state, counts) in found.items()
    ]
    return states, rounds


def _links(viewer: User, problem: Problem) -> list[ProblemLink]:
    """Return the links of a problem whose other end the viewer may see."""
    # Each other end is looked up for itself; as a list of ids all that the viewer sees would be read first.
    seen = Problem.objects.visible_to(viewer).order_by()
    later = Q(earlier=problem) & Exists(seen.filter(pk=OuterRef("later")))
    earlier = Q(later=problem) & Exists(seen.filter(pk=OuterRef("earlier")))
    links = ProblemLink.objects.select_related("earlier", "later")
    return list(links.filter(later | earlier).order_by("pk"))
