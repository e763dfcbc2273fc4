"""Shapes of indicators: definitions, readings with what they are compared with, targets."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from dugai.api.shapes import (
    ONE_LINE,
    Ask,
    Change,
    Day,
    Flag,
    Id,
    In,
    Line,
    Opinion,
    Out,
    PathId,
    Ref,
    Short,
    Version,
    Word,
)
from dugai.indicators.rules import plain
from dugai.indicators.states import Against, Better, ComparisonKind, IndicatorKind, Nature, RowState

PeriodText = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=ONE_LINE)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[-a-zA-Z0-9_]+$")]


class IndicatorOut(Out):
    """A named indicator: the same for every region."""

    code: str
    name: str
    unit: str
    kind: IndicatorKind
    nature: Nature
    better: Better
    definition: str
    no_worse: bool
    cumulative: bool
    base_year: int | None


class IndicatorList(Out):
    """Every definition."""

    items: list[IndicatorOut]


class ComparisonOut(Out):
    """A change: of a rate in 个百分点, of an amount in %, of a rank in 位; null where there is no % of 0."""

    kind: ComparisonKind
    period: str
    before: str
    value: str | None
    unit: str | None
    worse: bool

    @staticmethod
    def resolve_period(row: Any) -> str:
        """Return the months it is compared with."""
        return str(row.span.code)

    @staticmethod
    def resolve_before(row: Any) -> str:
        """Return the earlier value."""
        return plain(row.before)

    @staticmethod
    def resolve_value(row: Any) -> str | None:
        """Return the change as texts print it."""
        return plain(row.change.rounded) if row.change else None

    @staticmethod
    def resolve_unit(row: Any) -> str | None:
        """Return what the change is counted in."""
        return str(row.change.unit) if row.change else None


class IndicatorTargetOut(Out):
    """A target: at least, at most."""

    id: int
    period: str
    low: str | None
    high: str | None
    source: str

    @staticmethod
    def resolve_period(row: Any) -> str:
        """Return the months it holds for."""
        return str(row.span.code)

    @staticmethod
    def resolve_low(row: Any) -> str | None:
        """Return the least value."""
        return None if row.low is None else plain(row.low)

    @staticmethod
    def resolve_high(row: Any) -> str | None:
        """Return the largest value."""
        return None if row.high is None else plain(row.high)


class IndicatorReadingOut(Out):
    """One reading with its source; `against` and `worsened` are computed."""

    id: int
    version: int
    indicator: str
    region: Ref
    period: str
    value: str
    unit: str
    as_of: dt.date
    source: str
    quote: str
    sample_size: str
    exclusions: str
    edition: int
    state: RowState
    reason: str
    latest: bool
    against: Against | None
    worsened: bool

    @staticmethod
    def resolve_indicator(row: Any) -> str:
        """Return the code of the indicator."""
        return str(row.indicator.code)

    @staticmethod
    def resolve_period(row: Any) -> str:
        """Return the months: 2026-05, 2026-Q2, 2026-H1, 2026, 2026-T11."""
        return str(row.span.code)

    @staticmethod
    def resolve_value(row: Any) -> str:
        """Return the exact number as text."""
        return plain(Decimal(row.value))

    @staticmethod
    def resolve_against(row: Any) -> Any:
        """Return how it stands against its target; null without one."""
        return row.against or None


class IndicatorReadingPage(Out):
    """One page of readings."""

    items: list[IndicatorReadingOut]
    next: str | None


class IndicatorReadingDetail(Out):
    """A reading with its comparisons, its target and its versions."""

    reading: IndicatorReadingOut
    comparisons: list[ComparisonOut]
    target: IndicatorTargetOut | None
    versions: list[IndicatorReadingOut]


class IndicatorReadingAsk(Ask):
    """Which readings: of a region in sight, of one indicator, with the versions that were replaced."""

    region: Annotated[PathId | None, Field(default=None)]
    code: Annotated[Code | None, Field(default=None)]
    versions: Annotated[Flag | None, Field(default=None, description="true 也要已更正和已撤销的")]


class SaidIn(In):
    """What is said of a reading."""

    value: Change
    as_of: Annotated[Day | None, Field(default=None, description="不写就取时段的最后一天")]
    source: Word
    quote: Line = ""
    sample_size: Short = ""
    exclusions: Annotated[str, StringConstraints(max_length=200, pattern=ONE_LINE)] = ""


class NewIndicatorReadingIn(SaidIn):
    """A reading to enter."""

    indicator: Code
    region: Id
    period: PeriodText


class CorrectIndicatorReadingIn(SaidIn):
    """A new version of a reading, and why."""

    reason: Opinion
    seen_version: Version
