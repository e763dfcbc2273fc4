"""Marks of the carrier inside the text: jump lines, page and slice numbers, foreign words, glued words."""

from __future__ import annotations

import re

from dugai.intake.text.edits import Edit
from dugai.intake.text.lines import Line, ends_sentence

_PAGE = r"第?\s*(?:[一二三四五六七八九十]{1,3}|[A-Z]?\d{1,2})\s*版"
_JUMP = re.compile(
    rf"[(\[]?[▲▼■◆△▽→↓]{{0,4}}\s{{0,3}}(?:上接|下转|紧接|转接|接|转|(?:文|图)?(?:上|下)接|续)\s{{0,3}}(?:本报)?{_PAGE}[^()\[\]\n]{{0,10}}[)\]]"
    rf"|(?m:^[▲▼■◆△▽→↓ ]{{0,4}}(?:上接|下转|紧接)\s{{0,3}}{_PAGE}[^\n]{{0,8}}$)|[(\[](?:未完待续|接上文|下文接|待续)[)\]]"
)
_PAGE_LINE = re.compile(
    r"(?m)^[ \t]{0,8}(?:[-·]\s{0,4}\d{1,3}\s{0,4}[-·]|第\s{0,4}\d{1,3}\s{0,4}页(?:\s{0,4}[,/共]\s{0,4}共?\s{0,4}\d{1,3}\s{0,4}页?)?|共\s{0,4}\d{1,3}\s{0,4}页\s{0,4}第\s{0,4}\d{1,3}\s{0,4}页"
    r"|\d{1,3}\s{0,4}/\s{0,4}\d{1,3}|[Pp]age\s{0,4}\d{1,3}(?:\s{0,4}of\s{0,4}\d{1,3})?)[ \t]{0,8}$"
)
_PAGE_INSIDE = re.compile(
    r"(?<=[\u4e00-\u9fff,、])\s{0,4}(?:-\s?\d{1,3}\s?-(?=\s{0,4}[\u4e00-\u9fff])|第\s?\d{1,3}\s?页\s?(?:共\s?\d{1,3}\s?页)(?=\s{0,4}[\u4e00-\u9fff]))\s{0,4}"
)
_STRAY_NUMBER = re.compile(
    r"(?<=[\u4e00-\u9fff,;])(?<!第)(?<!措施)(?<!问题)(?<!任务)(?<!序号)(?<!附件)(?<![表图项条款号类级组类型期类年])(\d{1,3})、(?=[\u4e00-\u9fff,;。])"
)
_SLICE = re.compile(r"^(\d{1,3})\s?[、.]\s?(?=\S)")
_FOREIGN = re.compile(
    r"(?<=[\u4e00-\u9fff”)》])(?:[ \t]{1,4}([a-z]{2,12}|[\u0400-\u04ff]{2,15}|[\u3040-\u30ff]{2,12}|[\uac00-\ud7af]{1,10})[ \t]{1,4}"
    r"|(and|the|of|with|for|or|is|are|in|to|by)|([\u0400-\u04ff]{2,15}|[\u3040-\u309f]{2,12}|[\uac00-\ud7af]{2,10}))(?=[\u4e00-\u9fff“(《])"
)
_NOT_FOREIGN = {"app", "ppm", "ppb", "km", "mg", "kg", "vs", "kw", "mm", "cm", "ph", "db"}
_POLLUTANT = r"(?:PM2\.5|PM10|SO2|NO2|NOx|COD|VOCs|O3|CO(?!D|2))"
_GLUED = re.compile(rf"({_POLLUTANT})(?={_POLLUTANT})")


def column_jumps(folded: str) -> list[Edit]:
    """上接 / 紧接 / 下转 lines of a newspaper."""
    return [
        Edit(m.start(), m.end(), "", "column_jump", "报纸转版标记，不属于正文")
        for m in _JUMP.finditer(folded)
    ]


def page_markers(folded: str, lines: list[Line]) -> list[Edit]:
    """Page numbers on lines of their own, in the middle of sentences, and slice numbers of document sites."""
    why = "页码或分片序号，不属于正文"
    edits = [Edit(m.start(), m.end(), "", "page_marker", why) for m in _PAGE_LINE.finditer(folded)]
    edits += [Edit(m.start(), m.end(), "", "page_marker", why) for m in _PAGE_INSIDE.finditer(folded)]
    slices = _slices(lines, why)
    if not slices:
        strays = [m for m in _STRAY_NUMBER.finditer(folded) if _mid_sentence(folded, m)]
        edits += [Edit(m.start(), m.end(), "", "page_marker", why) for m in strays]
    return [*edits, *slices, *_lone_numbers(lines, why)]


