"""Dates inside the wording of a deadline: 2025年12月底前, 第三季度末, “十四五”末, 30日内, 2025.12.31.

A date counts only where it promises something. One that a clause merely mentions (完成2023年度任务,
较2020年下降) does not. Used by ``deadline_text``; takes text already folded by ``kernel.chinese.squeeze``
and ``mend``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from dugai.kernel.chinese import chinese_to_int
from dugai.kernel.errors import InvalidInput
from dugai.kernel.months import add_months, month_end
from dugai.ledger.deadlines import Precision

AddWorkdays: TypeAlias = Callable[[dt.date, int], dt.date]
"""The day so many working days after another one; the calendar of holidays belongs to the caller."""

SEPARATORS = "，；。、：（）"


class CannotTellError(Exception):
    """The wording needs something that was not given; the argument says what, in Chinese."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A date that counts: where it stands, the last day it allows, and what was needed to read it."""

    start: int
    end: int
    due: dt.date
    precision: Precision
    from_year: int | None = None
    used_issue: bool = False
    assumed: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What the reader knows besides the wording."""

    issued: dt.date | None
    add_workdays: AddWorkdays | None = None


_N = r"(?:\d{1,2}|[一二两三四五六七八九十]{1,3})"
_TO = r"[至到—–~～\-]"
_DURATION = (
    r"(?:[自从]?(?:整改|任务|工作)?(?:方案|清单|文件|任务书|问题|通知|意见)?(?:印发|下发|发布|反馈|交办|签发|收到|公布)"
    r"(?:之日)?(?:起|后|之后)?|自?即日起"
    r"|[自从](?P<by>\d{4})年(?P<bm>\d{1,2})月(?P<bd>\d{1,2})日(?:之日)?起)?"
    r"(?P<dn>\d{1,3}|[一二两三四五六七八九十]{1,4}|半)(?P<du>个?工作日|个月|个季度|年|周|个?星期|日|天)(?:之内|以内|内)"
)
_ISO = (
    r"(?P<iy>(?:19|20)\d\d)(?P<isep>[-/.])(?P<im>\d{1,2})(?:(?P=isep)(?P<id>\d{1,2}))?(?![\d.])"
    r"|(?P<cy>20\d\d)(?P<cm>[01]\d)(?P<cd>[0-3]\d)(?!\d)"
)
_PLAN = (
    r"[“\"‘'「]?(?P<plan>十[一二三四五六七八九])五[”\"’'」]?(?:规划|计划)?"
    r"(?P<pend>末期?|期末|期间|时期|期内|收官之?年)?"
)
_RELATIVE = r"(?P<rm>本月|当月|下个?月|次月|月|本季度|下季度)(?:(?P<rd>\d{1,2})[日号]|(?P<re>底|末))"
_CALENDAR = (
    r"(?:(?P<fy>\d{4})年?" + _TO + r"+(?=\d{4}年))?"
    r"(?:(?P<y>[\d〇○零一二三四五六七八九]{4}|\d{2}(?=年(?:\d|[底末]|[一二三四十上下第])))年度?"
    r"|(?P<yw>今年|本年度?|当年|明年|次年|后年))?"
    r"(?:(?:\d{1,2}月?"
    + _TO
    + r"+)?(?P<m>"
    + _N
    + r")月份?(?:(?P<d>"
    + _N
    + r")[日号]|(?P<x>[上中下])旬|(?P<me>[底末]))?"
    r"|第?(?P<q>[1-9一二三四五六七八九])季度(?P<qe>[底末])?"
    r"|(?P<h>[上下])半年(?P<he>[底末])?"
    r"|(?P<ye>年?[底末]|年?内|年终|年度内|全年)"
    r"|)"
)
_SUFFIX = r"(?:24时)?(?P<suf>之前|以前|之内|以内|前|内|为止|止)?"
_MENTION = re.compile(f"(?:{_DURATION}|{_ISO}|{_PLAN}|{_RELATIVE}|{_CALENDAR}){_SUFFIX}")

LEADS = re.compile(
    r"(?:并|且|其中|力争|确保|争取|原则上|预计|计划|最迟|最晚|不迟于|不晚于|截至|截止|务必|必须|须|需|应|即日起"
    r"|短期|近期|前期|中期|后期|远期|即|于|在|到|至|为|是|整改|完成时限|时限|方案)+"
)
_BUSY = re.compile(r"完成|落实|较|比|达到|实现|每|以来|排查|自|从|同|《")
_NO_PROMISE = re.compile(
    r"以来|开始|起|以后|之后|后|第|的|版|期间排查|级|春节|元旦|五一|国庆|中秋|入?汛|开学"
)
_YEAR_WORDS = {"今年": 0, "本年": 0, "本年度": 0, "当年": 0, "明年": 1, "次年": 1, "后年": 2}


def find_mentions(text: str, known: Known) -> list[Mention]:
    """Return the dates that promise something, in the order of the text.

    Raises ``CannotTellError`` when a date needs the day of issue or a calendar that is not there,
    ``InvalidInput`` for a day that does not exist (6月31日).
    """
    matches = [match for match in _MENTION.finditer(text) if _is_date(match)]
    strict = [match for match in matches if _promises(text, match)]
    chosen = strict or [match for match in matches if _is_strong(match) and not _follows_every(text, match)]
    found: list[Mention] = []
    for match in chosen:
        mention = _resolve(match, found[-1].due.year if found else None, known)
        if found and re.fullmatch(_TO + "+", text[found[-1].end : mention.start]):
            first = found.pop()
            mention = Mention(
                first.start,
                mention.end,
                mention.due,
                mention.precision,
                from_year=first.due.year,
                used_issue=first.used_issue or mention.used_issue,
                assumed=first.assumed or mention.assumed,
            )
        found.append(mention)
    return found


def clause_start(text: str, position: int) -> int:
    """Return where the clause that contains ``position`` begins."""
    return max(text.rfind(mark, 0, position) for mark in SEPARATORS) + 1


def _is_date(match: re.Match[str]) -> bool:
    groups = match.groupdict()
    if groups["ye"] and not groups["y"] and not groups["yw"]:
        return groups["ye"].startswith("年")
    return any(value for name, value in groups.items() if name not in {"suf", "isep", "fy"})


def _is_strong(match: re.Match[str]) -> bool:
    return any(
        match[name] for name in ("suf", "dn", "pend", "re", "rd", "me", "x", "qe", "h", "ye", "d", "id", "cd")
    )


def _follows_every(text: str, match: re.Match[str]) -> bool:
    return re.search("每[年月]?$", text[: match.start()]) is not None


def _promises(text: str, match: re.Match[str]) -> bool:
    before = text[clause_start(text, match.start()) : match.start()]
    free = not before or LEADS.fullmatch(before) is not None
    if re.search(_TO + "$", before) and not free:
        free = any(other.end() == match.start() - 1 for other in _MENTION.finditer(text) if _is_date(other))
    if _NO_PROMISE.match(text, match.end()):
        return False
    return free or (_is_strong(match) and not _BUSY.search(before))


def _resolve(match: re.Match[str], year_before: int | None, known: Known) -> Mention:
    groups = match.groupdict()
    span = match.span()
    if groups["dn"]:
        return Mention(*span, _after(groups, known), Precision.DAY, used_issue=not groups["by"])
    if groups["iy"] or groups["cy"]:
        year, month = int(groups["iy"] or groups["cy"]), int(groups["im"] or groups["cm"])
        day = groups["id"] or groups["cd"]
        due, precision = _month_day(year, month, int(day) if day else None, match[0])
        return Mention(*span, due, precision)
    if groups["plan"]:
        # The eleventh plan ended in 2010; every plan takes five years.
        year = 2005 + 5 * (chinese_to_int(groups["plan"]) - 10)
        return Mention(*span, dt.date(year, 12, 31), Precision.YEAR)
    if groups["rm"]:
        due, precision = _relative(groups, _issued(known, match[0]), match[0])
        return Mention(*span, due, precision, used_issue=True)
    return _calendar(match, year_before, known)


def _calendar(match: re.Match[str], year_before: int | None, known: Known) -> Mention:
    groups = match.groupdict()
    start, end = match.span()
    from_year = int(groups["fy"]) if groups["fy"] else None
    assumed = ""
    if groups["y"]:
        year = chinese_to_int(groups["y"])
        if len(groups["y"]) == len("25"):
            year, assumed = year + 2000, f"“{match[0]}”按 {year + 2000} 年读"
        due, precision = _within(year, groups, match[0])
        if precision is Precision.YEAR and groups["suf"] == "前" and not groups["ye"]:
            assumed = f"“{match[0]}”按 {year} 年底前读"
        return Mention(start, end, due, precision, from_year=from_year, assumed=assumed)
    if groups["yw"]:
        year = _issued(known, match[0]).year + _YEAR_WORDS[groups["yw"]]
        due, precision = _within(year, groups, match[0])
        return Mention(start, end, due, precision, used_issue=True)
    if year_before is not None:
        due, precision = _within(year_before, groups, match[0])
        return Mention(
            start, end, due, precision, assumed=f"“{match[0]}”没写年份，随前文按 {year_before} 年读"
        )
    issued = _issued(known, match[0])
    due, precision = _within(issued.year, groups, match[0])
    if due < issued:
        due, precision = _within(issued.year + 1, groups, match[0])
    assumed = f"“{match[0]}”没写年份，按印发日期 {issued} 读作 {due.year} 年"
    return Mention(start, end, due, precision, used_issue=True, assumed=assumed)


def _within(year: int, groups: dict[str, str | None], text: str) -> tuple[dt.date, Precision]:
    if groups["m"]:
        month = chinese_to_int(groups["m"])
        if groups["x"] in {"上", "中"}:
            return _month_day(year, month, 10 if groups["x"] == "上" else 20, text)
        return _month_day(year, month, chinese_to_int(groups["d"]) if groups["d"] else None, text)
    if groups["q"]:
        quarter = chinese_to_int(groups["q"])
        if quarter > 4:
            raise _no_such(f"“{text}”没有这个季度。请写第1季度到第4季度。")
        return month_end(year, quarter * 3), Precision.QUARTER
    if groups["h"]:
        return month_end(year, 6 if groups["h"] == "上" else 12), Precision.HALF
    return dt.date(year, 12, 31), Precision.YEAR


def _month_day(year: int, month: int, day: int | None, text: str) -> tuple[dt.date, Precision]:
    if not 1 <= month <= 12:
        raise _no_such(f"“{text}”里没有 {month} 月这个月。请改成 1 月到 12 月。")
    last = month_end(year, month)
    if day is None:
        return last, Precision.MONTH
    if not 1 <= day <= last.day:
        raise _no_such(f"“{month}月{day}日”没有这一天。请改成 {month}月{last.day}日 或写“{month}月底前”。")
    return dt.date(year, month, day), Precision.DAY


def _relative(groups: dict[str, str | None], issued: dt.date, text: str) -> tuple[dt.date, Precision]:
    word = groups["rm"] or ""
    ahead = 1 if word[0] in "下次" else 0
    if word.endswith("季度"):
        base = add_months(issued, 3 * ahead)
        return month_end(base.year, (base.month + 2) // 3 * 3), Precision.QUARTER
    base = add_months(issued.replace(day=1), ahead)
    return _month_day(base.year, base.month, int(groups["rd"]) if groups["rd"] else None, text)


def _after(groups: dict[str, str | None], known: Known) -> dt.date:
    number, unit = groups["dn"] or "", groups["du"] or ""
    if groups["by"]:
        year, month, day = (int(groups[name] or 0) for name in ("by", "bm", "bd"))
        start, _ = _month_day(year, month, day, f"{year}年{month}月{day}日")
    else:
        start = _issued(known, f"{number}{unit}内")
    count = 0 if number == "半" else chinese_to_int(number)
    if unit.endswith("工作日"):
        if known.add_workdays is None:
            text = "“工作日”要按节假日表推算，这里没有。请改写成日期。"
            raise CannotTellError(text)
        return known.add_workdays(start, count)
    if unit == "个月":
        return add_months(start, count) if count else start + dt.timedelta(days=15)
    if unit == "个季度":
        return add_months(start, 3 * count)
    if unit == "年":
        return add_months(start, 12 * count or 6)
    return start + dt.timedelta(days=count * (7 if unit.endswith(("周", "星期")) else 1))


def _issued(known: Known, text: str) -> dt.date:
    if known.issued is None:
        message = f"“{text}”要从印发日期算起，这份文件没有印发日期。请补上印发日期或写全年份。"
        raise CannotTellError(message)
    return known.issued


def _no_such(message: str) -> InvalidInput:
    return InvalidInput(message, code="date_impossible", fields={"deadline": message})
