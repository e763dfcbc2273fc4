"""Derived columns: due dates, lamps and roll-ups follow from rows and rules, inside the same transaction.

Nothing here is decided and nothing here is an event: the same inputs always give the same columns,
and `dugai verify rows` recomputes them.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max, Q

from dugai.kernel import clock
from dugai.kernel.months import Period
from dugai.ledger import deadlines, rollup, rules, tallies
from dugai.ledger.models import Measure, Milestone, Problem, Task, TaskTarget
from dugai.ledger.states import Closure, Lamp, Progress
from dugai.rulebook import queries as rulebook

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WHY = "derived columns of the whole ledger, nobody is looking"
Part = tuple[str, dt.date | None, str]
"""What a parent needs of one row below it: lamp, due date, progress."""
FALLING = (Lamp.ONTRACK, Lamp.SOON, Lamp.BEHIND)


def soon_days(today: dt.date) -> int:
    """Return how many days before its date a task counts as 临期, by the rules of the day."""
    return int(rulebook.public_rules("lamps", today)["soon_days"])


def clock_of(
    task: Task, milestones: Sequence[Milestone], targets: Sequence[TaskTarget], today: dt.date
) -> rules.Clock:
    """Return the dates and quantities that decide the time status of a task.

    A standing duty owes its next proof by the end of the evidence period after its last report.
    """
    deadline = deadlines.from_json(task.deadline) if task.deadline else None
    evidence_due = None
    if isinstance(deadline, deadlines.Deadline) and deadline.standing:
        kind = deadline.evidence or deadlines.DEFAULT_EVIDENCE
        period = Period.of(kind, task.last_report_on or today)
        evidence_due = (period.next() if task.last_report_on else period).end
    nodes = [rules.Milestone(row.name, row.due, row.met_on, row.weight, row.planned) for row in milestones]
    return rules.Clock(
        due=deadlines.due_date(deadline) if deadline else None,
        internal_due=task.internal_due,
        milestones=tuple(nodes),
        done=targets[0].done if len(targets) == 1 else None,
        evidence_due=evidence_due,
    )


def milestones_for(task: Task) -> list[Milestone]:
    """Return unsaved milestones for the earlier dated parts of a compound deadline, one a part."""
    if not task.deadline:
        return []
    nodes = rules.milestones_of(deadlines.from_json(task.deadline))
    return [Milestone(task=task, name=node.name[:200], due=node.due) for node in nodes]


def with_internal_date(deadline: dict[str, Any], issued: dt.date | None) -> dict[str, Any]:
    """Give 立行立改 without a date its internal one, counted from the feedback, so that it can fall due."""
    if not deadline:
        return deadline
    found = deadlines.from_json(deadline)
    if isinstance(found, deadlines.Deadline):
        dated = deadlines.with_default_internal_due(found, issued=issued or clock.today())
        return deadline if dated is found else deadlines.to_json(dated)
    return deadline


def set_columns(
    task: Task,
    *,
    milestones: Sequence[Milestone],
    targets: Sequence[TaskTarget],
    today: dt.date,
    soon: int | None = None,
) -> None:
    """Compute `due`, `behind_from` and `lamp` of a task from its own values; the caller saves."""
    clock_ = clock_of(task, milestones, targets, today)
    progress, closure = Progress(task.progress), Closure(task.closure)
    task.due = clock_.due
    task.behind_from = rules.behind_from(clock_, progress=progress, closure=closure)
    days = soon if soon is not None else soon_days(today)
    task.lamp = rules.lamp(closure, progress, task.due, task.behind_from, today, days)


def refresh_tasks(task_ids: Iterable[int], today: dt.date) -> None:
    """Recompute the derived columns of tasks, then of their measures and problems, and the roll-ups."""
    ids = list(task_ids)
    soon = soon_days(today)
    delta = tallies.Delta()
    tasks = list(Task.objects.unscoped(WHY).filter(pk__in=ids))
    milestones: dict[int, list[Milestone]] = {pk: [] for pk in ids}
    for row in Milestone.objects.filter(task__in=ids):
        milestones[row.task_id].append(row)
    targets: dict[int, list[TaskTarget]] = {pk: [] for pk in ids}
    for target in TaskTarget.objects.filter(task__in=ids):
        targets[target.task_id].append(target)
    for task in tasks:
        old = task.lamp
        set_columns(task, milestones=milestones[task.pk], targets=targets[task.pk], today=today, soon=soon)
        if task.is_leaf:
            delta.move(tallies.TASK, task.owner_path, old, task.lamp)
    Task.objects.unscoped(WHY).bulk_update(tasks, ["due", "behind_from", "lamp"], batch_size=500)
    delta.write()
    refresh_problems({task.problem_id for task in tasks}, today)


def refresh_problems(problem_ids: Iterable[int], today: dt.date) -> None:
    """Recompute lamp, due date and progress of problems and their measures from their open leaf tasks."""
    del today
    ids = list(problem_ids)
    delta = tallies.Delta()
    for start in range(0, len(ids), 500):
        _refresh_problem_batch(ids[start : start + 500], delta)
    delta.write()


def _refresh_problem_batch(ids: list[int], delta: tallies.Delta) -> None:
    problems = {row.pk: row for row in Problem.objects.unscoped(WHY).filter(pk__in=ids)}
    measures = {row.pk: row for row in Measure.objects.unscoped(WHY).filter(problem__in=ids)}
    leaves: dict[int, list[Part]] = {pk: [] for pk in measures}
    rows = Task.objects.unscoped(WHY).filter(problem__in=ids, is_leaf=True).order_by()
    grouped = rows.values_list("measure", "lamp", "progress").annotate(last=Max("due"))
    for measure, lamp, progress, last in grouped:
        leaves[measure].append((lamp, last, progress))
    below: dict[int, list[Part]] = {pk: [] for pk in problems}
    for measure_row in measures.values():
        path = problems[measure_row.problem_id].owner_path
        own = leaves[measure_row.pk]
        _derive(measure_row, own, path, tallies.MEASURE, delta)
        below[measure_row.problem_id] += [(measure_row.lamp, measure_row.due, measure_row.progress)]
    for problem in problems.values():
        _derive(problem, below[problem.pk], problem.owner_path, tallies.PROBLEM, delta)
    columns = ["lamp", "due", "progress"]
    Measure.objects.unscoped(WHY).bulk_update(list(measures.values()), columns, batch_size=500)
    Problem.objects.unscoped(WHY).bulk_update(list(problems.values()), columns, batch_size=500)


def _derive(
    row: Measure | Problem,
    parts: list[Part],
    path: str,
    level: str,
    delta: tallies.Delta,
) -> None:
    old = row.lamp
    derive_from(row, parts)
    delta.move(level, path, old, row.lamp)


def derive_from(row: Measure | Problem, parts: Sequence[Part]) -> None:
    """Set lamp, due date and progress of a row from what is below it: (lamp, due, progress) each.

    Nothing below leaves the row as it is. The caller saves, and keeps the roll-ups.
    """
    if parts:
        row.lamp = rules.worst_lamp([Lamp(lamp) for lamp, _, _ in parts]) or Lamp.ONTRACK
        row.due = max((due for _, due, _ in parts if due), default=None)
        row.progress = rollup.derive_parent(
            [rollup.Child(Progress(progress)) for _, _, progress in parts]
        ).progress


@transaction.atomic
def roll_day(today: dt.date | None = None, batch: int = 5000) -> int:
    """Bring every lamp to `today`; return how many tasks changed. Only dates that were reached are read.

    Runs at the start of each day, and again without harm at any time. Lamps that ran ahead because the clock
    was wrong for a while come back too.
    """
    today = today or clock.today()
    soon = soon_days(today)
    horizon = today + dt.timedelta(days=soon)
    reached = (
        Q(lamp__in=FALLING, due__lt=today)
        | Q(lamp__in=(Lamp.ONTRACK, Lamp.SOON), behind_from__lte=today)
        | Q(lamp=Lamp.ONTRACK, due__lte=horizon)
        | Q(lamp=Lamp.OVERDUE, due__gte=today)
        | Q(lamp=Lamp.BEHIND, behind_from__gt=today)
        | Q(lamp=Lamp.SOON, due__gt=horizon)
    )
    changed: int = 0
    while True:
        found = list(
            Task.objects.unscoped(WHY).filter(reached).order_by("pk").values_list("pk", flat=True)[:batch]
        )
        if not found:
            return changed
        before = dict(Task.objects.unscoped(WHY).filter(pk__in=found).values_list("pk", "lamp"))
        refresh_tasks(found, today)
        after = dict(Task.objects.unscoped(WHY).filter(pk__in=found).values_list("pk", "lamp"))
        moved = sum(before[pk] != after[pk] for pk in found)
        changed += int(moved)
        if moved == 0:
            return changed
