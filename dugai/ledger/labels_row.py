"""The published label of a stored row: its lamp already says what time says."""

from __future__ import annotations

import datetime as dt
from typing import Any

from dugai.ledger import deadlines
from dugai.ledger.labels import published_label
from dugai.ledger.states import Closure, Lamp, Progress, TimeStatus

TIME_OF = {
    Lamp.OVERDUE: TimeStatus.OVERDUE,
    Lamp.BEHIND: TimeStatus.BEHIND,
    Lamp.SOON: TimeStatus.DUE_SOON,
}


def time_of(lamp: Lamp, due: dt.date | None, behind_from: dt.date | None = None) -> TimeStatus:
    """Return the time status that lit `lamp`; without any date nothing is due yet."""
    if lamp is Lamp.ONTRACK and due is None and behind_from is None:
        return TimeStatus.NOT_DUE
    return TIME_OF.get(lamp, TimeStatus.ON_SCHEDULE)


def is_standing(deadline: dict[str, Any]) -> bool:
    """Say whether the wording of a stored deadline asks for lasting work (长期坚持)."""
    found = deadlines.from_json(deadline) if deadline else None
    return isinstance(found, deadlines.Deadline) and found.standing


def label_of_row(row: Any) -> str:
    """Return the published label of a task, measure or problem from its stored columns."""
    return published_label(
        Progress(row.progress),
        time_of(Lamp(row.lamp), row.due, getattr(row, "behind_from", None)),
        Closure(row.closure),
        has_standing_part=is_standing(row.deadline),
    )


def deadline_words(deadline: dict[str, Any]) -> str:
    """Return the wording of a stored deadline as it was quoted, else as it prints."""
    if not deadline:
        return ""
    found = deadlines.from_json(deadline)
    return found.raw or deadlines.print_deadline(found)
