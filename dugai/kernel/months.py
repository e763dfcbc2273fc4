"""Periods of reporting: week, month, quarter, half-year, year.

Pure values; today always comes from outside.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from dugai.kernel.chinese import chinese_to_int, squeeze
from dugai.kernel.choices import Choices
from dugai.kernel.errors import InvalidInput

FIRST_YEAR, LAST_YEAR = 1900, 2199


class PeriodKind(Choices):
    """How long a period is."""

    WEEK = "week", "周"
    MONTH = "month", "月"
    QUARTER = "quarter", "季度"
    HALF = "half", "半年"
    YEAR = "year", "年"


_MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.HALF: 6, PeriodKind.YEAR: 12}


def month_end(year: int, month: int) -> dt.date:
    """Return the last day of a month."""
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def add_months(day: dt.date, months: int) -> dt.date:
    """Return the same day ``months`` later (or earlier); the last day when that month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One week (ISO), month, quarter, half-year or year.

    ``number`` counts from 1 inside ``year`` and is 1 for a year; for a week, ``year`` is the ISO year.
    Years run from 1900 to 2199. ``InvalidInput`` when there is no such period.
    """

    kind: PeriodKind
    year: int
    number: int = 1

    def __post_init__(self) -> None:
        """Refuse a period that does not exist."""
        most = _weeks(self.year) if self.kind is PeriodKind.WEEK else 12 // _MONTHS[self.kind]
        if not (FIRST_YEAR <= self.year <= LAST_YEAR and 1 <= self.number <= most):
            text = f"没有 {self.year} 年第 {self.number} 个“{self.kind.label}”这样的时段。"
            raise InvalidInput(text, code="period_invalid")

    @classmethod
    def of(cls, kind: PeriodKind, day: dt.date) -> Period:
        """Return the period of this kind that contains ``day``."""
        if kind is PeriodKind.WEEK:
            year, week, _ = day.isocalendar()
            return cls(kind, year, week)
        return cls(kind, day.year, (day.month - 1) // _MONTHS[kind] + 1)

    @property
    def start(self) -> dt.date:
        """First day."""
        if self.kind is PeriodKind.WEEK:
            return dt.date.fromisocalendar(self.year, self.number, 1)
        return dt.date(self.year, (self.number - 1) * _MONTHS[self.kind] + 1, 1)

    @property
    def end(self) -> dt.date:
        """Last day, itself inside the period."""
        if self.kind is PeriodKind.WEEK:
            return self.start + dt.timedelta(days=6)
        return month_end(self.year, self.number * _MONTHS[self.kind])

    @property
    def label(self) -> str:
        """Full Chinese name, which ``parse_period`` reads back: 2026年5月, 2026年5月18日—24日当周."""
        match self.kind:
            case PeriodKind.WEEK:
                return f"{self.start.year}年{self.short_label}"
            case PeriodKind.YEAR:
                return f"{self.year}年"
            case _:
                return f"{self.year}年{self.short_label}"

    @property
    def short_label(self) -> str:
        """Name inside its own year: 5月, 第2季度, 上半年, 5月18日—24日当周; a year keeps its number."""
        match self.kind:
            case PeriodKind.MONTH:
                return f"{self.number}月"
            case PeriodKind.QUARTER:
                return f"第{self.number}季度"
            case PeriodKind.HALF:
                return "上半年" if self.number == 1 else "下半年"
            case PeriodKind.WEEK:
                year = f"{self.end.year}年" if self.end.year != self.start.year else ""
                month = f"{self.end.month}月" if self.end.month != self.start.month else ""
                return f"{self.start.month}月{self.start.day}日—{year}{month}{self.end.day}日当周"
            case _:
                return f"{self.year}年"

    @property
    def code(self) -> str:
        """Short ASCII name for addresses and files: 2026-W21, 2026-05, 2026-Q2, 2026-H1, 2026."""
        match self.kind:
            case PeriodKind.WEEK:
                return f"{self.year}-W{self.number:02d}"
            case PeriodKind.MONTH:
                return f"{self.year}-{self.number:02d}"
            case PeriodKind.QUARTER:
                return f"{self.year}-Q{self.number}"
            case PeriodKind.HALF:
                return f"{self.year}-H{self.number}"
            case _:
                return str(self.year)

    def contains(self, day: dt.date) -> bool:
        """Say whether ``day`` lies inside."""
        return self.start <= day <= self.end

    def next(self) -> Period:
        """Return the period that follows."""
        return Period.of(self.kind, self.end + dt.timedelta(days=1))

    def previous(self) -> Period:
        """Return the period before."""
        return Period.of(self.kind, self.start - dt.timedelta(days=1))

    def __str__(self) -> str:
        """Print the full Chinese name."""
        return self.label


_YEAR = r"(?P<year>\d{4}|[〇○零一二三四五六七八九]{4})年度?"
_NUM = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
_CODE = re.compile(r"(\d{4})(?:-(?:W(\d{2})|Q(\d)|H(\d)|(\d{1,2})))?")
_WEEK = re.compile(
    rf"{_YEAR}(?P<month>{_NUM})月(?P<day>{_NUM})日[-—–~至到]+"
    r"(?:\d{4}年)?(?:\d{1,2}月)?(?P<last>\d{1,2})日(?:当周|这一?周)?"
)
_NAMES = (
    (PeriodKind.MONTH, re.compile(rf"{_YEAR}(?P<number>{_NUM})月份?")),
    (PeriodKind.QUARTER, re.compile(rf"{_YEAR}第?(?P<number>[1-4一二三四])季度")),
    (PeriodKind.HALF, re.compile(rf"{_YEAR}(?P<number>[上下])半年")),
    (PeriodKind.YEAR, re.compile(rf"{_YEAR}(?:全年)?(?P<number>)")),
)
_NUMBERS = {"": 1, "上": 1, "下": 2}


def parse_period(text: str) -> Period:
    """Read a period from its code or its Chinese name; the inverse of ``code``, ``label`` and ``str``.

    ``InvalidInput`` with code ``period_unreadable`` when it is neither, ``period_invalid`` when it does not
    exist.
    """
    plain = squeeze(text)
    period = _from_code(plain) or _from_label(plain)
    if period is None:
        message = f"读不懂时段“{text}”。请写成 2026年5月、2026年第2季度 或 2026-05。"
        raise InvalidInput(message, code="period_unreadable")
    return period


def _from_code(text: str) -> Period | None:
    found = _CODE.fullmatch(text)
    if not found:
        return None
    year, week, quarter, half, month = found.groups()
    for kind, number in (
        (PeriodKind.WEEK, week),
        (PeriodKind.QUARTER, quarter),
        (PeriodKind.HALF, half),
        (PeriodKind.MONTH, month),
    ):
        if number:
            return Period(kind, int(year), int(number))
    return Period(PeriodKind.YEAR, int(year))


def _from_label(text: str) -> Period | None:
    if week := _WEEK.fullmatch(text):
        return _week(*(chinese_to_int(week[name]) for name in ("year", "month", "day", "last")))
    for kind, pattern in _NAMES:
        if found := pattern.fullmatch(text):
            number = found["number"]
            counted = _NUMBERS[number] if number in _NUMBERS else chinese_to_int(number)
            return Period(kind, chinese_to_int(found["year"]), counted)
    return None


def _week(year: int, month: int, day: int, last: int) -> Period | None:
    try:
        start = dt.date(year, month, day)
    except ValueError:
        return None
    period = Period.of(PeriodKind.WEEK, start)
    return period if (period.start, period.end.day) == (start, last) else None


def _weeks(year: int) -> int:
    return dt.date(min(max(year, 1), 9998), 12, 28).isocalendar().week
