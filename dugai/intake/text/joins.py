"""Sentences cut by a column or a line, and labels split over lines."""

from __future__ import annotations

import itertools
import re

from dugai.intake.grammar.labels import ROLES, label_pattern, role_of
from dugai.intake.text.edits import Edit
from dugai.intake.text.lines import Line, ends_sentence

_STARTS_FRESH = re.compile(
    r"^(?:[(\[]?(?:[一二三四五六七八九十百]{1,4}|\d{1,3})[)\]]?\s?[、.)](?!\d)|第[一二三四五六七八九十百\d]{1,4}[项个条章节]|[①-⑳]|[一二三四五六七八九十]是"
    r"|附件|附[:表]|问题(?:[一二三四五六七八九十]|\d)|措施(?:序号)?\s*\d|#|[●■◆★▲▼※]|(?:19|20)\d{2}年\d{1,2}月\d{1,2}日$|本报|新华社|\d{2}[\u4e00-\u9fff]{2,10}(?:省|市|自治区)"
    r"|[A-Z]{1,2}\d?[A-Z]{2}\d{8,}|[-—]{2,})"
)
_OPEN_END = re.compile(r"[\u4e00-\u9fff0-9A-Za-z,、(“《%*-]$")
_SHORT = {w for words in ROLES.values() for w in words if 3 <= len(w) <= 8}
_LABEL_WORD = "|".join(
    sorted(
        (
            r"\s*[\n]\s*".join([re.escape(w[:k]), re.escape(w[k:])])
            for w in _SHORT
            for k in range(1, len(w))
            if len(w) in (4, 6) and k in (2, 4) and k < len(w)
        ),
        key=len,
        reverse=True,
    )
)
_SPLIT_LABEL = re.compile(rf"(?m)^[ \t]*({_LABEL_WORD})[ \t]*(?=$|[:])")


def split_labels(folded: str) -> list[Edit]:
    """``责任⏎单位`` as one label."""
    edits = []
    for match in _SPLIT_LABEL.finditer(folded):
        inner = re.search(r"\s*\n\s*", match[1])
        if inner and role_of(re.sub(r"\s", "", match[1])):
            start = match.start(1) + inner.start()
            edits.append(Edit(start, match.start(1) + inner.end(), "", "split_label", "栏目名称被拆成两行"))
    return edits


def wrap_width(lines: list[Line]) -> int | None:
    """The width at which every line was cut, as in text taken from a PDF; None for flowing text."""
    if len(lines) < 6:
        return None
    widest = max(len(ln) for ln in lines)
    if not 16 <= widest <= 60:
        return None
    full = [ln for ln in lines if len(ln) >= widest - 2]
    open_ends = sum(1 for ln in full if not ends_sentence(ln.text))
    return widest if len(full) >= 4 and open_ends >= 0.6 * len(full) else None


def unwrapped(lines: list[Line]) -> list[Line]:
    """Lines cut at a fixed width put together again as whole paragraphs; flowing text stays as it is."""
    width = wrap_width(lines)
    if width is None:
        return lines
    out: list[Line] = []
    last: Line | None = None
    for line in lines:
        if last is not None and line.gap <= 1 and _continues(last, line, width):
            whole = out[-1]
            out[-1] = Line(whole.start, line.end, whole.text + line.text, whole.gap)
        else:
            out.append(line)
        last = line
    return out


def broken_paragraphs(folded: str, lines: list[Line], keep: set[int]) -> list[tuple[Edit, int]]:
    """Joins of a cut sentence with its rest: the edit and the number of line breaks it removes.

    ``keep`` holds starts of lines that stay apart (cells of a table, headings, removed lines).
    """
    width = wrap_width(lines)
    found = []
    for left, right in itertools.pairwise(lines):
        if left.start in keep or right.start in keep or not _continues(left, right, width):
            continue
        between = folded[left.end : right.start]
        why = "版面分栏或换行把一句话切断，此处接续"
        found.append((Edit(left.end, right.start, "", "broken_paragraph", why), between.count("\n")))
    return found


def _continues(left: Line, right: Line, width: int | None) -> bool:
    least = 24 if width is None else width - 4
    if "\t" in left.text or "\t" in right.text or "|" in left.text[:1]:
        return False
    if (
        not _OPEN_END.search(left.text)
        or _STARTS_FRESH.match(right.text)
        or label_pattern().match(right.text)
    ):
        return False
    if role_of(right.text) or role_of(left.text):
        return False
    cut_by_width = width is not None and len(left) >= width - 2
    if len(left) >= least and (cut_by_width or not _is_heading(left, right)):
        return True
    if width is not None and len(left) < least:
        return False
    # A short last piece of a long sentence: 采矿点19 ⏎ 个
    return left.text[-1:] in ",、" and len(left) >= 8


def _is_heading(left: Line, right: Line) -> bool:
    if len(left) > 70:
        return False
    if left.text.startswith(("#", "附件", "附：", "附:")):
        return True
    numbered = (
        _STARTS_FRESH.match(left.text) and len(left) <= 60 and not re.search(r"[。;]|[,、]$", left.text)
    )
    if numbered and (right.gap == 1 or len(right) > 60 or _STARTS_FRESH.match(right.text)):
        return True
    titled = re.search(
        r"(?:情况|方案|公告|公示|通报|报告|通知|清单|一览表|意见|讲话|强调|问题|进展|办法|名单|表)(?:\([^()]{1,14}\))?$",
        left.text,
    )
    if left.start == 0 and len(left) <= 45 and re.match(r"(?:近日|日前|\d{1,2}月\d{1,2}日|(?:19|20)\d{2}年|根据|按照|为|经|截至|本报|[^,。;]{2,12}(?:讯|电))", right.text) and not re.search(r"[,。;]", left.text):  # fmt: skip
        return True  # a headline, and the sentence that opens the text
    return (
        bool(titled)
        and len(left) <= 60
        and not re.search(r"[。;]", left.text)
        and right.gap >= 1
        and not left.text.startswith(("的", "和"))
    )
