"""The cleaning passes in order; the original is never changed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from dugai.intake.text import articles, joins, marks, repeats, residue, script
from dugai.intake.text.edits import CleanText, Edit, compatible
from dugai.intake.text.fold import fold
from dugai.intake.text.lines import BLANK_MARK, Line, lines_of


@dataclass(frozen=True)
class Cleaning:
    """A cleaned text and what the passes saw on the way."""

    clean: CleanText
    lines: tuple[Line, ...]  # of the original
    unrelated: tuple[articles.Article, ...]
    breaks: tuple[Edit, ...]  # joins over a blank line: a column cut the sentence
    notes: tuple[str, ...] = field(default=())


def clean_text(original: str, table_spans: tuple[tuple[int, int], ...] = ()) -> Cleaning:
    """Run every pass over ``original``. ``table_spans`` are places of tables, which are never joined."""
    folded = _guarded(fold(script.simplified(original)))
    lines = lines_of(folded)
    whole = joins.unwrapped(lines)
    foreign_articles = articles.unrelated(whole)
    removed: list[Edit] = []
    for article in foreign_articles:
        first, last = whole[article.first], whole[article.last - 1]
        removed.append(Edit(first.start, last.end, "", "unrelated_article", "同版其他文章，与本文无关"))
    inside = {ln.start for a in foreign_articles for ln in whole[a.first : a.last]}
    edits = [
        *marks.column_jumps(folded),
        *marks.page_markers(folded, lines),
        *marks.foreign_inserts(folded),
        *marks.lost_separators(folded),
        *repeats.repeated_paragraphs(whole),
        *residue.running_heads([ln for ln in lines if not _in_spans(ln, table_spans)]),
        *residue.residue_edits([ln for ln in whole if ln.start not in inside]),
        *joins.split_labels(folded),
        *script.traditional_runs(original),
        *_soft_characters(original),
        *_long_blanks(original),
    ]
    gone = [e for e in edits if e.end - e.start > 8 and not e.replacement]
    keep = {
        ln.start
        for ln in lines
        if _in_spans(ln, table_spans) or any(e.start <= ln.start < e.end for e in gone)
    }
    body = [ln for ln in lines if not _only(ln, edits)]
    cuts = joins.broken_paragraphs(folded, body, keep)
    breaks = tuple(e for e, count in cuts if count >= 2)
    edits += [piece for e, _ in cuts for piece in _around_removed(e, edits)]
    edits = _without_inside(edits, removed) + removed
    return Cleaning(CleanText(original, compatible(edits)), tuple(whole), tuple(foreign_articles), breaks)


_BLANKS = re.compile(r"\s{60,}")


def _long_blanks(original: str) -> list[Edit]:
    """Page-long runs of white space."""
    return [Edit(m.start() + 1, m.end() - 1, "", "blank", "大段空白") for m in _BLANKS.finditer(original)]


def _guarded(folded: str) -> str:
    """The same length, long runs of white space filled with a mark, so that no pattern walks over them twice."""
    return _BLANKS.sub(lambda m: m.group()[0] + BLANK_MARK * (len(m.group()) - 2) + m.group()[-1], folded)


def _around_removed(join: Edit, edits: list[Edit]) -> list[Edit]:
    """A join over lines that are taken out anyway removes only the white space between them."""
    inside = sorted(e for e in edits if join.start <= e.start and e.end <= join.end and e.end > e.start)
    pieces, at = [], join.start
    for edit in inside:
        if edit.start > at:
            pieces.append(Edit(at, edit.start, "", join.kind, join.reason))
        at = max(at, edit.end)
    if at < join.end:
        pieces.append(Edit(at, join.end, "", join.kind, join.reason))
    return pieces


def _soft_characters(original: str) -> list[Edit]:
    """Zero-width characters and byte order marks."""
    why = "不可见字符"
    return [
        Edit(i, i + 1, "", "invisible", why)
        for i, c in enumerate(original)
        if c in "\ufeff\u200b\u200c\u200d\u2060\u00ad"
    ]


def _in_spans(line: Line, spans: tuple[tuple[int, int], ...]) -> bool:
    return any(a <= line.start < b for a, b in spans)


def _only(line: Line, edits: list[Edit]) -> bool:
    """Whether a line disappears altogether."""
    return any(e.start <= line.start and e.end >= line.end and not e.replacement for e in edits)


def _without_inside(edits: list[Edit], removed: list[Edit]) -> list[Edit]:
    """An edit inside an article that is taken out as a whole is not needed."""
    return [e for e in edits if not any(r.start <= e.start and e.end <= r.end for r in removed)]
