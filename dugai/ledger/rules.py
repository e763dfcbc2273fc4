"""The time axis and the lamps: dates, nodes and quantities in, one word out. No database, no clock.

The rules are numbered, and the explanation of a lamp names the rule that lit it:

1. Reported done, or signed off, or carried over: time no longer counts.
2. The published date has passed: 超期.
3. The office's own earlier date has passed: 滞后.
4. A node has passed and is not met: 滞后.
5. A node has passed and the quantity planned for it is not reached: 滞后.
6. A standing duty has no proof for the evidence period that ended: 滞后.
7. The date by which work should have begun has passed and nothing has begun: 滞后.
8. At most ``soon_days`` days remain: 临期.
9. Otherwise on schedule, or 未到时间 where no date has been set or work is not to begin yet.

A date is the last day allowed: late begins on the day after. Source: domain reference C.3, C.4.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from dugai.ledger.deadlines import AnyDeadline, due_date
from dugai.ledger.states import (
    CLOSED_CLOSURES,
    DONE_PROGRESS,
    WORKING_CLOSURES,
    Closure,
    Lamp,
    Progress,
    TimeStatus,
)

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Milestone:
    """A node of the plan: its last day, the day it was met, its weight and its planned quantity.

    ``weight`` is in any unit, for percentages. ``planned`` is the cumulative quantity that must be done by
    ``due``, in the unit of the task's quantity. A node with a planned quantity is met by the quantity, or
    by ``met_on`` when a reviewer says so.
    """

    name: str
    due: dt.date
    met_on: dt.date | None = None
    weight: Decimal = Decimal(1)
    planned: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantified target: exact decimals, ``unit`` as written (处), ``name`` where there are several."""

    target: Decimal
    done: Decimal = Decimal(0)
    unit: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """Every date and quantity that decides the time status of one task.

    ``evidence_due`` is the last day by which the next proof of a standing duty must be in. ``starts_on`` is
    the first day of work and ``start_by`` the last day by which it must have begun. Milestones with
    ``planned`` are compared with ``done``, the quantity reported so far.
    """

    due: dt.date | None = None
    internal_due: dt.date | None = None
    milestones: tuple[Milestone, ...] = ()
    done: Decimal | None = None
    evidence_due: dt.date | None = None
    starts_on: dt.date | None = None
    start_by: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Lag:
    """Why a task falls behind: from which day, by which rule, and the sentence that says so."""

    since: dt.date
    rule: int
    reason: str


def milestones_of(deadline: AnyDeadline) -> tuple[Milestone, ...]:
    """Return a node for every dated part before the last one, to be tracked by rule 4."""
    last = due_date(deadline)
    return tuple(
        Milestone(name=part.content or "阶段目标", due=part.due)
        for part in getattr(deadline, "parts", ())
        if part.due is not None and part.due != last
    )


def counts_time(progress: Progress, closure: Closure) -> bool:
    """Say whether dates still count (rule 1).

    Reopened and strengthened work counts until it is reported done.
    """
    if closure in CLOSED_CLOSURES or closure is Closure.CARRIED_OVER:
        return False
    return progress not in DONE_PROGRESS or closure in {Closure.REOPENED, Closure.STRENGTHENED}


def lags(clock: Clock, *, progress: Progress) -> tuple[Lag, ...]:
    """Return every reason why the task is or will be behind if nothing more is reported, earliest first."""
    found = []
    if clock.internal_due:
        found.append(
            Lag(
                clock.internal_due + ONE_DAY, 3, f"内部时限 {_day(clock.internal_due)} 已过，未报完成，规则 3"
            )
        )
    found += [lag for node in clock.milestones if (lag := _missed(node, clock.done))]
    if clock.evidence_due:
        found.append(
            Lag(
                clock.evidence_due + ONE_DAY,
                6,
                f"长期任务应在 {_day(clock.evidence_due)} 前报佐证，还没有报，规则 6",
            )
        )
    if clock.start_by and progress is Progress.NOT_STARTED:
        found.append(
            Lag(clock.start_by + ONE_DAY, 7, f"应在 {_day(clock.start_by)} 前启动，还未启动，规则 7")
        )
    return tuple(sorted(found, key=lambda lag: (lag.since, lag.rule)))


def behind_from(clock: Clock, *, progress: Progress, closure: Closure = Closure.OPEN) -> dt.date | None:
    """Return the day from which the task is behind if nothing more is reported, or ``None`` if never.

    Stored beside the task, so that lists are filtered by date without any computing. A day after the
    published date is left out: from there on the task is overdue, which is worse.
    """
    if not counts_time(progress, closure):
        return None
    first = next(iter(lags(clock, progress=progress)), None)
    if first is None or (clock.due and first.since > clock.due):
        return None
    return first.since


