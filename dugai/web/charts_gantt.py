"""A Gantt chart as SVG attributes: a bar for each task, a diamond for each node, months and today.

Days beyond the window (eighteen months back, thirty ahead) are cut at its edge; the table beside the chart
has every date.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dugai.ledger.states import Lamp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dugai.insight.queries_schedule import Scheduled

WIDTH, HEAD, ROW = 1120, 40, 26
LEFT, RIGHT = 300.0, 1108.0
BACK, AHEAD = dt.timedelta(days=548), dt.timedelta(days=913)
MARGIN = dt.timedelta(days=10)
MOST_MONTHS = 14
TITLE = 17
TOGETHER = 20
LAST_MARK = RIGHT - 45
THINNEST = 3.0


@dataclass(frozen=True, slots=True)
class Node:
    """A node: `state` (met, missed, ahead) decides its shape."""

    x: str
    state: str
    word: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of the chart; without a date of its own a task has no bar (`width` is empty)."""

    y: int
    title: str
    lamp: str
    word: str
    x: str
    width: str
    nodes: list[Node]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows that stay together on paper, in units of their view box."""

    height: int
    foot: int
    bars: list[Bar]


@dataclass(frozen=True, slots=True)
class Gantt:
    """The whole chart: one ruler, drawn above each sheet of rows."""

    months: list[tuple[str, str]]
    today: str
    today_words: str
    sheets: list[Sheet]

    @property
    def bars(self) -> list[Bar]:
        """Return the rows of all sheets."""
        return [bar for sheet in self.sheets for bar in sheet.bars]


def node_state(due: dt.date, met_on: dt.date | None, today: dt.date) -> tuple[str, str]:
    """Return the state of a node and its word."""
    if met_on:
        return "met", "已完成"
    return ("missed", "未按期完成") if due < today else ("ahead", "未到")


def gantt(rows: Sequence[Scheduled], today: dt.date) -> Gantt | None:
    """Return the chart of tasks; None without any."""
    if not rows:
        return None
    days = [today]
    for one in rows:
        days += [day for day in (one.start, one.task.due) if day]
        days += [node.due for node in one.nodes]
    begin = max(min(days), today - BACK) - MARGIN
    end = min(max(days), today + AHEAD) + MARGIN

    def x(day: dt.date) -> float:
        inside = min(max(day, begin), end)
        return LEFT + (RIGHT - LEFT) * (inside - begin).days / (end - begin).days

    bars = []
    for number, one in enumerate(rows):
        lamp = Lamp(one.task.lamp)
        left = x(one.start or begin)
        width = f"{max(THINNEST, x(one.task.due) - left):.1f}" if one.task.due else ""
        nodes = [
            Node(f"{x(node.due):.1f}", *node_state(node.due, node.met_on, today))
            for node in one.nodes
            if begin <= node.due <= end
        ]
        title = one.task.title if len(one.task.title) <= TITLE else one.task.title[: TITLE - 1] + "…"
        bars.append(
            Bar(HEAD + ROW * (number % TOGETHER), title, lamp.value, lamp.label, f"{left:.1f}", width, nodes)
        )
    sheets = []
    for first in range(0, len(bars), TOGETHER):
        part = bars[first : first + TOGETHER]
        foot = HEAD + ROW * len(part)
        sheets.append(Sheet(foot + 8, foot, part))
    return Gantt(
        months=[(f"{x(day):.1f}", words) for day, words in _months(begin, end) if x(day) < LAST_MARK],
        today=f"{x(today):.1f}",
        today_words=f"今天 {today.month}月{today.day}日",
        sheets=sheets,
    )


def _months(begin: dt.date, end: dt.date) -> list[tuple[dt.date, str]]:
    """Return first days of months inside a window with their words, every third where they are many."""
    found = []
    day = begin.replace(day=1)
    while day <= end:
        if day >= begin:
            found.append(day)
        day = (day + dt.timedelta(days=32)).replace(day=1)
    if len(found) > MOST_MONTHS:
        found = [day for day in found if day.month % 3 == 1]
    return [
        (day, f"{day.year}年{day.month}月" if number == 0 or day.month == 1 else f"{day.month}月")
        for number, day in enumerate(found)
    ]
