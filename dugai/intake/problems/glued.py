"""Rows whose cells ran together: cut again where the kinds of the columns allow.

``1城区管网老化。完成改造。新建管网18公里。县住建局2025年12月底前`` has no marks between its cells, but a
running number, a case number, a deadline, a list of units, a verdict and a state can be told from a sentence.
"""

from __future__ import annotations

import re
from functools import lru_cache

from dugai.intake.grammar.labels import ROLES
from dugai.intake.text.fold import fold

_UNIT = (
    r"(?:各|省|市|县|区|州|自治区|镇|乡|[\u4e00-\u9fff]{2,6}?(?:省|市|县|区|州|旗|镇|乡))"
    r"(?:[\u4e00-\u9fff]{0,3}(?:\([^()]{1,8}\))?[\u4e00-\u9fff]{0,12}?)(?:委员会|办公室|人民政府|政府|党委|管委会|指挥部|集团|公司|局|委|厅|办|队|院)"
)
_UNITS = re.compile(rf"{_UNIT}(?:(?:、|,|和){_UNIT}|、(?:人民)?政府)*(?:等(?:部门|单位)?)?")
_DATE = r"(?:19|20)\d{2}年(?:\d{1,2}月(?:\d{1,2}日)?(?:底|末)?|[上下]半年|第?[一二三四]季度|年?底|末)?(?:之?前)?(?:完成(?:整改)?)?"
_WORDS = r"立行立改|立即整改|立整立改|长期坚持|长期整改|持续推进|常态化推进"
_DEADLINE = re.compile(rf"(?:{_DATE}|{_WORDS})(?:[,、;]?(?:并)?(?:{_DATE}|{_WORDS}))*")
_CASE = re.compile(r"[DXLW][A-Z0-9]{0,4}\d{8,14}(?:\([*★]\)|[*★])?")
_VERDICT = re.compile(r"基本属实|部分属实|不属实|属实")
_CLOSED = re.compile(r"阶段性?办结|已办结|未办结|正在办理|办理中")
_STATE = re.compile(
    r"部分已完成[,、]其他按序时进度推进|已完成并(?:长期坚持|持续推进)|(?:未)?达到?序时进度|按序时进度推进|已完成整改|已完成|已销号|正在(?:整改|推进)|未启动|基本完成"
)
_TYPES = re.compile(
    r"(?:(?:水|大气|土壤|噪声|噪音|固废|固体废物|垃圾|油烟|扬尘|生态|辐射|其他|海洋|异味|畜禽养殖)(?:污染)?[、,]?)+(?<![、,])"
)
_AREA = re.compile(
    r"(?:[\u4e00-\u9fff]{2,7}?(?:市|州|盟))?[\u4e00-\u9fff]{1,6}?(?:县|区|旗|市)(?![\u4e00-\u9fff]{0,2}(?:政府|委|局))"
)
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("case_no", _CASE), ("deadline", _DEADLINE), ("verified", _VERDICT), ("case_status", _CLOSED), ("status", _STATE),
    ("pollution", _TYPES), ("area", _AREA), ("units", _UNITS),
)  # fmt: skip


@lru_cache(maxsize=1)
def _words() -> re.Pattern[str]:
    words = sorted({w for group in ROLES.values() for w in group}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words)))


def glued_header(text: str) -> list[str] | None:
    """The column words of a header without spaces, None where the line is anything else."""
    folded = fold(text).strip()
    if not 12 <= len(folded) <= 120 or re.search(r"[。;:,\s]", folded):
        return None
    words: list[str] = []
    at = 0
    while at < len(folded):
        match = _words().match(folded, at)
        if match is None:
            return None
        words.append(match.group())
        at = match.end()
    return words if len(words) >= 4 else None


def cut_row(text: str, roles: list[str | None]) -> list[tuple[int, int]]:
    """Places of the cells (or parts of cells) of one glued row, in order."""
    folded = fold(text)
    known = {r for r in roles if r}
    if known & {"responsible", "lead", "supervising", "cooperating", "acceptance"}:
        known.add("units")
    spans: list[tuple[int, int]] = []
    at = 0
    if "no" in known:
        number = re.match(r"\s*(\d{1,3})(?=[\u4e00-\u9fff(A-Z\[“])|\s*(\d)(?=[DX]\d?[A-Z]{2}\d{8})", folded)
        if number:
            spans.append((number.start(), number.end()))
            at = number.end()
    while at < len(folded):
        end = _typed(folded, at, known, fresh=at == 0 or bool(spans))
        if end is None:
            end = _sentence(folded, at, known)
        spans.append((at, end))
        at = end
    return [(a, b) for a, b in spans if folded[a:b].strip()]


def _typed(folded: str, at: int, known: set[str], *, fresh: bool) -> int | None:
    for kind, pattern in _KINDS:
        if kind not in known or not fresh:
            continue
        match = pattern.match(folded, at)
        if match and match.end() > at and _stands_alone(kind, folded, match):
            return match.end()
    return None


def _stands_alone(kind: str, folded: str, match: re.Match[str]) -> bool:
    """A typed cell follows a finished cell and is not the beginning of a sentence."""
    before = folded[match.start() - 1 : match.start()]
    if (
        kind in ("deadline", "units", "area", "pollution", "status")
        and match.start()
        and before not in "。;!？"
    ):
        previous_typed = bool(
            re.search(
                r"(?:局|委|厅|府|办|前|底|末|日|月|持|改|县|区|市|实|结|进|度|成)$", folded[: match.start()]
            )
        )
        if not previous_typed:
            return False
    after = folded[match.end() : match.end() + 12]
    if kind == "deadline":
        return not re.match(r"[\u4e00-\u9fff]{0,2}(?:完成|建成|实现|达到|全面|以前|起|以来)[^,。]{2}", after)
    if kind == "units":
        return not re.match(r"(?:负责|组织|开展|对|未|已|应|要|在|将|不|没有|落实|监管)", after)
    if kind == "area":
        return bool(re.match(r"(?:水|大气|土壤|噪|固|垃圾|油烟|扬尘|生态|辐射|其他|海洋|异味|经|$)", after))
    if kind == "pollution":
        return bool(re.match(r"经|[\u4e00-\u9fff]{0,3}反映|该|现场|调查|$|\d", after))
    return True


def _sentence(folded: str, at: int, known: set[str]) -> int:
    """To the end of the sentence, or to a typed cell that begins where no sentence goes on."""
    stop = re.compile(r"[。!?;](?![”)])").search(folded, at)
    end = stop.end() if stop else len(folded)
    if "area" in known or "verified" in known:
        return end
    for match in _DEADLINE.finditer(folded, at + 1, end) if "deadline" in known and not stop else ():
        if _UNITS.search(folded, at, match.start()) is None:
            return match.start()
    return end
