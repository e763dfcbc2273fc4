"""From pieces of text with places to paragraphs in reading order.

Shared by pdf, ofd and OCR. All boxes are ``x0, y0, x1, y1`` with the origin at the top left; the unit is the
page's own and only ratios to the height of a character count.
"""

from __future__ import annotations

import itertools
import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from dugai.intake.readers.builder import Box

_FEW_LINES = 6
_ENDS = "。！？!?；;：:…”』」》）)."
_DATE = re.compile(r"\A(?:\d{4}|[二〇○零一三四五六七八九]{4})年.{1,3}月.{1,3}日\Z")
_LABEL = re.compile(
    r"\A(?:[一二三四五六七八九十百]+、|[（(][一二三四五六七八九十百\d]+[)）]|\d{1,3}[.．、](?!\d)|第[一二三四五六七八九十百\d]+[条项章节批]"
    r"|[\u4e00-\u9fff]{2,8}[一二三四五六七八九十百\d]*[：:])"
)
_RESUMES = "，。、；：！？）》”』」,.;:!?)"


@dataclass(slots=True)
class Piece:
    """A run of characters on one line."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    confidence: float | None = None

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def box(self) -> Box:
        return (round(self.x0, 1), round(self.y0, 1), round(self.x1, 1), round(self.y1, 1))


@dataclass(slots=True)
class Paragraph:
    """Joined lines. ``open`` says that the text may go on in the next column or page."""

    text: str
    box: Box
    height: float
    confidence: float | None = None
    open: bool = False
    begins: bool = True  # indented, or set apart: surely a new paragraph
    centred: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """The document's own habits, from all pages: edges of its running text and usual height of a character."""

    left: float
    right: float
    body: float


def frame_of(pages: Sequence[Sequence[Piece]], width: float, everything: Sequence[Piece]) -> Frame | None:
    """The frame of pages set in one column, ``width`` wide, ``everything`` with the tables; None when there is nothing to learn from."""
    single = [page for page in pages if _gutter(page) is None]
    lines = [line for page in single for line in _lines(page)]
    if not lines:
        return None
    left, right = _margins(lines)
    if len(lines) < _FEW_LINES and len(single) == len(pages):
        right = max(right, width - left)  # too few to show the right edge: take the page to be even
    return Frame(left, right, _usual(everything))


def paragraphs(pieces: Sequence[Piece], frame: Frame | None = None) -> list[Paragraph]:
    """The paragraphs of one page (or one region), in reading order."""
    found: list[Paragraph] = []
    order = columns([p for p in pieces if p.text.strip()])
    for column in order:
        for paragraph in _column(column, frame if len(order) == 1 else None, _usual(pieces)):
            if found and follows(found[-1], paragraph):
                found[-1] = _merged(found[-1], paragraph)
            else:
                found.append(paragraph)
    return found


def follows(before: Paragraph, after: Paragraph) -> bool:
    """Whether ``after`` goes on where ``before`` broke off at the foot of a column or page."""
    return before.open and not after.begins and abs(before.height - after.height) < 0.25 * before.height


