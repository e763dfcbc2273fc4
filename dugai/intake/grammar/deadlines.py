"""整改时限: every dated part of a deadline, in the order of the text."""

from __future__ import annotations

import datetime as dt
import re

from dugai.intake.text.fold import fold
from dugai.kernel.errors import InvalidInput
from dugai.ledger.deadline_text import parse_deadline
from dugai.ledger.deadlines import codes

_IMMEDIATE = r"立行立改|立即(?:整改|改正|完成)|立整立改|立查立改|立知立改|即知即改|即行即改|马上就改|立说立改"
_LONG = (
    r"长期(?:坚持|整改|推进|落实|任务|保持|执行|有效)?|常态化|持续(?:推进|整改|坚持|实施|开展|落实)|逐年推进"
)
_QUARTER = {"一": 3, "二": 6, "三": 9, "四": 12, "1": 3, "2": 6, "3": 9, "4": 12}
_PART = re.compile(
    rf"(?P<imm>{_IMMEDIATE})|(?P<long>{_LONG})"
    r"|(?P<y>(?:19|20)\d{2})\s*(?:年度?|[-./])\s*"
    r"(?:(?P<m>1[0-2]|0?[1-9])\s*(?:月份?|[-./]|(?=[^\d]|$))\s*(?:(?P<d>3[01]|[12]\d|0?[1-9])\s*日?)?(?:底|末)?"
    r"|(?P<half>[上下])半年|(?:第)?(?P<q>[一二三四1-4])季度|年?(?P<end>底|末)|(?P<year>))"
    r"|(?P<rel>今年|明年|本年度?|当年|次年|后年|年)(?:年)?(?P<rend>底|末|内)"
    r"|(?P<rel2>今年|明年|本年|当年|次年)?(?P<m2>1[0-2]|0?[1-9])月(?:(?P<d2>3[01]|[12]\d|0?[1-9])日|份?(?:底|末)?)"
)


_DAMAGED_YEAR = re.compile(
    r"(?<!\d)(?:(?:20|19)[*×X□?_ ]{1,2}\d?|[*×X□?_]{2,4}|(?:20|19)?\d?[ *×X□?_]{1,2}\d|20\d)\s?年(?:度|底|末)?(?:\s?\d{1,2}月(?:\d{1,2}日|份?底|末)?)?"
)


def deadlines_of(raw: str, *, issue_year: int | None = None) -> list[str]:
    """Dated parts of a deadline, as the ledger reads it; a bare year stays a year.

    Where the ledger cannot tell, the dates that are printed are still given.
    """
    printed = printed_dates(raw, issue_year=issue_year)
    if _DAMAGED_YEAR.search(fold(raw)):
        return printed
    if any(len(value) == 4 for value in printed):
        return printed
    issued = dt.date(issue_year, 1, 1) if issue_year else None
    try:
        return codes(parse_deadline(raw, issued=issued)) or printed
    except InvalidInput:
        return printed


def printed_dates(raw: str, *, issue_year: int | None = None) -> list[str]:
    """Dated parts: ``YYYY-MM-DD``, ``YYYY-MM``, ``YYYY``, ``immediate``, ``long_term``.

    A month without a year takes the year before it in the same text. Relative years (今年底, 明年6月)
    are dated only where the year of issue is known; otherwise the part is left out, not guessed.
    """
    found: list[str] = []
    year: int | None = None
    folded = _DAMAGED_YEAR.sub("", fold(raw))  # 20**年12月: a date without its year is not guessed
    for match in _PART.finditer(folded):
        value: str | None = None
        if match["imm"]:
            value = "immediate"
        elif match["long"]:
            value = "long_term"
        elif match["y"]:
            year = int(match["y"])
            value = _dated(match, year)
        elif match["rel"]:
            base = _relative(match["rel"], issue_year) or year
            value = f"{base}-12" if base else None
        elif match["m2"]:
            base = (_relative(match["rel2"], issue_year) if match["rel2"] else None) or year or issue_year
            if base:
                value = f"{base}-{int(match['m2']):02d}" + (f"-{int(match['d2']):02d}" if match["d2"] else "")
        if value and value not in found:
            found.append(value)
    return found


def _dated(match: re.Match[str], year: int) -> str:
    if match["m"]:
        return f"{year}-{int(match['m']):02d}" + (f"-{int(match['d']):02d}" if match["d"] else "")
    if match["half"]:
        return f"{year}-{'06' if match['half'] == '上' else '12'}"
    if match["q"]:
        return f"{year}-{_QUARTER[match['q']]:02d}"
    return f"{year}-12" if match["end"] else str(year)


def _relative(word: str | None, issue_year: int | None) -> int | None:
    if issue_year is None:
        return None
    return issue_year + {"明年": 1, "次年": 1, "后年": 2}.get(word or "", 0)


def looks_like_deadline(text: str) -> bool:
    """Whether a short text is a deadline and hardly anything else (for cells without a header)."""
    folded = fold(text).strip()
    if not folded or len(folded) > 40:
        return False
    rest = _PART.sub("", folded)
    rest = re.sub(r"[\s,。;、()前底末内完成止并以实现整改到按期限时:（）\"“”]|之?前|以内", "", rest)
    return bool(_PART.search(folded)) and len(rest) <= max(2, len(folded) // 5)
