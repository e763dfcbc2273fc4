"""Which articles of a newspaper page belong to the field and which do not."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from dugai.intake.text.lines import Line, ends_sentence

DATELINE = re.compile(
    r"^(?:本报|新华社|中新社|人民日报|央视|.{2,8}(?:日报|晚报|晨报))?[^。]{0,14}?(?:\d{1,2}月\d{1,2}日)?(?:讯|电)\s*(?:\(|[^。]{0,12}记者|$|[\u4e00-\u9fff\d])"
)
_DATELINE = re.compile(
    r"^(?:本报[^。,]{0,16}讯|本报[^。,]{0,16}电|新华社[^。,]{0,20}电|中新[社网][^。,]{0,16}电|[^。,]{0,10}讯\s*\([^)]{0,20}(?:记者|通讯员)|(?:本报)?记者\s?[^。,]{2,8}报道)"
)
_JUMP_START = re.compile(r"^[(\[][▲▼]*\s*(?:紧接|上接)")
_DOMAIN = re.compile(
    r"督察|整改|生态环境|生态文明|环境保护|污染|环保|信访|问责|销号|水质|排污|空气质量|垃圾|污水|矿山|碳达峰|固体?废物?|黑臭|属实|受理编号|扬尘|油烟|粪污|扰民|异味|恶臭|废气|废水|采石|碧水|蓝天|净土|督办"
)
_MARKDOWN = re.compile(r"^#{1,6}\s*")
_NOT_HEAD = re.compile(
    r"^(?:[(]?[一二三四五六七八九十\d]{1,3}[)]?[、.)]|附件|[①-⑳]|责任|整改|措施|问题[一二三四五六七八九十\d])|[,、:;。]$|^\d{4}年\d{1,2}月\d{1,2}日$|[:\t]"
)


@dataclass(frozen=True, slots=True)
class Article:
    """A run of lines on the page and how much of it speaks of the field."""

    first: int  # index of its first line
    last: int  # index after its last line
    density: float  # domain words per hundred characters
    hits: int


def _is_headline(lines: list[Line], index: int) -> bool:
    line = lines[index]
    if _MARKDOWN.match(line.text):
        return True
    if not 6 <= len(line) <= 50 or ends_sentence(line.text) or _NOT_HEAD.search(line.text):
        return False
    if index and not ends_sentence(lines[index - 1].text) and len(lines[index - 1]) > 50:
        return False  # the rest of a sentence cut by a column
    return line.gap != 1 or index == 0 or len(lines[index - 1]) <= 50


def articles(lines: list[Line]) -> list[Article]:
    """The page cut into articles; one article where nothing shows that there are several."""
    if not _looks_like_page(lines):
        return [_measure(lines, 0, len(lines))] if lines else []
    starts = _starts(lines)
    bounds = sorted({0, *starts, len(lines)})
    return [_measure(lines, a, b) for a, b in itertools.pairwise(bounds) if b > a]


def _looks_like_page(lines: list[Line]) -> bool:
    datelines = sum(1 for ln in lines if _DATELINE.match(ln.text))
    jumps = sum(1 for ln in lines if _JUMP_START.match(ln.text))
    marked = sum(1 for ln in lines if _MARKDOWN.match(ln.text))
    return datelines >= 2 or jumps >= 2 or (datelines == 1 and jumps + marked > 0)


def _starts(lines: list[Line]) -> list[int]:
    starts: list[int] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        if _DATELINE.match(line.text) or _JUMP_START.match(line.text):
            starts.append(_head_before(lines, index, starts))
        elif _MARKDOWN.match(line.text):
            starts.append(_head_before(lines, index, starts))
            while index + 1 < len(lines) and (_is_headline(lines, index + 1) or len(lines[index + 1]) <= 30):
                index += 1
            if index + 1 < len(lines) and _DATELINE.match(lines[index + 1].text):
                index += 1
        index += 1
    return starts


def _head_before(lines: list[Line], index: int, starts: list[int]) -> int:
    """The first of the headlines that stand directly above a body."""
    first = index
    floor = starts[-1] + 1 if starts else 0
    while first > floor and index - first < 5 and _is_headline(lines, first - 1):
        first -= 1
    return first


def _measure(lines: list[Line], first: int, last: int) -> Article:
    text = "".join(ln.text for ln in lines[first:last])
    hits = len(_DOMAIN.findall(text))
    return Article(first, last, 100 * hits / max(1, len(text)), hits)


def unrelated(lines: list[Line]) -> list[Article]:
    """Articles of the page that do not speak of the field, if at least one other does."""
    found = articles(lines)
    if len(found) == 1:
        return _islands(lines, found[0])
    related = [a for a in found if a.density >= 1.0 and a.hits >= 5]
    if len(found) < 2 or not related:
        return []
    best = max(a.density for a in related)
    return [a for a in found if a not in related and a.density < 0.5 * best and _long(lines, a)]


_WORDS = 4
_OFFICE = re.compile(
    r"领导|责任|单位|任务|措施|部门|落实|推进|调度|方案|公示|附件|问题|办理|群众|调查|验收|情况|工作|政府|会议|项目|建设|治理|企业|执法|监管"
)


def _islands(lines: list[Line], page: Article) -> list[Article]:
    """A headline with paragraphs that say nothing of the field, set into an article that does."""
    if page.density < 1.0 or page.hits < 8:
        return []
    found: list[Article] = []
    index = 0
    while index < len(lines):
        last = _island_end(lines, index)
        if last:
            found.append(_measure(lines, index, last))
            index = last
        index += 1
    return found


def _short_and_open(lines: list[Line], index: int) -> bool:
    """A short line without a closing mark after a finished sentence or a row of a table."""
    text = lines[index].text
    if not 6 <= len(text) <= 40 or ends_sentence(text) or _NOT_HEAD.search(text):
        return False
    return index == 0 or ends_sentence(lines[index - 1].text) or "\t" in lines[index - 1].text


def _island_end(lines: list[Line], index: int) -> int | None:
    """The end of an island that begins with the headline at ``index``."""
    head = lines[index]
    if (
        not (_is_headline(lines, index) or _short_and_open(lines, index))
        or len(re.findall(r"[\u4e00-\u9fff]", head.text)) < _WORDS  # a case number heads no article
        or _OFFICE.search(head.text)
        or _DOMAIN.search(head.text)
    ):
        return None
    end = index + 1
    while (
        end < len(lines)
        and len(lines[end]) >= 12
        and not _DOMAIN.search(lines[end].text)
        and not _NUMBERED.match(lines[end].text)
    ):
        if (
            "\t" in lines[end].text
            or ":" in lines[end].text[:14]
            or len(_OFFICE.findall(lines[end].text)) > 1
        ):
            break
        end += 1
    body = [ln for ln in lines[index + 1 : end] if ends_sentence(ln.text)]
    return end if body and sum(len(ln) for ln in body) >= 24 else None


_NUMBERED = re.compile(
    r"^(?:[(]?[一二三四五六七八九十\d]{1,3}[)]?[、.)]|第[一二三四五六七八九十\d]|[①-⑳]|附)"
)


def _long(lines: list[Line], article: Article) -> bool:
    return sum(len(ln) for ln in lines[article.first : article.last]) >= 12
