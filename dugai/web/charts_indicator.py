"""One indicator over the years as SVG attributes: a line of readings, its targets, its base year."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from dugai.indicators.rules import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dugai.indicators.models import IndicatorReading
    from dugai.indicators.queries import Series

WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 52.0, 560.0, 22.0, 200.0
BY = ((1, "按月"), (3, "按季度"), (6, "按半年"), (12, "按年"), (0, "按累计"))
STEPS = (1.0, 2.0, 2.5, 5.0)
MOST_LABELS = 6
APART = 14.0


@dataclass(frozen=True, slots=True)
class Dot:
    """One reading on the chart."""

    x: str
    y: str
    words: str
    last: bool


@dataclass(frozen=True, slots=True)
class Level:
    """A horizontal line from one place to another with its words."""

    x: str
    until: str
    y: str
    words: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis and its words."""

    at: str
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The whole drawing; `words` says the same to those who do not see it."""

    points: str
    dots: list[Dot]
    targets: list[Level]
    base: Level | None
    levels: list[Tick]
    months: list[Tick]
    last: Dot
    last_y: str
    last_words: str
    words: str


def lengths(series: Series) -> list[tuple[int, str]]:
    """Return the kinds of span that have at least two readings: their months (0 for 累计) and a word."""
    return [(by, word) for by, word in BY if len(of_length(series, by)) > 1]


def of_length(series: Series, by: int) -> list[IndicatorReading]:
    """Return the readings of one kind of span, the oldest first."""
    return [row for row in series.readings if (row.span.months if row.span.period else 0) == by]


def chart(series: Series, by: int) -> Chart | None:
    """Return the drawing of at least two readings of one kind of span; None for fewer."""
    rows = of_length(series, by)
    if len(rows) < 2:
        return None
    targets = [(row, goal) for row in rows if (goal := series.goal_around(row)) is not None]
    bounds = [float(one) for _, goal in targets for one in (goal.low, goal.high) if one is not None]
    base = next((row for row in rows if row.starts_on.year == series.indicator.base_year), None)
    low, high, step = scale([*(float(row.value) for row in rows), *bounds])
    days = max(1, (rows[-1].ends_on - rows[0].ends_on).days)

    def x(row: IndicatorReading) -> float:
        return LEFT + (RIGHT - LEFT) * (row.ends_on - rows[0].ends_on).days / days

    def y(value: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * (value - low) / (high - low)

    dots = [
        Dot(
            f"{x(row):.1f}",
            f"{y(float(row.value)):.1f}",
            f"{row.span.label} {row.shown}",
            row is rows[-1],
        )
        for row in rows
    ]
    half = (RIGHT - LEFT) / max(1, len(rows) - 1) / 2
    lines = _target_lines([(x(row), goal.low, goal.high) for row, goal in targets], half, y)
    base_line = None
    if base is not None and base is not rows[-1]:
        at = f"{y(float(base.value)):.1f}"
        base_line = Level(f"{x(base):.1f}", f"{RIGHT:.1f}", at, f"基年 {plain(base.value)}")
    return Chart(
        points=" ".join(f"{dot.x},{dot.y}" for dot in dots),
        dots=dots,
        targets=lines,
        base=base_line,
        levels=[Tick(f"{y(n):.1f}", plain(Decimal(repr(round(n, 6))))) for n in _ticks(low, high, step)],
        months=_months(rows, [x(row) for row in rows]),
        last=dots[-1],
        last_y=f"{_clear(y(float(rows[-1].value)), [float(one.y) for one in lines]):.1f}",
        last_words=plain(rows[-1].value),
        words=f"{series.indicator.name}，{rows[0].span.label}到{rows[-1].span.label}，"
        f"由 {rows[0].shown} 到 {rows[-1].shown}",
    )


def scale(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the ends of an axis around values and a round step of at most five lines."""
    low, high = min(values), max(values)
    if low == high:
        low, high = low - 1, high + 1
    size = 10.0 ** math.floor(math.log10((high - low) / 5))
    step = next(one * size for one in (*STEPS, 10.0) if (high - low) / (one * size) <= 5)
    bottom = math.floor(low / step) * step
    if low >= 0 > bottom:
        bottom = 0.0
    return bottom, math.ceil(high / step) * step, step


def _ticks(low: float, high: float, step: float) -> list[float]:
    return [low + step * at for at in range(round((high - low) / step) + 1)]


def _target_lines(
    found: Sequence[tuple[float, Decimal | None, Decimal | None]],
    half: float,
    y: Callable[[float], float],
) -> list[Level]:
    """Join neighbouring readings with the same target to one line; the last of a row says what it is."""
    lines: list[tuple[float, float, Decimal, str]] = []
    for side, sign in ((1, "≥"), (2, "≤")):
        for one in found:
            bound = one[side]
            if not isinstance(bound, Decimal):
                continue
            start, end = max(LEFT, one[0] - half), min(RIGHT, one[0] + half)
            if lines and lines[-1][2] == bound and lines[-1][3] == sign and start - lines[-1][1] < 1:
                lines[-1] = (lines[-1][0], end, bound, sign)
            else:
                lines.append((start, end, bound, sign))
    return [
        Level(f"{start:.1f}", f"{end:.1f}", f"{y(float(bound)):.1f}", f"目标 {sign}{plain(bound)}")
        for start, end, bound, sign in lines
    ]


def _clear(at: float, others: Sequence[float]) -> float:
    """Return where the words beside the last reading stand, away from those beside the target."""
    if others and abs(at - others[-1]) < APART:
        return others[-1] + (APART if at >= others[-1] else -APART)
    return at


def _months(rows: Sequence[IndicatorReading], places: Sequence[float]) -> list[Tick]:
    every = max(1, -(-len(rows) // MOST_LABELS))
    marks = list(zip(rows, places, strict=True))[::-1][::every][::-1]
    return [Tick(f"{at:.1f}", row.span.label.removesuffix("度")) for row, at in marks]
