"""What is one account's today: waiting for a decision, sent back, overdue, due soon."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dugai.insight import queries_frame
from dugai.insight import queries_today as home
from dugai.ledger.models import Task
from dugai.ledger.states import DONE_PROGRESS, WORKING_CLOSURES
from dugai.people.states import UNIT_ROLES
from dugai.progress.models import Report
from dugai.progress.states import ReportState
from dugai.rulebook import queries as rulebook

if TYPE_CHECKING:
    from dugai.people.models import User

SHOWN = 8
LONGEST = 60
DESKS = {"review_desk": "等您审核的报告", "changes": "等您审批的调整申请", "plans": "等您审定的方案"}


@dataclass(frozen=True, slots=True)
class Matter:
    """One kind of thing that is somebody's today: the words, how many, the page, and the first few rows.

    A row is its words and what it leads to, such as `task 12`.
    """

    words: str
    count: int
    place: str
    rows: list[tuple[str, str]] = field(default_factory=list)


def matters(viewer: User, today: dt.date) -> list[Matter]:
    """Return what is the viewer's today; an empty list for a day with nothing to do."""
    found = [Matter(DESKS[one.place], one.count, one.place) for one in home.waiting(viewer)]
    if viewer.role in UNIT_ROLES:
        found += _reports(viewer, today) + _tasks(viewer, today)
    return found


def _reports(viewer: User, today: dt.date) -> list[Matter]:
    """What the unit still owes in the open round, what was sent back apart."""
    round_ = queries_frame.open_round(viewer, today)
    if round_ is None:
        return []
    found = []
    for words, states in (
        ("被退回的报告", (ReportState.RETURNED,)),
        (f"{round_.short_title}还没报（{round_.words}）的", (ReportState.OWED, ReportState.DRAFT)),
    ):
        rows = Report.objects.visible_to(viewer).filter(
            round=round_.pk, owner=viewer.organisation_id, state__in=states
        )
        count = rows.count()
        if count:
            first = rows.order_by("task__due", "pk").values_list("pk", "task__code", "task__title")[:SHOWN]
            shown = [(f"{code} {title[:LONGEST]}", f"report {pk}") for pk, code, title in first]
            found.append(Matter(words, count, "my_reports", shown))
    return found


def _tasks(viewer: User, today: dt.date) -> list[Matter]:
    """The unit's own tasks that are overdue or fall due within the days of the lamp."""
    soon = dt.timedelta(days=int(rulebook.public_rules("lamps", today)["soon_days"]))
    own = (
        Task.objects.visible_to(viewer)
        .filter(owner=viewer.organisation_id, is_leaf=True, closure__in=WORKING_CLOSURES)
        .exclude(progress__in=DONE_PROGRESS)
        .order_by("due", "pk")
    )
    found = []
    for words, rows in (
        ("超期的任务", own.filter(due__lt=today)),
        ("临近到期的任务", own.filter(due__gte=today, due__lte=today + soon)),
    ):
        count = rows.count()
        if count:
            first = rows.values_list("pk", "code", "title", "due")[:SHOWN]
            shown = [
                (f"{code} {title[:LONGEST]}（{due:%Y-%m-%d}）", f"task {pk}")
                for pk, code, title, due in first
            ]
            found.append(Matter(words, count, "tasks", shown))
    return found
