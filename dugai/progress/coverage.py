"""What a round covers: the open leaf tasks of its region, and those that owe no report in it yet.

Whether the office may call a round over the region was asked before.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from dugai.journal.models import Event
from dugai.kernel import clock
from dugai.ledger.models import Task
from dugai.ledger.sight import Scope
from dugai.ledger.states import WORKING_CLOSURES, Lamp, SourceClass
from dugai.progress.models import Report, Round

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dugai.ledger.models_task import TaskQuerySet
    from dugai.people.models import Organisation

WHY = "a round covers every open task of its region; whether the office may call it was asked before"
FILTERS = ("inspection", "source_class", "sector", "lamp")


def tasks_in_scope(region: Organisation, filters: Mapping[str, Any]) -> TaskQuerySet:
    """Return the open leaf tasks a round over `region` with `filters` covers."""
    found: TaskQuerySet = Task.objects.unscoped(WHY).filter(
        Scope.subtree(region), is_leaf=True, closure__in=WORKING_CLOSURES
    )
    if filters.get("inspection"):
        found = found.filter(problem__inspection=filters["inspection"])
    if filters.get("source_class"):
        found = found.filter(problem__source_class=filters["source_class"])
    if filters.get("sector"):
        found = found.filter(problem__sector=filters["sector"])
    if filters.get("lamp"):
        found = found.filter(lamp__in=filters["lamp"])
    return found


def uncovered(round_: Round) -> TaskQuerySet:
    """Return open tasks of the round's scope that owe no report in it: registered or split since it began."""
    reported = Report.objects.unscoped(WHY).filter(round=round_.pk).values("task")
    return tasks_in_scope(round_.region, round_.filters).exclude(pk__in=reported)


def last_reminder(round_: Round) -> Event | None:
    """Return the latest reminder of a round."""
    return (
        Event.objects.filter(kind="round.reminded", subject_type=Round.subject_type, subject_id=round_.pk)
        .order_by("-pk")
        .first()
    )


def filter_choices() -> dict[str, list[tuple[str, str]]]:
    """Return the closed lists of the filters."""
    return {"source_class": SourceClass.choices, "lamp": Lamp.choices[:4]}


def is_due(round_: Round, today: dt.date | None = None) -> bool:
    """Say whether the due day has passed."""
    return (today or clock.today()) > round_.due_on
