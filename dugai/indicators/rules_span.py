"""时段: the whole months of one year that a reading speaks of. Pure."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from dugai.kernel.chinese import squeeze
from dugai.kernel.errors import InvalidInput
from dugai.kernel.months import FIRST_YEAR, LAST_YEAR, Period, PeriodKind, month_end, parse_period

HOW = "请写成 2026年5月、2026年第2季度、2026年上半年、2026年 或 2026年1—11月。"
_TO_DATE = re.compile(r"(\d{4})年1月?[-—–~至到]+(\d{1,2})月(?:累计)?")
_CODE = re.compile(r"(\d{4})-T(\d{1,2})")
_KINDS = {1: PeriodKind.MONTH, 3: PeriodKind.QUARTER, 6: PeriodKind.HALF, 12: PeriodKind.YEAR}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From the first day of a month to the last day of a month of the same year.

    It is a period of the calendar, or begins in January (累计). 1 月 to 3 月 and the first quarter are one
    and the same. Raises `InvalidInput` for anything else.
    """

    start: dt.date
    end: dt.date

    def __post_init__(self) -> None:
        """Refuse what is no span."""
        whole = self.start.day == 1 and self.end == month_end(self.end.year, self.end.month)
        ordered = self.start.year == self.end.year and self.start.month <= self.end.month
        known = self.start.month == 1 or (self.months in _KINDS and (self.start.month - 1) % self.months == 0)
        if not (whole and ordered and known and FIRST_YEAR <= self.start.year <= LAST_YEAR):
            message = f"{self.start} 至 {self.end} 不是整月的时段。{HOW}"
            raise InvalidInput(message, fields={"period": message}, code="period_invalid")

    @classmethod
    def of_months(cls, year: int, first: int, last: int) -> Span:
        """Return the span from one month to another."""
        if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= first <= last <= 12):
            message = f"没有 {year}年{first}—{last}月 这样的时段。{HOW}"
            raise InvalidInput(message, fields={"period": message}, code="period_invalid")
        return cls(dt.date(year, first, 1), month_end(year, last))

    @property
    def months(self) -> int:
        """Return how many months it has."""
        return self.end.month - self.start.month + 1

    @property
    def period(self) -> Period | None:
        """Return the period of the calendar it is; None for 1 月 to some other month."""
        kind = _KINDS.get(self.months)
        return Period.of(kind, self.start) if kind else None

    @property
    def label(self) -> str:
        """Return 2026年5月, 2026年第2季度, 2026年上半年, 2026年, 2026年1—11月; `parse_span` reads it back."""
        return self.period.label if self.period else f"{self.start.year}年1—{self.end.month}月"

    @property
    def code(self) -> str:
        """Return 2026-05, 2026-Q2, 2026-H1, 2026, 2026-T11."""
        return self.period.code if self.period else f"{self.start.year}-T{self.end.month}"

    def in_year(self, year: int) -> Span:
        """Return the same months of another year."""
        return Span.of_months(year, self.start.month, self.end.month)

    def before(self) -> Span | None:
        """Return the period before it; None for a year (that is 同比) and for 1 月 to some month."""
        period = self.period
        if period is None or period.kind is PeriodKind.YEAR:
            return None
        last = period.previous()
        return Span(last.start, last.end)

    def contains(self, other: Span) -> bool:
        """Say whether the other lies inside."""
        return self.start <= other.start and other.end <= self.end

    @property
    def rank(self) -> tuple[dt.date, int]:
        """Return what orders spans: the later end first, of two with one end the longer."""
        return self.end, self.months


def parse_span(text: str) -> Span:
    """Read a span from its code or its Chinese name. Raises `InvalidInput` (`period`)."""
    plain = squeeze(text)
    found = _TO_DATE.fullmatch(plain) or _CODE.fullmatch(plain)
    if found:
        return Span.of_months(int(found[1]), 1, int(found[2]))
    try:
        period = parse_period(plain)
    except InvalidInput as refusal:
        message = f"读不懂时段“{text.strip()[:40]}”。{HOW}"
        raise InvalidInput(message, fields={"period": message}, code=refusal.code) from None
    if period.kind is PeriodKind.WEEK:
        message = f"指标不按周填。{HOW}"
        raise InvalidInput(message, fields={"period": message}, code="period_invalid")
    return Span(period.start, period.end)
