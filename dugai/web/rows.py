"""Rows as a page shows them: words, shares and chips made of stored values."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from dugai.ledger.labels_row import label_of_row
from dugai.ledger.rules import plain
from dugai.ledger.states import Closure, Lamp, Progress
from dugai.progress.states import ReportState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COUNTING = (Lamp.OVERDUE, Lamp.BEHIND, Lamp.SOON, Lamp.ONTRACK)
REPORT_LAMPS = {
    ReportState.OWED: Lamp.CLOSED,
    ReportState.DRAFT: Lamp.CLOSED,
    ReportState.SUBMITTED: Lamp.DONE,
    ReportState.RETURNED: Lamp.BEHIND,
    ReportState.ADOPTED: Lamp.ONTRACK,
    ReportState.MISSED: Lamp.OVERDUE,
}
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Chip:
    """A state in a word, with the tint of a lamp."""

    word: str
    lamp: str = ""


@dataclass(frozen=True, slots=True)
class Amount:
    """How much is done: `words` such as 14/19 处, `share` from 0 to 100, `more` further targets."""

    words: str
    share: Decimal
    more: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list with what follows from its columns."""

    it: Any
    lamp: Chip
    left: str
    late: bool
    label: str
    progress: str
    closure: str
    amount: Amount | None = None
    report: Chip | None = None


def days_words(due: dt.date | None, lamp: Lamp, today: dt.date) -> str:
    """Return 超 47 天, 今天到期 or 剩 43 天 while the date still counts; else nothing."""
    if due is None or lamp not in COUNTING:
        return ""
    left = (due - today).days
    if left == 0:
        return "今天到期"
    return f"剩 {left} 天" if left > 0 else f"超 {-left} 天"


def amount_of(targets: Sequence[Any]) -> Amount | None:
    """Return the first target as an amount, and how many more there are; None without any."""
    if not targets:
        return None
    first = targets[0]
    share = min(HUNDRED, first.done * HUNDRED / first.amount) if first.amount else HUNDRED
    words = f"{plain(first.done)}/{plain(first.amount)} {first.unit}"
    return Amount(words, share.quantize(Decimal("0.1")), len(targets) - 1)


def report_chip(state: ReportState | None) -> Chip | None:
    """Return the chip of a report's state."""
    return Chip(state.label, REPORT_LAMPS[state]) if state else None


def row_of(it: Any, today: dt.date, targets: Sequence[Any] = (), report: ReportState | None = None) -> Row:
    """Return a task, measure or problem as a row."""
    lamp = Lamp(it.lamp)
    left = days_words(it.due, lamp, today)
    return Row(
        it=it,
        lamp=Chip(lamp.label, lamp.value),
        left=left,
        late=left.startswith("超"),
        label=label_of_row(it),
        progress=Progress(it.progress).label,
        closure=Closure(it.closure).label,
        amount=amount_of(targets),
        report=report_chip(report),
    )


def task_rows(
    tasks: Sequence[Any],
    today: dt.date,
    targets: Mapping[int, Sequence[Any]],
    reports: Mapping[int, ReportState],
) -> list[Row]:
    """Return tasks as rows, each with its targets and its report in the open round."""
    return [row_of(task, today, targets.get(task.pk, ()), reports.get(task.pk)) for task in tasks]
