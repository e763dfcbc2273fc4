"""The trend of late tasks as SVG attributes: two lines over the last weeks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dugai.ledger.states import Lamp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dugai.insight.queries_today import Sample

WIDTH, HEIGHT = 700, 190
LEFT, RIGHT, TOP, BOTTOM = 40.0, 600.0, 16.0, 156.0
APART = 14.0
STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its lamp, its points as SVG takes them, its last point and the words beside it."""

    lamp: str
    points: str
    x: str
    y: str
    words_y: str
    words: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis and its words."""

    at: str
    words: str


@dataclass(frozen=True, slots=True)
class Trend:
    """The whole drawing; `words` says the same to those who do not see it."""

    lines: list[Line]
    levels: list[Tick]
    days: list[Tick]
    words: str


def trend(samples: Sequence[Sample]) -> Trend | None:
    """Return the drawing of at least two samples; None for fewer."""
    if len(samples) < 2:
        return None
    first, last = samples[0], samples[-1]
    days = max(1, (last.day - first.day).days)
    step = _step(max(max(one.overdue, one.behind) for one in samples))
    top = step * max(1, -(-max(max(one.overdue, one.behind) for one in samples) // step))

    def x(one: Sample) -> float:
        return LEFT + (RIGHT - LEFT) * (one.day - first.day).days / days

    def y(n: int) -> float:
        return BOTTOM - (BOTTOM - TOP) * n / top

    ends = {Lamp.OVERDUE: y(last.overdue), Lamp.BEHIND: y(last.behind)}
    texts = dict(ends)
    if abs(ends[Lamp.OVERDUE] - ends[Lamp.BEHIND]) < APART:
        upper = Lamp.OVERDUE if last.overdue >= last.behind else Lamp.BEHIND
        lower = Lamp.BEHIND if upper is Lamp.OVERDUE else Lamp.OVERDUE
        texts[lower] = min(BOTTOM, max(ends[lower], TOP + APART))
        texts[upper] = texts[lower] - APART
    lines = []
    for lamp, end in ends.items():
        values = [(x(one), one.overdue if lamp is Lamp.OVERDUE else one.behind) for one in samples]
        points = " ".join(f"{across:.1f},{y(n):.1f}" for across, n in values)
        words = f"{lamp.label} {values[-1][1]:,}"
        lines.append(Line(lamp.value, points, f"{RIGHT:.1f}", f"{end:.1f}", f"{texts[lamp] + 4:.1f}", words))
    every = max(1, -(-len(samples) // 6))
    shown = list(samples[:-1:every])
    if x(last) - x(shown[-1]) < 60 and len(shown) > 1:
        shown.pop()
    marks = [Tick(f"{x(one):.1f}", f"{one.day.month}月{one.day.day}日") for one in shown]
    return Trend(
        lines=lines,
        levels=[Tick(f"{y(n):.1f}", f"{n:,}") for n in range(0, top + 1, step)],
        days=[*marks, Tick(f"{x(last):.1f}", "今天")],
        words=(
            f"近 {len(samples)} 次记录，{first.day.month}月{first.day.day}日到今天："
            f"超期任务由 {first.overdue:,} 项到 {last.overdue:,} 项，"
            f"滞后任务由 {first.behind:,} 项到 {last.behind:,} 项"
        ),
    )


def _step(most: int) -> int:
    """Return a round step that needs at most four lines."""
    size = 1
    while True:
        for one in STEPS:
            if most <= one * size * 4:
                return one * size
        size *= 10
