"""到期提醒: once a day dates of tasks and rounds are read, and what comes near is written into the journal.

From there it reaches people like any other event. How many days before is rule data (`reminders`). A cursor
holds the last day that was read and commits with the events, so each step of each date is named once; after
days without a run the nearest step stands for those that were missed.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction

from dugai.jobs.models import Cursor
from dugai.journal.services import Draft, record_many
from dugai.kernel import clock
from dugai.ledger.models import Task
from dugai.ledger.states import DONE_PROGRESS, WORKING_CLOSURES
from dugai.notices.rules_delivery import reminder_step
from dugai.progress.models import Round
from dugai.progress.states import RoundState
from dugai.rulebook import queries as rulebook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dugai.people.models import Organisation

CURSOR = "notices.reminders"
WHY = "dates are read for everybody; who hears of them is the audience's matter"
FARTHEST = 366
CHUNK = 500


@transaction.atomic
def remind() -> int:
    """Write today's reminders into the journal; return how many. A second run on the same day writes none."""
    today = clock.today()
    yesterday = today.toordinal() - 1
    cursor, _ = Cursor.objects.select_for_update().get_or_create(
        name=CURSOR, defaults={"position": yesterday}
    )
    last = dt.date.fromordinal(cursor.position)
    if last >= today:
        return 0
    steps = _Steps(today)
    count = record_many(actor=None, drafts=_tasks(steps, last, today))
    count += record_many(actor=None, drafts=_rounds(steps, last, today))
    cursor.position, cursor.at = today.toordinal(), clock.now()
    cursor.save(update_fields=["position", "at"])
    return count


class _Steps:
    """The days before a date on which a region's people are reminded, each region asked once."""

    def __init__(self, today: dt.date) -> None:
        self._today = today
        self._known: dict[int, dict[str, Any]] = {}

    def of(self, region: Organisation, name: str) -> list[int]:
        """Return the steps called `name` that hold for `region`; what is no number of days is left out."""
        if region.pk not in self._known:
            self._known[region.pk] = rulebook.public_rules("reminders", self._today, region)
        values = self._known[region.pk].get(name, [])
        return [step for step in values if isinstance(step, int) and 0 <= step <= FARTHEST]


def _tasks(steps: _Steps, last: dt.date, today: dt.date) -> Iterator[Draft]:
    rows = (
        Task.objects.unscoped(WHY)
        .filter(is_leaf=True, closure__in=WORKING_CLOSURES, due__gte=today, due__lte=_end(today))
        .exclude(progress__in=DONE_PROGRESS)
        .select_related("owner")
        .order_by("pk")
    )
    for task in rows.iterator(chunk_size=CHUNK):
        step = reminder_step(task.due, steps.of(task.owner, "task_days"), last, today)
        if step is not None:
            yield _draft("task.due_soon", task, task.due, step, today)


def _rounds(steps: _Steps, last: dt.date, today: dt.date) -> Iterator[Draft]:
    rows = Round.objects.unscoped(WHY).filter(
        state=RoundState.OPEN, due_on__gte=today, due_on__lte=_end(today)
    )
    for round_ in rows.select_related("region").order_by("pk"):
        step = reminder_step(round_.due_on, steps.of(round_.region, "round_days"), last, today)
        if step is not None:
            yield _draft("round.due_soon", round_, round_.due_on, step, today)


def _end(today: dt.date) -> dt.date:
    return today + dt.timedelta(days=FARTHEST)


def _draft(kind: str, row: Task | Round, due: dt.date, step: int, today: dt.date) -> Draft:
    told = {"due": due, "step": step, "days": (due - today).days}
    return Draft(kind=kind, subject=row, after=told, changed=False)