def time_status(
    clock: Clock,
    *,
    progress: Progress,
    closure: Closure = Closure.OPEN,
    today: dt.date,
    soon_days: int = 30,
) -> TimeStatus:
    """Return where the task stands on ``today``; ``soon_days`` is the office's number of days for 临期."""
    if not counts_time(progress, closure):
        return TimeStatus.ON_SCHEDULE
    since = behind_from(clock, progress=progress, closure=closure)
    if clock.due and today > clock.due:
        return TimeStatus.OVERDUE
    if since and since <= today:
        return TimeStatus.BEHIND
    if clock.due and (clock.due - today).days <= soon_days:
        return TimeStatus.DUE_SOON
    nothing_set = not (clock.due or clock.internal_due or clock.milestones or clock.evidence_due)
    waiting = clock.starts_on is not None and today < clock.starts_on
    return TimeStatus.NOT_DUE if nothing_set or waiting else TimeStatus.ON_SCHEDULE


def lamp(  # noqa: PLR0917 - six stored columns in the order of the row
    closure: Closure,
    progress: Progress,
    due: dt.date | None,
    behind_from: dt.date | None,
    today: dt.date,
    soon_days: int = 30,
) -> Lamp:
    """Return the lamp of a row from stored columns alone; agrees with ``time_status``.

    Signed off is 已销号; done and not signed off is 待销号. What was carried over keeps 序时: its time is
    counted in the next round. After that the worst of 超期, 滞后, 临期, 序时.
    """
    if closure in CLOSED_CLOSURES:
        return Lamp.CLOSED
    if not counts_time(progress, closure):
        return Lamp.ONTRACK if closure is Closure.CARRIED_OVER else Lamp.DONE
    if due and today > due:
        return Lamp.OVERDUE
    if behind_from and behind_from <= today:
        return Lamp.BEHIND
    if due and (due - today).days <= soon_days:
        return Lamp.SOON
    return Lamp.ONTRACK


def worst_lamp(lamps: Iterable[Lamp]) -> Lamp | None:
    """Return the worst lamp, in the order of ``Lamp``; a parent shows this of its children.

    ``None`` without any.
    """
    return min(lamps, key=lambda one: one.rank, default=None)


def explain_lamp(
    clock: Clock,
    *,
    progress: Progress,
    closure: Closure = Closure.OPEN,
    today: dt.date,
    soon_days: int = 30,
) -> str:
    """Say in Chinese why the lamp shows what it shows: 超 12 天; 2026-03 的节点“…”未完成，规则 4."""
    since = behind_from(clock, progress=progress, closure=closure)
    match lamp(closure, progress, clock.due, since, today=today, soon_days=soon_days):
        case Lamp.CLOSED:
            return f"{closure.label}，不再计时"
        case Lamp.DONE:
            ready = "还没有申请验收" if closure in WORKING_CLOSURES else closure.label
            return f"责任单位已报“{progress.label}”，{ready}，没有销号"
        case Lamp.OVERDUE:
            return f"超 {days_left(clock.due, today)} 天"
        case Lamp.BEHIND:
            return "；".join(lag.reason for lag in lags(clock, progress=progress) if lag.since <= today)
        case _ if closure is Closure.CARRIED_OVER:
            return "已转入下一轮，在下一轮计时"
        case _:
            return f"剩 {days_left(clock.due, today)} 天" if clock.due else "没有截止日期"


def days_left(due: dt.date | None, today: dt.date) -> int | None:
    """Return the number of days between ``today`` and ``due``, without sign; ``None`` without a date."""
    return abs((due - today).days) if due else None


def _missed(node: Milestone, done: Decimal | None) -> Lag | None:
    if node.met_on is not None:
        return None
    since = node.due + ONE_DAY
    if node.planned is None:
        return Lag(since, 4, f"{node.due:%Y-%m} 的节点“{node.name}”未完成，规则 4")
    reached = done or Decimal(0)
    if reached >= node.planned:
        return None
    figures = f"应完成 {plain(node.planned)}，已完成 {plain(reached)}"
    return Lag(since, 5, f"{node.due:%Y-%m} 的节点“{node.name}”{figures}，规则 5")


def plain(number: Decimal) -> str:
    """Write a decimal exactly, without exponent and without needless noughts: 3.50 is 3.5, 1E+2 is 100."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
