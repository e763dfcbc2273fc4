"""A field 整改措施 cut into its numbered measures."""

from __future__ import annotations

import re

from dugai.intake.grammar.numerals import NUMERAL, integer
from dugai.intake.grammar.organisations import looks_like_units
from dugai.intake.grammar.statuses import status_at_start
from dugai.intake.problems.model import MeasureDraft, Piece
from dugai.intake.text.fold import fold

_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
# One numbering style after the other; the first whose numbers count up from one is the style of the field.
STYLES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("措施", re.compile(rf"(?:^|(?<=[\n。;:\s]))措施(?:序号)?\s*(\d{{1,3}}|[{NUMERAL}]{{1,4}})\s*[:、.]")),
    ("1.", re.compile(r"(?:^|(?<=[\n。;:,\s]))(\d{1,2})\s?[.、](?!\d)\s*(?=\S)")),
    ("(1)", re.compile(r"(?:^|(?<=[\n。;:,\s]))[(](\d{1,2})[)][、.]?\s*(?=\S)")),
    ("(一)", re.compile(r"(?:^|(?<=[\n。;:,\s]))[(]([一二三四五六七八九十]{1,3})[)][、.]?\s*(?=\S)")),
    ("①", re.compile(rf"([{_CIRCLED}])\s*(?=\S)")),
    ("一、", re.compile(r"(?:^|(?<=[\n。;]))([一二三四五六七八九十]{1,3})、\s*(?=\S)")),
    ("一是", re.compile(r"(?:^|(?<=[\n。;:,]))([一二三四五六七八九十])是(?=\S)")),
)


def _number(mark: str) -> int | None:
    return _CIRCLED.index(mark) + 1 if mark in _CIRCLED else integer(mark)


def numbered_items(folded: str) -> tuple[str, list[tuple[int, int, int, str]]]:
    """The style and the items (start, end of label, number, label) of the outermost numbering of a text."""
    best: tuple[str, list[tuple[int, int, int, str]]] = ("", [])
    for style, pattern in STYLES:
        items: list[tuple[int, int, int, str]] = []
        for match in pattern.finditer(folded):
            number = _number(match[1])
            if number is None:
                continue
            if not items or number > items[-1][2]:
                if style != "措施" and items and number > items[-1][2] + 3:
                    continue
                items.append((match.start(), match.end(), number, match.group().strip()))
        if style != "措施" and items and items[0][2] != 1 and items[0][0] > 0:
            continue
        outer = not best[1] or (items and items[0][0] < best[1][0][0])
        if items and outer and (len(items) > 1 or items[0][0] <= 3 or style == "措施"):
            best = (style, items)
    return best


def split_measures(piece: Piece) -> list[MeasureDraft]:
    """Numbered measures; a field without numbers is one measure, a bare state is none."""
    folded = fold(piece.text)
    style, items = numbered_items(folded)
    if style == "一是" and items and items[0][0] > 0:
        items = []
    if not items:
        return _single(piece)
    drafts = []
    for index, (_, label_end, number, label) in enumerate(items):
        stop = items[index + 1][0] if index + 1 < len(items) else len(piece.text)
        draft = measure_of(piece.cut(label_end, stop), str(number), label.strip(" :、."))
        if draft:
            drafts.append(draft)
    return drafts


def _single(piece: Piece) -> list[MeasureDraft]:
    text = piece.text.strip()
    state = status_at_start(text)
    if len(text) < 8 or (state and len(text) - (state.end - state.start) < 6) or looks_like_units(text):
        return []
    draft = measure_of(piece.cut(0), None, None)
    return [draft] if draft else []


def measure_of(piece: Piece, no: str | None, no_raw: str | None) -> MeasureDraft | None:
    """A measure with the state it opens with taken off its text."""
    state = status_at_start(piece.text)
    if state and state.start <= 2 and len(state.raw) <= 24:
        rest = piece.text[state.end :]
        skip = len(rest) - len(rest.lstrip(" 。;:；，,：\n"))
        body = piece.cut(state.end + skip)
        if body.text:
            return MeasureDraft(body, no, no_raw, state.code, state.raw)
        return MeasureDraft(piece, no, no_raw, state.code, state.raw)
    if len(piece.text) < 4:
        return None
    return MeasureDraft(piece, no, no_raw)
