"""进度图: open tasks with their beginning, their end and their nodes, for one problem or for a list."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dugai.ledger import queries, queries_list
from dugai.ledger.listing import ClosureGroup
from dugai.ledger.models import Milestone, Task

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from dugai.ledger.listing import Ask
    from dugai.ledger.models import Problem
    from dugai.people.models import User

MOST = 100
RELATED = ("owner", "problem__inspection")


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A task with its nodes by date; `start` is the day of the feedback, None when not registered."""

    task: Task
    start: dt.date | None
    nodes: list[Milestone] = field(default_factory=list)


def of_problem(viewer: User, problem_id: int) -> tuple[Problem, list[Scheduled], bool]:
    """Return a problem, its lowest tasks by date, and whether there are more. Raises `NotVisible`."""
    problem = queries.get_problem(viewer, problem_id)
    rows = Task.objects.visible_to(viewer).filter(problem=problem, is_leaf=True).select_related(*RELATED)
    tasks = list(rows.order_by("due", "pk")[: MOST + 1])
    return problem, _with_nodes(tasks[:MOST]), len(tasks) > MOST


def of_list(viewer: User, ask: Ask) -> tuple[queries_list.Ground, list[Scheduled], bool]:
    """Return where a list looks, its most urgent open tasks, and whether there are more."""
    ask = ask.but(closure=ask.closure or ClosureGroup.UNCLOSED)
    where = queries_list.ground(viewer, ask)
    rows = queries_list.tasks(viewer, ask, where)
    known = queries_list.few(viewer, rows, where)
    page = queries_list.page_of(viewer, rows, ask, RELATED, size=MOST, known=known)
    return where, _with_nodes(page.rows), page.after is not None


def _with_nodes(tasks: Sequence[Task]) -> list[Scheduled]:
    found = [Scheduled(task, task.problem.inspection.fed_back_on) for task in tasks]
    by_task = {one.task.pk: one.nodes for one in found}
    for node in Milestone.objects.filter(task__in=list(by_task)).order_by("due", "pk"):
        by_task[node.task_id].append(node)
    return found
