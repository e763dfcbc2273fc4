"""Drawings of readings as SVG attributes; the same numbers stand in a table beside them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT = 640, 220
LEFT, RIGHT, TOP, BOTTOM = 56.0, 620.0, 16.0, 180.0
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
MOST_LABELS = 6


@dataclass(frozen=True, slots=True)
class Dot:
    """One reading: its place, its value, its period; `label` when the period fits below."""

    x: str
    y: str
    value: str
    period: str
    label: bool


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the scale."""

    y: str
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The whole drawing."""

    dots: list[Dot]
    points: str
    levels: list[Level]
    target_y: str
    target: str


def number(value: Any) -> Decimal | None:
    """Return a value as a number, None when it is none."""
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def chart(readings: Sequence[dict[str, Any]], target: dict[str, Any] | None) -> Chart | None:
    """Return the drawing of at least two readings; None for fewer."""
    pairs = [(str(one["period"]), number(one["value"])) for one in readings]
    known = [(period, float(value)) for period, value in pairs if value is not None]
    if len(known) < 2:
        return None
    aim = number(target["value"]) if target else None
    values = [value for _, value in known] + ([float(aim)] if aim is not None else [])
    low, high, step = _scale(min(values), max(values))

    def y(value: float) -> str:
        return f"{BOTTOM - (value - low) / (high - low) * (BOTTOM - TOP):.1f}"

    every = -(-len(known) // MOST_LABELS)
    last = len(known) - 1
    dots = [
        Dot(
            f"{LEFT + at * (RIGHT - LEFT) / last:.1f}",
            y(value),
            f"{value:g}",
            period,
            (last - at) % every == 0,
        )
        for at, (period, value) in enumerate(known)
    ]
    count = round((high - low) / step)
    levels = [Level(y(low + step * at), f"{low + step * at:g}") for at in range(count + 1)]
    return Chart(
        dots,
        " ".join(f"{dot.x},{dot.y}" for dot in dots),
        levels,
        y(float(aim)) if aim is not None else "",
        f"{float(aim):g}" if aim is not None else "",
    )


def _scale(low: float, high: float) -> tuple[float, float, float]:
    """Return a round scale of about four steps around the values."""
    span = (high - low) or abs(high) or 1.0
    raw = span / 4
    unit = 10.0 ** math.floor(math.log10(raw))
    step = next(unit * one for one in STEPS if unit * one >= raw)
    bottom, top = math.floor(low / step) * step, math.ceil(high / step) * step
    return bottom, top if top > bottom else bottom + step, step
