"""What stands beside the rows of a list: their targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dugai.ledger.models import TaskTarget

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dugai.ledger.models import Task
    from dugai.people.models import User


def targets_of(viewer: User, tasks: Iterable[Task]) -> dict[int, list[TaskTarget]]:
    """Return the targets of tasks the viewer has already been shown, by task, in one query."""
    del viewer  # the tasks were read through the viewer's eyes
    found: dict[int, list[TaskTarget]] = {}
    for target in TaskTarget.objects.filter(task__in=[task.pk for task in tasks]).order_by("pk"):
        found.setdefault(target.task_id, []).append(target)
    return found
