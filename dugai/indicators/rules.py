"""指标的规则: comparing a reading with others and with its target. Values in, answers out.

A rate changes by percentage points, an amount by per cent, a rank by places: three types that do not mix.
优良天数比例 from 74.5 % to 76.9 % has risen 2.4 个百分点 and not 2.4 %; to say the one for the other is an
error of the field (domain reference B.2), so adding or comparing the two raises.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, ClassVar

from dugai.indicators.rules_span import Span
from dugai.indicators.states import Against, Better, ComparisonKind, Nature

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

HUNDRED = Decimal(100)
TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Change:
    """A change; use one of its kinds."""

    value: Decimal
    unit: ClassVar[str] = ""
    words: ClassVar[tuple[str, str]] = ("上升", "下降")

    def __add__(self, other: Self) -> Self:
        """Add a change of the same kind."""
        return type(self)(self.value + self._same(other).value)

    def __lt__(self, other: Self) -> bool:
        """Compare with a change of the same kind."""
        return self.value < self._same(other).value

    def _same(self, other: Self) -> Self:
        if type(other) is not type(self):
            text = f"{type(self).__name__} and {type(other).__name__} do not mix"
            raise TypeError(text)
        return other

    @property
    def shown(self) -> str:
        """Return 上升2.4个百分点, 下降13.5%, 持平."""
        size = self.rounded
        if not size:
            return "持平"
        return f"{self.words[size < 0]}{plain(abs(size))}{self.unit}"

    @property
    def rounded(self) -> Decimal:
        """Return the value as texts print it."""
        return self.value


@dataclass(frozen=True, slots=True)
class Percent(Change):
    """A change of an amount, in per cent of what it was."""

    unit: ClassVar[str] = "%"

    @property
    def rounded(self) -> Decimal:
        """Return the value with one place, half up."""
        return self.value.quantize(TENTH, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Points(Change):
    """A change of a rate, in percentage points."""

    unit: ClassVar[str] = "个百分点"


@dataclass(frozen=True, slots=True)
class Places(Change):
    """A change of a rank; a smaller number is ahead."""

    unit: ClassVar[str] = "位"
    words: ClassVar[tuple[str, str]] = ("后退", "前进")


@dataclass(frozen=True, slots=True)
class Terms:
    """What the rules ask of an indicator."""

    nature: Nature
    better: Better
    no_worse: bool = False
    cumulative: bool = False
    base_year: int | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """A target for a span: at least `low`, at most `high`; one of them may be open."""

    span: Span
    low: Decimal | None
    high: Decimal | None

    def met_by(self, value: Decimal) -> bool:
        """Say whether a value lies inside."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A reading beside an earlier one. `change` is None where there is no per cent of nothing."""

    kind: ComparisonKind
    span: Span
    before: Decimal
    change: Change | None
    worse: bool
    better: bool

    @property
    def shown(self) -> str:
        """Return the change in words."""
        return self.change.shown if self.change else f"上次为 {plain(self.before)}"


def plain(value: Decimal) -> str:
    """Return a number as texts print it: 26.2, 100, -5.4."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def change_of(nature: Nature, before: Decimal, after: Decimal) -> Change | None:
    """Return the change in the kind that belongs to the nature; None for per cent of 0."""
    if nature is Nature.RATE:
        return Points(after - before)
    if nature is Nature.RANK:
        return Places(after - before)
    if not before:
        return None
    return Percent((after - before) * HUNDRED / abs(before))


def is_worse(better: Better, before: Decimal, after: Decimal) -> bool:
    """Say whether the later value is worse than the earlier one."""
    return after < before if better is Better.HIGHER else after > before


def comparisons(terms: Terms, span: Span, values: Mapping[Span, Decimal]) -> list[Comparison]:
    """Compare the reading of a span with those of the year before, the period before and the base year."""
    earlier = [
        (ComparisonKind.YEAR_ON_YEAR, span.in_year(span.start.year - 1)),
        (ComparisonKind.ON_PREVIOUS, span.before()),
    ]
    if terms.base_year and terms.base_year < span.start.year:
        earlier.append((ComparisonKind.ON_BASE, span.in_year(terms.base_year)))
    after = values[span]
    return [
        Comparison(
            kind,
            other,
            values[other],
            change_of(terms.nature, values[other], after),
            is_worse(terms.better, values[other], after),
            is_worse(terms.better, after, values[other]),
        )
        for kind, other in earlier
        if other is not None and other in values
    ]


def goal_for(span: Span, goals: Mapping[Span, Goal]) -> Goal | None:
    """Return the target of the span itself, else the shortest one that begins with it and is longer.

    1 月 to 9 月 is on the way to the year's target; the third quarter, with its own season, is not.
    """
    longer = [one for other, one in goals.items() if other.start == span.start and other.contains(span)]
    return min(longer, key=lambda goal: goal.span.months, default=None)


def goal_around(span: Span, goals: Mapping[Span, Goal]) -> Goal | None:
    """Return the shortest target whose months contain the span, to draw it; nothing is judged by it."""
    around = [goal for other, goal in goals.items() if other.contains(span)]
    return min(around, key=lambda goal: goal.span.months, default=None)


def against(terms: Terms, goal: Goal, span: Span, value: Decimal) -> Against:
    """Hold a reading against a target.

    Before the target's own span has ended, a level that misses it is 暂未达; what only adds up over the span
    is not judged before its end.
    """
    if goal.met_by(value):
        return Against.MET
    if span == goal.span:
        return Against.SHORT
    return Against.OPEN if terms.cumulative else Against.SHORT_SO_FAR


def has_worsened(terms: Terms, found: list[Comparison]) -> bool:
    """Say whether an indicator that may not worsen is worse than a year ago or than in its base year."""
    held = {ComparisonKind.YEAR_ON_YEAR, ComparisonKind.ON_BASE}
    return terms.no_worse and any(one.worse for one in found if one.kind in held)
