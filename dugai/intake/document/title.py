"""The title of a document: the printed headline, or the meeting a speech names."""

from __future__ import annotations

import re

from dugai.intake.text.lines import Line, ends_sentence

_KEY = re.compile(
    r"整改|督察|信访|举报|问责|追责|责任追究|生态环境|环境保护|销号|公示|公告|通报|方案|清单|一览表|报告|讲话|反馈|转办|交办|督办|办理情况|污染防治"
)
_ENDS = re.compile(
    r"(?:情况|方案|公告|公示|通报|报告|通知|清单|一览表|台账|意见|讲话|发言|汇总表|统计表|进展|办法|总结|汇报|函|表|稿|主持词|提纲|名单|问题|主持讲话|会上强调|通告|落实)(?:表)?(?:[(\[][^()\[\]]{1,30}[)\]])*$"
)
_NOT_TITLE = re.compile(
    r"^(?:[(]?[一二三四五六七八九十\d]{1,3}[)]?[、.)]|附件\s*\d*\s*[:]?$|附件[:]|问题[一二三四五六七八九十\d]|同志们|责任|序号|根据|按照|为|各|[\u4e00-\u9fff]{1,12}[:]$|来源|公示|公示期)"
)
_MARKDOWN = re.compile(r"^#{1,6}\s*")
_MEETING = re.compile(
    r"(?:召开|举行|组织召开)(?:了)?([^,。;\n]{4,60}?(?:会议|推进会|大会|座谈会|动员会|调度会|学习会|部署会|会))(?=[,。;]|\s|$)"
)
_FILE_NAME = re.compile(r"《([^《》\n]{4,60}?)\.(?:docx?|pdf|wps|txt)》")
_GLUED_SPEECH = re.compile(r"^([^,。;\n]{2,40}?(?:讲话|发言|主持词|汇报))(?=今天|同志|各位|大家|\s)")


def find_title(lines: list[Line]) -> Line | None:
    """The headline among the lines of the cleaned text; lines of one headline are given as one."""
    head = lines[:25]
    for line in head[:8]:
        marked = _MARKDOWN.match(line.text)
        if marked and len(line) <= 80:
            return Line(line.start + marked.end(), line.end, line.text[marked.end() :], line.gap)
    for index, line in enumerate(head):
        if _fits(line):
            if _ENDS.search(line.text):
                longer = (
                    _joined(head[: index + 2], index)
                    if re.search(r"(?:意见|问题|清单)$", line.text)
                    else None
                )
                if longer and head[index + 1].gap == 1 and len(longer.text) <= 70:
                    return longer
                return _with_first_lines(head, index)
            joined = _joined(head, index)
            if joined:
                return joined
    return next((ln for ln in head[:6] if _fits(ln)), None)


def _fits(line: Line) -> bool:
    return (
        6 <= len(line) <= 80
        and bool(_KEY.search(line.text))
        and not ends_sentence(line.text)
        and not _NOT_TITLE.search(line.text)
        and "\t" not in line.text
        and not re.search(r"[。;]", line.text)
    )


def _joined(head: list[Line], index: int) -> Line | None:
    """A headline set in two or three lines."""
    text, end = head[index].text, head[index].end
    for line in head[index + 1 : index + 3]:
        if (
            len(line) > 50
            or ends_sentence(line.text)
            or re.search(r"[。,;:]", line.text)
            or _NOT_TITLE.search(line.text)
        ):
            return None
        text, end = text + line.text, line.end
        if _ENDS.search(line.text):
            return Line(head[index].start, end, text, head[index].gap)
    return None


def _with_first_lines(head: list[Line], index: int) -> Line:
    """``XX市贯彻落实…督察反馈问题`` above ``整改任务清单``: take the line above if it is no sentence and short."""
    line = head[index]
    if index and len(line) <= 16:
        above = head[index - 1]
        if (
            6 <= len(above) <= 50
            and not ends_sentence(above.text)
            and not _NOT_TITLE.search(above.text)
            and _KEY.search(above.text)
        ):
            return Line(above.start, line.end, above.text + line.text, above.gap)
    return line


def title_in_sentence(folded: str, original_head: str) -> tuple[int, int] | None:
    """Where no headline stands: the file name of a document site, glued words, or the meeting named first."""
    glued = _GLUED_SPEECH.match(folded.lstrip())
    if glued:
        lead = len(folded) - len(folded.lstrip())
        return lead + glued.start(1), lead + glued.end(1)
    named = _FILE_NAME.search(original_head)
    if named:
        place = folded.find(named[1])
        if place >= 0:
            return place, place + len(named[1])
    meeting = _MEETING.search(folded[:400])
    return meeting.span(1) if meeting else None