def columns(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Pieces in reading order, one list for each column stretch."""
    gutter = _gutter(pieces)
    if gutter is None:
        return [sorted(pieces, key=lambda p: (p.y0, p.x0))] if pieces else []
    across = sorted((p for p in pieces if p.x0 < gutter < p.x1), key=lambda p: p.y0)
    rest = [p for p in pieces if not p.x0 < gutter < p.x1]
    found: list[list[Piece]] = []
    top = float("-inf")
    spanning: list[Piece] = []
    for wide in [*across, None]:
        bottom = float("inf") if wide is None else wide.y0
        zone = [p for p in rest if top <= (p.y0 + p.y1) / 2 < bottom]
        if zone:
            found += [spanning, *columns([p for p in zone if p.x1 <= gutter])]
            found += columns([p for p in zone if p.x0 >= gutter])
            spanning = []
        if wide is not None:
            spanning.append(wide)
            top = wide.y0
    found.append(spanning)
    return [column for column in found if column]


def _gutter(pieces: Sequence[Piece]) -> float | None:
    """The x of a white strip between two columns of running text, or None."""
    if len(pieces) < 6:
        return None
    height = statistics.median(p.height for p in pieces)
    left, right = min(p.x0 for p in pieces), max(p.x1 for p in pieces)
    best: tuple[int, float, float] | None = None
    edges = sorted(
        {p.x1 for p in pieces if left + 0.12 * (right - left) < p.x1 < right - 0.12 * (right - left)}
    )
    for edge in edges[:: max(1, len(edges) // 60)]:
        after = [p.x0 for p in pieces if p.x0 >= edge]
        if not after:
            continue
        middle = (edge + min(after)) / 2
        crossing = sum(p.x0 < middle < p.x1 for p in pieces)
        if min(after) - edge < 0.7 * height or crossing > 0.3 * len(pieces):
            continue
        better = best is None or (crossing, edge - min(after)) < best[:2]
        sides = ([p for p in pieces if p.x1 <= middle], [p for p in pieces if p.x0 >= middle])
        if better and _is_text(*sides, height):
            best = (crossing, edge - min(after), middle)
    return None if best is None else best[2]


def _is_text(left: list[Piece], right: list[Piece], height: float) -> bool:
    """Two columns of running text, not the two halves of a list or of a table without lines."""
    if not left or not right or not any(_runs(side, height) for side in (left, right)):
        return False
    # A column is set line after line; the cells of a table without lines stand far apart.
    for side in (left, right):
        tall = max(p.y1 for p in side) - min(p.y0 for p in side)
        if len(side) > 2 and tall / len(side) > 2.6 * height:
            return False
    top, bottom = (
        max(min(p.y0 for p in s) for s in (left, right)),
        min(max(p.y1 for p in s) for s in (left, right)),
    )
    return bottom - top > 0.8 * height


def _runs(side: list[Piece], height: float) -> bool:
    """At least four lines, half of them filled, wide enough for prose."""
    wide = max(p.x1 for p in side) - min(p.x0 for p in side)
    return len(side) >= 4 and wide > 8 * height and sum(p.width > 0.7 * wide for p in side) >= 0.5 * len(side)


@dataclass(slots=True)
class _Line:
    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    height: float
    confidence: float | None


def rows(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Pieces that stand on one line, from top to bottom, each row from left to right."""
    found: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda p: (p.y0 + p.y1) / 2):
        middle = (piece.y0 + piece.y1) / 2
        row = found[-1] if found else []
        if row and min(p.y0 for p in row) < middle < max(p.y1 for p in row) and _beside(piece, row):
            row.append(piece)
        else:
            found.append([piece])
    return [sorted(row, key=lambda p: p.x0) for row in found]


def _beside(piece: Piece, row: list[Piece]) -> bool:
    middle = statistics.fmean((p.y0 + p.y1) / 2 for p in row)
    slack = 0.5 * min(piece.height, row[0].height)
    inside = any(min(piece.x1, p.x1) - max(piece.x0, p.x0) > 0.5 * piece.height for p in row)
    return abs((piece.y0 + piece.y1) / 2 - middle) < slack and not inside


def _lines(pieces: Sequence[Piece]) -> list[_Line]:
    lines = []
    for row in rows(pieces):
        text = row[0].text
        for before, piece in itertools.pairwise(row):
            gap = piece.x0 - before.x1
            text += (" " if gap > 0.6 * piece.height else "") + piece.text
        lines.append(
            _Line(
                text.strip(),
                row[0].x0,
                min(p.y0 for p in row),
                max(p.x1 for p in row),
                max(p.y1 for p in row),
                statistics.median(p.height for p in row),
                _mean(row),
            )
        )
    return [line for line in lines if line.text]


def _mean(pieces: Sequence[Piece]) -> float | None:
    known = [(p.confidence, len(p.text)) for p in pieces if p.confidence is not None]
    total = sum(weight for _, weight in known)
    return sum(c * w for c, w in known) / total if total else None


def _usual(pieces: Sequence[Piece]) -> float:
    """Height of most characters."""
    return statistics.median([p.height for p in pieces for _ in range(min(len(p.text), 40))] or [0.0])


def _column(pieces: Sequence[Piece], frame: Frame | None, usual: float) -> list[Paragraph]:
    lines = _lines(pieces)
    if not lines:
        return []
    own = Frame(*_margins(lines), usual)
    if frame is not None:
        own = Frame(min(own.left, frame.left), max(own.right, frame.right), frame.body)
    pitch = _pitch(lines)
    found: list[Paragraph] = []
    group: list[_Line] = []
    for line in lines:
        if group and _starts(group[-1], line, own, pitch):
            found.append(_joined(group, own))
            group = []
        group.append(line)
    found.append(_joined(group, own))
    return found


def _margins(lines: list[_Line]) -> tuple[float, float]:
    """Left and right edge of the running text: where most lines begin and end."""
    height = statistics.median(line.height for line in lines)
    starts = sorted(line.x0 for line in lines)
    left = max(starts, key=lambda x: (sum(abs(x - s) < 0.5 * height for s in starts), -x))
    left = min([left, *(s for s in starts if left - s < 2.5 * height and starts.count(s) > 1)])
    ends = sorted((line.x1 for line in lines), reverse=True)
    # The farthest edge that two lines reach: one alone may stick out.
    return left, next((a for a, b in itertools.pairwise(ends) if a - b < 1.2 * height), ends[0])


