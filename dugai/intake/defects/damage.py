"""Damage of the copy: every kind that the cleaning saw or that a text shows by itself."""

from __future__ import annotations

import re
from typing import Any

from dugai.intake.text.articles import Article
from dugai.intake.text.cleaning import Cleaning
from dugai.intake.text.edits import Edit
from dugai.intake.text.fold import fold
from dugai.intake.text.lines import Line, ends_sentence

Defect = dict[str, Any]


def of_cleaning(cleaning: Cleaning) -> list[Defect]:
    """Defects that became edits: repeats, jumps, markers, foreign words, articles, residue, glued names."""
    original = cleaning.clean.original
    found: list[Defect] = []
    edits = [*cleaning.clean.edits, *_inside_removed(cleaning)]
    for edit in sorted(set(edits)):
        if edit.kind == "column_jump":
            found.append(_defect("column_jump", original[edit.start : edit.end].strip(), edit))
        elif edit.kind == "page_marker":
            found.append(_defect("page_marker", _around(original, edit, 0, 14).strip(), edit))
        elif edit.kind == "foreign_insert":
            found.append(_defect("foreign_insert", _around(original, edit, 8, 8).strip(), edit))
        elif edit.kind == "lost_separator":
            found.append(_defect("lost_text", _token_around(original, edit.start), edit, note="分隔符缺失"))
        elif edit.kind == "site_boilerplate":
            quote = original[edit.start : edit.end]
            found.append(_defect("site_boilerplate", quote, edit))
            if re.match(r"源\s*[:：]", quote):
                found.append(_defect("lost_text", quote, edit, note="“来源”缺首字"))
        elif edit.kind == "repeated_paragraph":
            _repeat(found, original, edit)
    found += [_article(a, list(cleaning.lines), original) for a in cleaning.unrelated]
    found += [
        _defect("broken_paragraph", quote, e)
        for e in cleaning.breaks
        if not (quote := _around(original, e, 12, 12)).endswith("\n")
    ]
    return _merged(found)


def _inside_removed(cleaning: Cleaning) -> list[Edit]:
    """Jumps and repeats inside an article that was taken out are still damage of the page."""
    from dugai.intake.text import marks, repeats  # only for a page with foreign articles

    if not cleaning.unrelated:
        return []
    folded = fold(cleaning.clean.original)
    edits = [
        *marks.column_jumps(folded),
        *repeats.repeated_paragraphs(list(cleaning.lines)),
        *marks.foreign_inserts(folded),
    ]
    return [
        e for e in edits if not any(k.start == e.start and k.kind == e.kind for k in cleaning.clean.edits)
    ]


def _defect(kind: str, quote: str, edit: Edit, note: str = "") -> Defect:
    entry: Defect = {"kind": kind, "quote": quote or " ", "count": 1, "x_span": [edit.start, edit.end]}
    if note:
        entry["note"] = note
    return entry


def _around(original: str, edit: Edit, before: int, after: int) -> str:
    start = edit.start
    left = original[max(0, start - before) : start]
    left = re.split(r"[。；;\n]", left)[-1]
    right = re.split(r"[。；;\n]", original[edit.end : edit.end + after])[0]
    return left + original[edit.start : edit.end] + right


def _token_around(original: str, place: int) -> str:
    start, end = place, place
    while start > 0 and re.match(r"[A-Za-z0-9.、₂]", original[start - 1]) and place - start < 20:
        start -= 1
    while end < len(original) and re.match(r"[A-Za-z0-9.、₂]", original[end]) and end - place < 20:
        end += 1
    return original[start:end].strip("、")


def _repeat(found: list[Defect], original: str, edit: Edit) -> None:
    quote = original[edit.start : edit.end][:60]
    for entry in found:
        if entry["kind"] == "repeated_paragraph" and entry["quote"] == quote:
            entry["count"] += 1
            return
    entry = _defect("repeated_paragraph", quote, edit)
    entry["count"] = original.count(quote)
    found.append(entry)


def _article(article: Article, lines: list[Line], original: str) -> Defect:
    rows = [original[ln.start : ln.end] for ln in lines[article.first : article.last]]
    quote = re.sub(r"^[#\s]+", "", rows[0])[:160]
    more = list(dict.fromkeys(r[:80] for r in rows[1:] if len(r) >= 6))[:12]
    first, last = lines[article.first], lines[article.last - 1]
    entry: Defect = {
        "kind": "unrelated_article",
        "quote": quote,
        "count": 1,
        "x_span": [first.start, last.end],
    }
    if more:
        entry["also_quotes"] = [re.sub(r"^[#\s]+", "", m) or m for m in more]
    return entry