def _mid_sentence(folded: str, match: re.Match[str]) -> bool:
    """A number that counts nothing, set between two words of one sentence."""
    line_start = folded.rfind("\n", 0, match.start()) + 1
    before = folded[line_start : match.start()]
    if re.match(r"[,;。]", folded[match.end() :]):  # 完成7项19、；交办: no list goes on like that
        return len(before) >= 8 and "\t" not in before[-30:]
    if before.endswith(";") and re.search(r"(?<!\d)1、", folded[line_start : folded.find("\n", match.end())]):
        return False
    if before.endswith(";"):
        return len(before) >= 24 and not re.search(r"\d、", folded[line_start : match.start()])
    if len(before) < 8 or "\t" in before[-30:] or re.search(r"\d、?[\u4e00-\u9fff]{0,6}$", before):
        return False
    return not re.match(r"[^。\n]{0,12}\d{1,3}、", folded[match.end() :])


def _slices(lines: list[Line], why: str) -> list[Edit]:
    """``7、焚烧…``: numbered slices that cut sentences, in one unbroken series from the first line on."""
    numbered = [(i, int(m[1]), m) for i, line in enumerate(lines) if (m := _SLICE.match(line.text))]
    if len(numbered) < 3:
        return []
    series: list[tuple[int, int, re.Match[str]]] = []
    for index, number, match in numbered:
        if number == (series[-1][1] + 1 if series else 1):
            series.append((index, number, match))
    if len(series) < 3 or len(series) < 0.8 * len(numbered):
        return []
    cuts = sum(1 for i, _, _ in series[1:] if i and not ends_sentence(lines[i - 1].text))
    long = sum(
        1 for i, _, _ in series if len(lines[i]) > 120 or (len(lines[i]) > 40 and "。" in lines[i].text[:-1])
    )
    # 「…的责任。各部门要⏎2、牢固树立…」: a list never breaks off behind a finished sentence
    torn = sum(
        1
        for i, _, _ in series[1:]
        if i and not ends_sentence(lines[i - 1].text) and "。" in lines[i - 1].text
    )
    if torn >= 2 and torn == len(series) - 1:
        return _cut_at(series, lines, why)
    if cuts < 0.6 * (len(series) - 1) or long < 0.6 * (len(series) - 1):
        return []
    return _cut_at(series, lines, why)


def _cut_at(series: list[tuple[int, int, re.Match[str]]], lines: list[Line], why: str) -> list[Edit]:
    edits = []
    for position, (index, _, match) in enumerate(series):
        line = lines[index]
        start = line.start
        if position and not ends_sentence(lines[index - 1].text):
            start = lines[index - 1].end
        edits.append(Edit(start, line.start + match.end(), "", "page_marker", why))
    return edits


def _lone_numbers(lines: list[Line], why: str) -> list[Edit]:
    """A bare number on its own line between the two halves of a sentence, counting up."""
    found: list[tuple[int, int]] = []
    for i in range(1, len(lines) - 1):
        text = lines[i].text
        if text.isdigit() and len(text) <= 3:
            before, after = lines[i - 1], lines[i + 1]
            if len(before) >= 24 and len(after) >= 16 and re.search(r"[\u4e00-\u9fff,、]$", before.text):
                found.append((i, int(text)))
    good = [i for (i, n), (_, m) in zip(found[1:], found, strict=False) if n == m + 1]
    if found and (found[0][1] + 1 in [n for _, n in found[1:2]]):
        good.insert(0, found[0][0])
    return [Edit(lines[i].start, lines[i].end, "", "page_marker", why) for i in good]


def foreign_inserts(folded: str) -> list[Edit]:
    """A foreign word set into a Chinese sentence: 专项检查 and 自然保护地."""
    edits = []
    for match in _FOREIGN.finditer(folded):
        word = (match[1] or match[2] or match[3]).strip()
        if word in _NOT_FOREIGN:
            continue
        replacement = {"and": "和", "or": "或"}.get(word, "")
        edits.append(
            Edit(match.start(), match.end(), replacement, "foreign_insert", "句中混入外文，按中文语境处理")
        )
    return edits


def lost_separators(folded: str) -> list[Edit]:
    """``PM2.5PM10``: two pollutants run together."""
    return [
        Edit(m.end(), m.end(), "、", "lost_separator", "两个污染物名称之间缺少顿号")
        for m in _GLUED.finditer(folded)
    ]
