"""Derived columns: due dates, lamps and roll-ups follow from rows and rules, inside the same transaction.

Nothing here is decided and nothing here is an event: the same inputs always give the same columns,
and `dugai verify rows` recomputes them.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from dugai.kernel import clock
from dugai.ledger import deadlines, rules, tallies
from dugai.ledger.models import Measure, Milestone, Problem, Task, TaskTarget
from dugai.ledger.states import Lamp, Progress
from dugai.rulebook import queries as rulebook

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WHY = "derived columns of the whole ledger, nobody is looking"
FALLING = (Lamp.ONTRACK, Lamp.SOON, Lamp.BEHIND)


def soon_days(today: dt.date) -> int:
    """Return how many days before its date a task counts as 临期, by the rules of the day."""
    return int(rulebook.public_rules("lamps", today)["soon_days"])


def set_columns(
    task: Task,
    *,
    milestones: Sequence[Milestone],
    targets: Sequence[TaskTarget],
    today: dt.date,
    soon: int | None = None,
) -> None:
    """Compute `due`, `behind_from` and `lamp` of a task from its own values; the caller saves."""
    deadline = deadlines.from_json(task.deadline) if task.deadline else None
    task.due = deadlines.due_date(deadline) if deadline else None
    task.behind_from = rules.behind_from(
        due=task.due,
        internal_due=task.internal_due,
        milestones=[rules.MilestoneFact(row.due, row.met_on, row.planned_percent) for row in milestones],
        quantities=[rules.QuantityFact(row.amount, row.done) for row in targets],
        progress=Progress(task.progress),
    )
    task.lamp = rules.lamp(
        closure=task.closure,
        progress=task.progress,
        due=task.due,
        behind_from=task.behind_from,
        today=today,
        soon_days=soon if soon is not None else soon_days(today),
    )


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
    leaves: dict[int, list[tuple[str, dt.date | None, str]]] = {pk: [] for pk in measures}
    rows = Task.objects.unscoped(WHY).filter(problem__in=ids, is_leaf=True)
    for measure, lamp, due, progress in rows.values_list("measure", "lamp", "due", "progress"):
        leaves[measure].append((lamp, due, progress))
    below: dict[int, list[tuple[str, dt.date | None, str]]] = {pk: [] for pk in problems}
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
    parts: list[tuple[str, dt.date | None, str]],
    path: str,
    level: str,
    delta: tallies.Delta,
) -> None:
    old = row.lamp
    if parts:
        row.lamp = rules.worst_lamp([Lamp(lamp) for lamp, _, _ in parts])
        row.due = max((due for _, due, _ in parts if due), default=None)
        row.progress = rules.joint_progress([Progress(progress) for _, _, progress in parts])
    delta.move(level, path, old, row.lamp)


@transaction.atomic
def roll_day(today: dt.date | None = None, batch: int = 5000) -> int:
    """Bring every lamp to `today`; return how many tasks changed. Cheap: only dates that were reached are read.

    Runs at the start of each day, and again without harm at any time.
    """
    today = today or clock.today()
    soon = soon_days(today)
    horizon = today + dt.timedelta(days=soon)
    reached = (
        Q(lamp__in=FALLING, due__lt=today)
        | Q(lamp__in=(Lamp.ONTRACK, Lamp.SOON), behind_from__lte=today)
        | Q(lamp=Lamp.ONTRACK, due__lte=horizon)
    )
    changed = 0
    while True:
        found = list(Task.objects.unscoped(WHY).filter(reached).order_by("pk").values_list("pk", flat=True)[:batch])
        if not found:
            return changed
        before = dict(Task.objects.unscoped(WHY).filter(pk__in=found).values_list("pk", "lamp"))
        refresh_tasks(found, today)
        after = dict(Task.objects.unscoped(WHY).filter(pk__in=found).values_list("pk", "lamp"))
        moved = sum(before[pk] != after[pk] for pk in found)
        changed += moved
        if moved == 0:
            return changed