def _merged(found: list[Defect]) -> list[Defect]:
    """The same quote of one kind counts up."""
    kept: dict[tuple[str, str], Defect] = {}
    for entry in found:
        key = (entry["kind"], entry["quote"])
        if key in kept and entry["kind"] != "repeated_paragraph":
            kept[key]["count"] += 1
        else:
            kept.setdefault(key, entry)
    return list(kept.values())


_MASK = re.compile(
    r"[*＊]{1,8}|[×✕╳]{2,}|(?<![A-Za-z])[Xx]{2,4}(?=[省市县区乡镇村局年月日公同])|[□■]{2,}|○{2,}"
)
_NUMBER_AFTER = re.compile(
    r"^\s*(?:年|月|日|次|项|件|个|条|%|人|名|家|万|亿|吨|公里|千米|米|平方|立方|亩|公顷|轮|批|座|处|倍|天|以上|以下|元|微克|毫克|起|位|场|期|户|台|份|套|辆|艘|头|株|棵|类|宗|例|篇|部|门|块|只|口|支|组|余|多|余[\u4e00-\u9fff]|件次|个百分点)"
)
_NUMBER_BEFORE = re.compile(r"(?:第|达到?|共|约|不低于|不少于|为|率|超过|到|近)$")
_RATE_MISREAD = re.compile(r"(?:办结|完成|整改|达标|治理|收集|利用|处理)率([\u4e00-\u9fff])(?=[。;,，；])")
_NORMAL_AFTER_RATE = set("高低好升降增减达为是大小稳")
_CASE_MARK = re.compile(r"\d[(（]?$")


def masked(cleaning: Cleaning) -> list[Defect]:
    """Stars and crosses in place of numbers and names; nothing is filled in."""
    clean = cleaning.clean
    text, folded = clean.text, clean.folded
    found: list[Defect] = []
    marks = [
        m
        for m in _MASK.finditer(text)
        if (
            text[m.end() : m.end() + 1] == "年"
            or not _CASE_MARK.search(text[max(0, m.start() - 2) : m.start()])
        )
        and not _is_list_mark(text, m)
    ]
    group: list[re.Match[str]] = []
    for mark in marks:
        if group and mark.start() - group[-1].end() <= 6 and "\n" not in text[group[-1].end() : mark.start()]:
            group.append(mark)
            continue
        if group:
            found.append(_masked(clean, folded, group))
        group = [mark]
    if group:
        found.append(_masked(clean, folded, group))
    if marks:
        for match in _RATE_MISREAD.finditer(folded):
            if match[1] not in _NORMAL_AFTER_RATE:
                found.append(
                    _at(clean, "masked_number", match.start(), match.end(), "掩去的百分数被误识为汉字")
                )
    return found


def _is_list_mark(text: str, mark: re.Match[str]) -> bool:
    start = text.rfind("\n", 0, mark.start()) + 1
    return (
        not text[start : mark.start()].strip()
        and len(mark.group()) == 1
        and text[mark.end() : mark.end() + 1] == " "
    )


def _masked(clean: Any, folded: str, group: list[re.Match[str]]) -> Defect:
    start, end = group[0].start(), group[-1].end()
    number = any(
        _NUMBER_AFTER.match(folded[m.end() : m.end() + 4])
        or _NUMBER_BEFORE.search(folded[max(0, m.start() - 3) : m.start()])
        for m in group
    )
    stars = max(len(m.group()) for m in group)
    if number and stars >= 2 and re.match(r"[省市县区州乡镇村]", folded[group[0].end() : group[0].end() + 1]):
        number = False
    low = max(folded.rfind("\n", 0, start) + 1, start - 24)
    high = folded.find("\n", end)
    high = min(len(folded) if high < 0 else high, end + 22)
    return _at(clean, "masked_number" if number else "masked_name", low, high, "")


def _at(clean: Any, kind: str, start: int, end: int, note: str) -> Defect:
    a, b = clean.span(start, end)
    entry: Defect = {"kind": kind, "quote": clean.original[a:b].strip(), "count": 1, "x_span": [a, b]}
    if note:
        entry["note"] = note
    return entry


def cut_end(cleaning: Cleaning, tables: list[tuple[int, int]]) -> list[Defect]:
    """A page whose last sentence breaks off; the last cell of a table is no sentence."""
    lines = cleaning.lines
    if lines and any(a <= lines[-1].start < b for a, b in tables):
        return []
    if not lines or len(lines[-1]) < 40 or ends_sentence(lines[-1].text) or "\t" in lines[-1].text:
        return []
    if not re.search(r"[\u4e00-\u9fff,、]$", lines[-1].text) or not re.search(r"[。,]", lines[-1].text):
        return []
    a, b = lines[-1].end - 9, lines[-1].end
    return [
        {
            "kind": "lost_text",
            "quote": cleaning.clean.original[a:b],
            "count": 1,
            "x_span": [a, b],
            "note": "文末句子中断",
        }
    ]
