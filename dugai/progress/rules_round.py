"""A round's dates, the way of a report up the desks, receipt numbers, and frozen figures. Pure.

Source: domain reference A rows 31 and 34 (每月全口径调度, 按月清单化调度), F (调度表, 调度通报).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dugai.kernel import canonical
from dugai.kernel.months import Period, PeriodKind
from dugai.progress.states import COVERED, UNREPORTED, ReportState, RoundKind

PERIODS = {
    RoundKind.WEEKLY: PeriodKind.WEEK,
    RoundKind.MONTHLY: PeriodKind.MONTH,
    RoundKind.QUARTERLY: PeriodKind.QUARTER,
}
LATE = "late"
STEP = 4
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RoundDates:
    """First day, last day to hand in, last day to review; each day is itself allowed."""

    starts_on: dt.date
    due_on: dt.date
    adopt_by: dt.date


def period_of(kind: RoundKind, day: dt.date) -> Period | None:
    """Return the period of a regular round that contains `day`; `None` for a special one."""
    return Period.of(PERIODS[kind], day) if kind in PERIODS else None


def dates_of(kind: RoundKind, day: dt.date, values: Mapping[str, Any]) -> RoundDates:
    """Return the dates of the round of `day` by the rules of the region.

    A monthly round is due on its day of the month, a quarterly one on that day of its last month, a weekly
    one on its weekday (0 is Monday); a special round gets ten days from `day`.
    """
    adopt = dt.timedelta(days=int(values["adopt_days"]))
    period = period_of(kind, day)
    if period is None:
        due = day + dt.timedelta(days=10)
        return RoundDates(day, due, due + adopt)
    if kind is RoundKind.WEEKLY:
        due = period.start + dt.timedelta(days=int(values["weekly_due_weekday"]))
    else:
        due = period.end.replace(day=min(int(values["monthly_due_day"]), period.end.day))
    return RoundDates(period.start, due, due + adopt)


def title_of(kind: RoundKind, period: Period | None) -> str:
    """Return the name a round gets unless somebody writes another: 2026年5月调度."""
    return f"{period.label}调度" if period else kind.label


@dataclass(frozen=True, slots=True)
class Office:
    """An office that may stand on a report's way: its id, its region's path and that region's level."""

    id: int
    region_path: str
    level: str


def way_up(  # the parts of one decision
    *,
    owner_id: int,
    owner_path: str,
    fillers: Collection[int],
    offices: Iterable[Office],
    caller: Office,
    unit_reviews: bool,
    levels: str | Sequence[str],
) -> tuple[int, ...]:
    """Return the desks a report passes, lowest first, as organisation ids; the last one adopts.

    First the unit's own reviewer, if there is one. Then the offices of the regions above the owner, from
    below up to the caller's region: all of them, those of the named `levels`, or none (`"caller"`). Then
    the calling
    office. An office that filled the report in is left out; if nothing is left, the caller's other people
    review.
    """
    desks = [owner_id] if unit_reviews else []
    between = [
        office
        for office in offices
        if owner_path.startswith(office.region_path)
        and len(office.region_path) > len(caller.region_path)
        and office.id != caller.id
        and levels != "caller"
        and (levels == "all" or office.level in levels)
    ]
    desks += [
        office.id for office in sorted(between, key=lambda office: (-len(office.region_path), office.id))
    ]
    desks.append(caller.id)
    way = tuple(
        dict.fromkeys(desk for desk in desks if desk not in fillers or (desk == owner_id and unit_reviews))
    )
    return way or (caller.id,)


def next_desk(way: Sequence[int], current: int | None) -> int | None:
    """Return the desk after `current`, or `None` when `current` is the last one, which adopts.

    A desk that is no longer on the way hands over to the last one.
    """
    if current is None:
        return way[0]
    if current not in way:
        return way[-1]
    rest = way[way.index(current) + 1 :]
    return rest[0] if rest else None


def is_late(submitted_on: dt.date, due_on: dt.date) -> bool:
    """Say whether a report handed in on this day (Asia/Shanghai) is late; the due day itself is not."""
    return submitted_on > due_on


def receipt_number(prefix: str, region_code: str, day: dt.date, number: int) -> str:
    """Return a receipt number: JY-990121-260423-0417, unique by region, day and running number."""
    return f"{prefix}-{region_code}-{day:%y%m%d}-{number:04d}"


def spread(path: str) -> list[str]:
    """Return the paths of an owner and of all above it."""
    return [path[:end] for end in range(STEP, len(path) + 1, STEP)]


@dataclass(frozen=True, slots=True)
class Fact:
    """What closing knows of one report: unit, state, lateness and the task's number."""

    unit: int
    unit_name: str
    unit_path: str
    state: str
    late: bool
    task: str


def freeze(facts: Iterable[Fact], *, as_of: dt.datetime, due_on: dt.date) -> dict[str, Any]:
    """Return the figures of a round as they stand at `as_of`: totals, units, who is missing or late.

    `rate` is 按时报送率 ＝（已报且未迟报）÷（应报 − 免报）, in hundredths of a percent, rounded down;
    `None` when nothing was owed. `digest` holds SM3 and SHA-256 of the canonical bytes of all the rest.
    """
    units: dict[int, dict[str, Any]] = {}
    totals = dict.fromkeys([*ReportState.values, LATE], 0)
    for fact in sorted(facts, key=lambda fact: (fact.unit_path, fact.task)):
        unit = units.setdefault(
            fact.unit,
            {
                "id": fact.unit,
                "name": fact.unit_name,
                "path": fact.unit_path,
                "counts": {},
                "missed": [],
                "late": [],
            },
        )
        for key in [fact.state, LATE] if fact.late else [fact.state]:
            totals[key] += 1
            unit["counts"][key] = unit["counts"].get(key, 0) + 1
        if fact.state == ReportState.MISSED:
            unit["missed"].append(fact.task)
        if fact.late:
            unit["late"].append(fact.task)
    body = {
        "as_of": as_of.isoformat(timespec="seconds"),
        "due_on": due_on.isoformat(),
        "owed": sum(totals[state] for state in ReportState.values),
        "counts": totals,
        "rate": on_time_rate(totals),
        "units": list(units.values()),
    }
    return {**body, "digest": digest_of(body)}


def on_time_rate(counts: Mapping[str, int]) -> int | None:
    """Return 按时报送率 in hundredths of a percent: handed in and not late, over owed less excused."""
    owed = sum(counts.get(state, 0) for state in ReportState.values if state != ReportState.VOID)
    if not owed:
        return None
    handed = sum(counts.get(state, 0) for state in COVERED)
    return max(0, handed - counts.get(LATE, 0)) * 10_000 // owed


def covered(counts: Mapping[str, int]) -> int:
    """Return how many were handed in."""
    return sum(counts.get(state, 0) for state in COVERED)


def unreported(counts: Mapping[str, int]) -> int:
    """Return how many are still with the unit."""
    return sum(counts.get(state, 0) for state in UNREPORTED)


def digest_of(body: Mapping[str, Any]) -> dict[str, str]:
    """Return SM3 and SHA-256 of figures without their own digest."""
    data = canonical.dump({key: value for key, value in body.items() if key != "digest"}).encode()
    return {"sm3": canonical.sm3(data), "sha256": canonical.sha256(data)}


def days_before(due_on: dt.date, today: dt.date) -> int:
    """Return the days left, negative once the due day has passed."""
    return (due_on - today) // ONE_DAY
