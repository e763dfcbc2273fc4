"""Small wounds in the wording: doubled words, lost words, misread characters, quotation marks without a partner."""

from __future__ import annotations

import difflib
import re
from typing import Any

from dugai.intake.text.edits import CleanText

Defect = dict[str, Any]

_DOUBLED = re.compile(r"([\u4e00-\u9fff]{3,10})\1(?!\1)")
_DOUBLED_ONE = re.compile(r"([的和与及在是为对将被])\1(?=[\u4e00-\u9fff])")
_DOUBLED_WATER = re.compile(r"水水(?=环境)")
_FINE_DOUBLE = re.compile(r"是是非非|对对|为为|的的确确|在在|水水产")
_ELIDED = re.compile(r"…{3,}|\.{7,}|(?:\. ){4,}")
_PARTY = re.compile(r"党的(?:十八|十九|二十)(?![大届一二三四五六七八九十]|报告)[\u4e00-\u9fff]{0,2}")
_STRAY = re.compile(r"[\u4e00-\u9fff]{2,6}、[\u4e00-\u9fff]{2,6}、\d大[\u4e00-\u9fff]{2}")
# Set phrases of the field: a window that differs in one character is a misreading.
_PHRASES = (
    "一岗双责",
    "党政同责",
    "金山银山",
    "绿水青山",
    "失责必问",
    "问责必严",
    "三线一单",
    "挂图作战",
    "标本兼治",
    "举一反三",
    "三管三必须",
)
_MISREAD = (("桔秆", "秸秆"), ("秸杆", "秸秆"), ("桔杆", "秸秆"), ("蓝夭", "蓝天"), ("碧永", "碧水"), ("污柒", "污染"), ("整攺", "整改"),
            ("督査", "督查"), ("环境保沪", "环境保护"), ("生态坏境", "生态环境"), ("确保持通", "确保畅通"), ("专门了", "了专门"))  # fmt: skip


def wording(clean: CleanText, original_only: str) -> list[Defect]:
    """All small wounds. Nothing is corrected."""
    found = [
        d for d in _simple(clean, _DOUBLED, "doubled_text") if not d["quote"].startswith(("一", "每", "逐"))
    ]
    found += _simple(clean, _DOUBLED_WATER, "doubled_text", 0, 4)
    found += [
        d for d in _simple(clean, _DOUBLED_ONE, "doubled_text", 0, 4) if not _FINE_DOUBLE.search(d["quote"])
    ]
    found += _titles_twice(clean)
    found += _elided(original_only)
    found += _simple(clean, _PARTY, "lost_text", 0, 2)
    found += _simple(clean, _STRAY, "lost_text", 0, 0)
    found += _misread(original_only)
    found += _quotes(clean)
    return found


def _entry(clean: CleanText, kind: str, start: int, end: int) -> Defect:
    a, b = clean.span(max(0, start), min(end, len(clean.text)))
    return {"kind": kind, "quote": clean.original[a:b].strip(), "count": 1, "x_span": [a, b]}


def _simple(
    clean: CleanText, pattern: re.Pattern[str], kind: str, before: int = 0, after: int = 0
) -> list[Defect]:
    return [_entry(clean, kind, m.start() - before, m.end() + after) for m in pattern.finditer(clean.folded)]


def _titles_twice(clean: CleanText) -> list[Defect]:
    """Two documents named in a row whose long titles hardly differ."""
    found = []
    for match in re.finditer(r"《([^《》]{16,90})》[、和与]?《([^《》]{16,90})》", clean.folded):
        if difflib.SequenceMatcher(None, match[1], match[2], autojunk=False).ratio() > 0.88:
            found.append(_entry(clean, "doubled_text", match.start(2) - 1, match.end(2) + 1))
    return found


def _elided(original: str) -> list[Defect]:
    marks = list(_ELIDED.finditer(original))
    if not marks:
        return []
    first = marks[0]
    return [
        {
            "kind": "elided_text",
            "quote": first.group(),
            "count": len(marks),
            "x_span": [first.start(), first.end()],
        }
    ]


def _misread(original: str) -> list[Defect]:
    found = []
    for wrong, right in _MISREAD:
        for match in re.finditer(wrong, original):
            found.append(_misreading(original, match.start(), match.end(), right))
    for phrase in _PHRASES:
        size = len(phrase)
        for place in _near(original, phrase):
            found.append(_misreading(original, place, place + size, phrase))
    for match in re.finditer(
        r"(?:办结|完成|整改|达标|治理|收集)率(?:不低于)?(?:[*＊][\u4e00-\u9fff]|棉)", original
    ):
        found.append(_misreading(original, match.start(), match.end(), "%"))
    return found


def _near(original: str, phrase: str) -> list[int]:
    """Places of four-character windows that miss one character of the phrase."""
    places = []
    for skip in range(len(phrase)):
        pattern = re.escape(phrase[:skip]) + r"([\u4e00-\u9fff])" + re.escape(phrase[skip + 1 :])
        places += [m.start() for m in re.finditer(pattern, original) if m[1] != phrase[skip]]
    return [
        p for p in places if len(phrase) > 3 and original[p : p + len(phrase)] not in ("党政齐责", "举一反二")
    ]


def _misreading(original: str, start: int, end: int, right: str) -> Defect:
    return {
        "kind": "ocr_error",
        "quote": original[start:end],
        "count": 1,
        "x_span": [start, end],
        "note": f"疑为“{right}”",
    }


def _quotes(clean: CleanText) -> list[Defect]:
    """Opening marks never closed and closing marks never opened, paragraph by paragraph."""
    found = []
    text = clean.text
    start = 0
    for paragraph in re.split(r"(\n)", text):
        if "“" in paragraph or "”" in paragraph:
            stack: list[int] = []
            for offset, char in enumerate(paragraph):
                if char == "“":
                    stack.append(start + offset)
                elif char == "”":
                    if stack:
                        stack.pop()
                    else:
                        found.append(_entry(clean, "unmatched_quote", start + offset - 9, start + offset + 8))
            found += [_entry(clean, "unmatched_quote", place - 7, place + 10) for place in stack[:1]]
        start += len(paragraph)
    return found