def _pitch(lines: list[_Line]) -> float:
    steps = [b.y0 - a.y0 for a, b in itertools.pairwise(lines) if b.y0 > a.y0]
    return statistics.median(steps) if steps else 0.0


def _starts(before: _Line, line: _Line, frame: Frame, pitch: float) -> bool:
    left, right, usual = frame.left, frame.right, frame.body
    height = line.height
    if abs(before.height - height) > 0.25 * max(before.height, height):
        return True
    if _DATE.match(before.text):
        return True
    big = min(before.height, height) > 1.2 * usual
    if (
        before.text[-1] not in _ENDS
        and _title(line, left, right)
        and (big or _title(before, left, right))
        and line.y0 - before.y1 < 1.2 * height
    ):
        return line.text[0] in "（("
    # Lines of unequal content differ a little in pitch; a blank line does not look like that.
    if pitch and line.y0 - before.y0 > 1.6 * pitch and line.y0 - before.y1 > 0.9 * height:
        return True
    indented = line.x0 > left + 1.2 * height
    air = right - before.x1
    # A word that may not be broken (克/立方米) leaves up to four characters of air at the end of a full line.
    if air > max(1.6 * height, _need(line) + 0.5 * height) and (
        indented or air > 4 * height or before.text[-1] in _ENDS
    ):
        return True
    if _DATE.match(line.text) or (
        indented and (before.text[-1] in "。；！？：”）" or _LABEL.match(line.text))
    ):
        return True
    return indented and before.x0 <= line.x0 - 0.8 * height


def _title(line: _Line, left: float, right: float) -> bool:
    """Centred with air on both sides."""
    air = min(line.x0 - left, right - line.x1)
    return air > 0.8 * line.height and abs((line.x0 - left) - (right - line.x1)) < 0.8 * line.height


def _joined(group: list[_Line], frame: Frame) -> Paragraph:
    left, right, usual = frame.left, frame.right, frame.body
    text = group[0].text
    for line in group[1:]:
        text = glue(text, line.text)
    known = [(line.confidence, len(line.text)) for line in group if line.confidence is not None]
    total = sum(weight for _, weight in known)
    last, first = group[-1], group[0]
    height = statistics.median(line.height for line in group)
    air = min(last.x0 - left, right - last.x1)
    level = abs((last.x0 - left) - (right - last.x1)) < height
    # An indented line that happens to end two characters early is not centred, unless it is set larger.
    middle = level and air > (0.8 if height > 1.2 * usual else 2.8) * height
    box = Piece("", min(g.x0 for g in group), first.y0, max(g.x1 for g in group), last.y1).box
    return Paragraph(
        text,
        box,
        height,
        sum(c * w for c, w in known) / total if total else None,
        open=last.x1 > right - 1.6 * height and text[-1] not in _ENDS and not middle,
        begins=(first.x0 > left + 1.2 * height and first.text[0] not in _RESUMES) or middle,
        centred=middle,
    )


def _merged(before: Paragraph, after: Paragraph) -> Paragraph:
    confidence = None
    if before.confidence is not None and after.confidence is not None:
        a, b = len(before.text), len(after.text)
        confidence = (before.confidence * a + after.confidence * b) / (a + b)
    text = glue(before.text, after.text)
    return Paragraph(text, before.box, before.height, confidence, after.open, before.begins, before.centred)


def glue(before: str, after: str) -> str:
    """Two lines as one: no space in Chinese, one between Latin words."""
    latin = before[-1:].isascii() and before[-1:].isalpha() and after[:1].isascii() and after[:1].isalpha()
    return f"{before} {after}" if latin else before + after


def cell_text(pieces: Sequence[Piece], cell: Box) -> str:
    """The text of a table cell; a line that ended before it had to is a paragraph of its own."""
    lines = _lines(pieces)
    if not lines:
        return ""
    text = lines[0].text
    for before, line in itertools.pairwise(lines):
        room = (cell[2] - cell[0]) - (before.x1 - before.x0) - 0.8 * before.height
        text = f"{text}\n{line.text}" if room > _need(line) + 0.3 * line.height else glue(text, line.text)
    return text


def _need(line: _Line) -> float:
    """Width of what a line break may not cut off the line's beginning: a character with its punctuation, a number."""
    end = 1
    while end < len(line.text) and (line.text[end - 1] + line.text[end]).isascii() and line.text[end] != " ":
        end += 1
    while end < len(line.text) and line.text[end] in _RESUMES:
        end += 1
    return sum(0.55 if char.isascii() else 1.0 for char in line.text[:end]) * line.height
