"""Who issued a document and on which printed date."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dugai.intake.grammar.dates import full_dates
from dugai.intake.text.lines import Line, ends_sentence

_ONLY_DATE = re.compile(
    r"^[(\[]?(?:发布(?:时间|日期)|时间|日期)?\s*[:]?\s*(?:(?:19|20)\d{2}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日|[二][零〇○一二三四五六七八九]{3}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日)[)\]]?$"
)
_PAGE_DATE = re.compile(
    r"发布(?:时间|日期)|发文(?:时间|日期)|成文日期|更新时间|发表(?:时间|于)|发布于|日期[:]|时间[:]|星期[一二三四五六日天]"
)
_ISSUER = re.compile(
    r"(?:委员会|人民政府|办公室|领导小组(?:办公室)?|局|厅|委|督察组|管委会|政府|党委|党组|公司|院|部)(?:\([^()]{1,12}\))?$"
)


@dataclass(frozen=True, slots=True)
class Issue:
    """Signed by whom and when; spans are in the text the lines come from."""

    issuer: str | None
    issued_on: str | None
    kind: str | None  # "signed_date" | "page_date"
    at: int | None = None


def signed(lines: list[Line]) -> Issue | None:
    """A date alone on its line under the names of the issuers."""
    for index, line in enumerate(lines):
        if index == 0 or not _ONLY_DATE.match(line.text):
            continue
        dates = full_dates(line.text)
        if not dates:
            continue
        names: list[str] = []
        back = index - 1
        while (
            back >= 0
            and len(names) < 4
            and len(lines[back]) <= 40
            and _ISSUER.search(lines[back].text.strip())
            and not ends_sentence(lines[back].text)
        ):
            names.insert(0, lines[back].text.strip())
            back -= 1
        if names or index >= len(lines) * 0.4 or index >= 3:
            return Issue(" ".join(names) or None, dates[0][2], "signed_date", line.start)
    return _signed_in_one_line(lines)


def _signed_in_one_line(lines: list[Line]) -> Issue | None:
    for line in lines[len(lines) // 3 :]:
        if len(line) <= 50 and not ends_sentence(line.text):
            dates = full_dates(line.text)
            if dates and dates[-1][1] >= len(line.text) - 1:
                before = line.text[: dates[-1][0]].strip()
                if _ISSUER.search(before) and not re.search(r"[,。:]", before):
                    return Issue(before, dates[-1][2], "signed_date", line.start)
    return None


def page_date(head: list[Line], residue: list[Line]) -> Issue | None:
    """The date that the carrier prints above or below the text."""
    for line in [*head[:8], *residue]:
        if len(line) > 100:
            continue
        dates = full_dates(line.text)
        if not dates:
            continue
        rest = line.text[: dates[0][0]] + line.text[dates[0][1] :]
        heads = line in residue or _PAGE_DATE.search(line.text) or len(rest.strip()) <= 14
        if heads and not ends_sentence(line.text):
            return Issue(None, dates[0][2], "page_date", line.start)
    return None


def source_line(residue: list[Line]) -> str | None:
    """The name behind 来源：."""
    for line in residue:
        match = re.search(r"来?源\s*[:]\s*([\u4e00-\u9fff·“”《》]{2,24})", line.text)
        if match:
            return match[1]
    return None
