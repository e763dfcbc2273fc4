"""Drawings as SVG attributes: the one bar of a whole, the ruler of a round. No style, no script."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dugai.ledger.states import Lamp

if TYPE_CHECKING:
    from collections.abc import Mapping

BAR = 1000
GAP, THINNEST = 2, 4
LEFT, RIGHT = 12.0, 756.0


@dataclass(frozen=True, slots=True)
class Segment:
    """One lamp's part of the bar, in units of the view box."""

    lamp: str
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A day on the ruler."""

    x: str
    words: str


@dataclass(frozen=True, slots=True)
class Ruler:
    """The days of a round: start, today, last day for units, last day for reviewers."""

    start: Mark
    today: Mark
    due: Mark
    adopt: Mark
    done: str
    words: str


def segments(counts: Mapping[str, int]) -> list[Segment]:
    """Return the parts of a bar of 1000 units, worst first; a part of anything is never invisible."""
    total = sum(counts.values())
    if not total:
        return []
    shown = [(lamp, counts.get(lamp, 0)) for lamp in Lamp if counts.get(lamp, 0)]
    room = BAR - GAP * (len(shown) - 1) - THINNEST * len(shown)
    found, x = [], 0
    for lamp, n in shown:
        width = THINNEST + room * n // total
        found.append(Segment(lamp.value, x, width))
        x += width + GAP
    return found


def ruler(starts_on: dt.date, due_on: dt.date, adopt_by: dt.date, today: dt.date) -> Ruler:
    """Return the ruler of a round that runs from its first day to the last day of review."""
    days = max(1, (adopt_by - starts_on).days)

    def at(day: dt.date) -> float:
        share = min(1.0, max(0.0, (day - starts_on).days / days))
        return LEFT + (RIGHT - LEFT) * share

    def mark(day: dt.date, words: str) -> Mark:
        return Mark(f"{at(day):.1f}", f"{day.month}月{day.day}日 {words}")

    marks = mark(starts_on, "开始填报"), mark(due_on, "填报截止"), mark(adopt_by, "审核截止")
    words = "，".join(one.words.replace(" ", "") for one in marks)
    return Ruler(
        start=marks[0],
        today=Mark(f"{at(today):.1f}", f"今天 {today.day}日"),
        due=marks[1],
        adopt=marks[2],
        done=f"{at(today) - LEFT:.1f}",
        words=f"调度日程：{words}",
    )
