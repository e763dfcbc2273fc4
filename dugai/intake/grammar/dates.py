"""Dates as printed: full dates, months, years, periods and as-of words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dugai.intake.grammar.numerals import integer

_CN = "零〇○一二三四五六七八九"
FULL = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*[年\-./]\s*(\d{1,2})\s*[月\-./]\s*(\d{1,2})(?:\s*日|(?![\d.]))")
FULL_CHINESE = re.compile(
    rf"([二一][{_CN}]{{3}})年([一二三四五六七八九十]{{1,2}})月([一二三四五六七八九十]{{1,3}})日"
)
_PLAN_PERIODS = {"十一五": (2006, 2010), "十二五": (2011, 2015), "十三五": (2016, 2020), "十四五": (2021, 2025),
                 "十五五": (2026, 2030)}  # fmt: skip
_QUARTER_END = {"一": 3, "二": 6, "三": 9, "四": 12, "1": 3, "2": 6, "3": 9, "4": 12}


def full_dates(folded: str) -> list[tuple[int, int, str]]:
    """(start, end, ``YYYY-MM-DD``) of every complete and possible date."""
    found = []
    for match in FULL.finditer(folded):
        iso = _iso(int(match[1]), int(match[2]), int(match[3]))
        if iso:
            found.append((match.start(), match.end(), iso))
    for match in FULL_CHINESE.finditer(folded):
        year, month, day = integer(match[1]), integer(match[2]), integer(match[3])
        iso = _iso(year or 0, month or 0, day or 0)
        if iso:
            found.append((match.start(), match.end(), iso))
    return sorted(found)


def _iso(year: int, month: int, day: int) -> str | None:
    if 1900 < year < 2100 and 1 <= month <= 12 and 1 <= day <= 31:
        return f"{year:04d}-{month:02d}-{day:02d}"
    return None


@dataclass(frozen=True, slots=True)
class When:
    """The time a value speaks of. ``as_of`` is None for 目前 and the like."""

    start: int
    end: int
    raw: str
    as_of: str | None
    period: str | None = None


_Y = r"(?<!\d)((?:19|20)\d{2})年"
_WHEN = re.compile(
    "|".join(
        [
            rf"(?P<span>截至)?{_Y}(?:度)?\s*[-至到、]\s*((?:19|20)\d{{2}})年",
            rf"{_Y}(1?\d)\s*月?\s*[-至到]\s*(1?\d)月(?:份|底|末)?",
            rf"{_Y}前([一二三])季度",
            rf"{_Y}(?:第)?([一二三四])季度",
            rf"{_Y}([上下])半年",
            rf"(?:截至|截止到?|到)?{_Y}(1?\d)月([123]?\d)日",
            rf"(?:截至|截止到?|到)?{_Y}(1?\d)月(?:份|底|末)?",
            rf"(?:截至|截止到?|到)?{_Y}年?(?:底|末)",
            rf"(?:截至|截止到?)?{_Y}度?以来",
            rf"(?:截至|截止到?)?{_Y}度?",
            r"“?(十[一二三四五]五)”?(?:期间|以来|时期)?",
            r"(?:截至|截止到?)(?P<month>1[0-2]|[1-9])月(?:(?P<day>[123]?\d)日|份?(?:底|末)|份)?",
            r"(?:截至|截止到?)目前|目前|今年以来|今年(?:1?\d)\s*[-至到]\s*(?:1?\d)月|今年|(?:整改工作开展|督察|整改)以来",
        ]
    )
)


def whens(folded: str, year: int | None = None) -> list[When]:
    """Every expression of time in a folded text, in order.

    ``year`` is the year the document itself is about; 截至9月底 takes it. Without it such a date stays open.
    """
    return [found for match in _WHEN.finditer(folded) if (found := _read(match, year))]


def _read(match: re.Match[str], known: int | None) -> When | None:
    raw = match.group()
    if match["month"]:
        if known is None:
            return When(*match.span(), raw, None)
        day = f"-{int(match['day']):02d}" if match["day"] else ""
        return When(*match.span(), raw, f"{known}-{int(match['month']):02d}{day}")
    numbers = [int(n) for n in re.findall(r"\d+", raw)]
    start, end = match.span()
    plan = re.search(r"十[一二三四五]五", raw)
    if plan:
        first, last = _PLAN_PERIODS[plan.group()]
        if raw.endswith("以来"):
            return When(start, end, raw, None)
        return When(start, end, raw, str(last), f"{first}/{last}")
    if not numbers or "今年" in raw or "以来" in raw:
        return When(start, end, raw, None)
    year = numbers[0]
    if len(numbers) == 2 and numbers[1] > 1900:
        return When(start, end, raw, str(numbers[1]), f"{year}/{numbers[1]}")
    if "季度" in raw:
        return _quarter(match, raw, year)
    if "半年" in raw:
        month = 6 if "上" in raw else 12
        return When(start, end, raw, f"{year}-{month:02d}", f"{year}-{month - 5:02d}/{year}-{month:02d}")
    if len(numbers) == 3 and raw.endswith("日"):
        iso = _iso(year, numbers[1], numbers[2])
        return When(start, end, raw, iso) if iso else None
    if len(numbers) == 3 and max(numbers[1:]) <= 12:
        span = f"{year}-{numbers[1]:02d}/{year}-{numbers[2]:02d}"
        return When(start, end, raw, f"{year}-{numbers[2]:02d}", span)
    if len(numbers) == 2 and 1 <= numbers[1] <= 12:
        return When(start, end, raw, f"{year}-{numbers[1]:02d}")
    if raw.endswith(("底", "末")):
        return When(start, end, raw, f"{year}-12")
    return When(start, end, raw, str(year))


def _quarter(match: re.Match[str], raw: str, year: int) -> When:
    name = re.search(r"([一二三四1-4])季度", raw)
    last = _QUARTER_END[name[1]] if name else 12
    first = 1 if "前" in raw else last - 2
    return When(
        match.start(), match.end(), raw, f"{year}-{last:02d}", f"{year}-{first:02d}/{year}-{last:02d}"
    )
