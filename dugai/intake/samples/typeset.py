"""Set a paper on pages: every character run with its place, every table line. Millimetres, origin top left.

One typesetter feeds the pdf, ofd and picture writers, so that the three show the same page.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from dugai.intake.samples.paper import Grid, Line, Paper, TCell, spread

_NOT_FIRST = "，。、；：！？）》”』」,.;:!?)%"
_NOT_LAST = "（《“『「("
SIZES = {"title": 7.76, "heading": 5.64, "body": 5.64, "right": 5.64, "plain": 5.64}
_PITCH = 1.75
_CELL, _PAD = 3.7, 1.2


@dataclass(slots=True)
class Run:
    """Characters on one base line; ``y`` is the base line, ``size`` the height of the em square."""

    text: str
    x: float
    y: float
    size: float


@dataclass(slots=True)
class Sheet:
    """One page."""

    width: float
    height: float
    runs: list[Run] = field(default_factory=list)
    lines: list[tuple[float, float, float, float]] = field(default_factory=list)


def advance(text: str, size: float) -> float:
    """Width of a run: full width for Chinese, half for ASCII."""
    return sum(0.5 * size if c.isascii() else size for c in text)


def typeset(paper: Paper, *, columns: int = 1, landscape: bool = False, numbers: bool = True) -> list[Sheet]:
    """Pages of ``paper``; with ``columns`` 2 the body runs in newspaper columns under the title."""
    setter = _Setter(columns, landscape=landscape, numbers=numbers)
    for element in paper.elements:
        if isinstance(element, Line):
            setter.line(element)
        else:
            setter.grid(element)
    return setter.finish()


def wrap(text: str, size: float, width: float, indent: float = 0.0) -> list[str]:
    """Lines no wider than ``width``; punctuation does not begin a line, an opening bracket does not end one."""
    lines: list[str] = []
    for part in text.split("\n"):
        line, room = "", width - indent
        for char in part:
            if line and advance(line + char, size) > room + 0.01:
                # Punctuation takes the character before it along; an opening bracket waits for what it opens.
                carry = line[-1] if (char in _NOT_FIRST or line[-1] in _NOT_LAST) and len(line) > 1 else ""
                lines.append(line[: len(line) - len(carry)])
                line, room = carry, width
            line += char
        lines.append(line)
    return lines


class _Setter:
    def __init__(self, columns: int, *, landscape: bool, numbers: bool) -> None:
        self.width, self.height = (297.0, 210.0) if landscape else (210.0, 297.0)
        self.left, self.top, self.right, self.bottom = 26.0, 30.0, self.width - 26.0, self.height - 28.0
        self.columns, self.numbers = columns, numbers
        self.sheets = [Sheet(self.width, self.height)]
        self.column = 0
        self.head = self.y = self.top

    @property
    def sheet(self) -> Sheet:
        return self.sheets[-1]

    def _span(self, *, wide: bool) -> tuple[float, float]:
        if wide or self.columns == 1:
            return self.left, self.right
        gap = 9.0
        width = (self.right - self.left - gap * (self.columns - 1)) / self.columns
        start = self.left + self.column * (width + gap)
        return start, start + width

    def _room(self, tall: float, *, wide: bool) -> None:
        if self.y + tall <= self.bottom:
            return
        if not wide and self.column + 1 < self.columns:
            self.column += 1
            self.y = self.head
            return
        self.sheets.append(Sheet(self.width, self.height))
        self.column, self.y, self.head = 0, self.top, self.top

    def line(self, line: Line) -> None:
        size = SIZES[line.style] if self.columns == 1 or line.style == "title" else 4.2
        wide = line.style == "title"
        start, end = self._span(wide=wide)
        indent = 2 * size if line.style in {"body", "heading"} else 0.0
        for at, text in enumerate(wrap(line.text, size, end - start, indent)):
            self._room(size * _PITCH, wide=wide)
            start, end = self._span(wide=wide)
            x = start + (indent if at == 0 else 0.0)
            if line.style in {"title", "plain"}:
                x = start + (end - start - advance(text, size)) / 2
            elif line.style == "right":
                x = max(start, end - advance(text, size) - 2 * size)
            self.sheet.runs.append(Run(text, x, self.y + size, size))
            self.y += size * _PITCH
        if wide:
            self.y += size * 0.5
            self.head = self.y

    def grid(self, grid: Grid) -> None:
        start, end = self.left, self.right
        edges = [start]
        for share in grid.widths:
            edges.append(edges[-1] + share / sum(grid.widths) * (end - start))
        cells = list(spread(grid))
        heights = self._heights(grid, cells, edges)
        group = 0
        rows = len(heights)
        while group < rows:
            last = max([group + 1, *(r + c.rowspan for r, _, c in cells if r == group)])
            self._room(sum(heights[group:last]), wide=True)
            self._rows(cells, heights, edges, group, last)
            group = last
        self.y += 4.0

    def _heights(self, grid: Grid, cells: list[tuple[int, int, TCell]], edges: list[float]) -> list[float]:
        heights = [_CELL * 1.4 + 2 * _PAD] * len(grid.rows)
        for tall in (False, True):
            for r, c, cell in cells:
                if (cell.rowspan > 1) is not tall:
                    continue
                width = edges[c + cell.colspan] - edges[c] - 2 * _PAD
                need = len(wrap(cell.text, _CELL, width)) * _CELL * 1.4 + 2 * _PAD
                missing = need - sum(heights[r : r + cell.rowspan])
                if missing > 0:
                    heights[r + cell.rowspan - 1] += missing
        return heights

    def _rows(
        self,
        cells: list[tuple[int, int, TCell]],
        heights: list[float],
        edges: list[float],
        first: int,
        last: int,
    ) -> None:
        tops = [self.y]
        for height in heights[first:last]:
            tops.append(tops[-1] + height)
        for r, c, cell in cells:
            if not first <= r < last:
                continue
            x0, x1 = edges[c], edges[c + cell.colspan]
            y0, y1 = tops[r - first], tops[r - first + cell.rowspan]
            self.sheet.lines += [(x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)]
            y = y0 + _PAD
            for text in wrap(cell.text, _CELL, x1 - x0 - 2 * _PAD):
                if text:
                    self.sheet.runs.append(Run(text, x0 + _PAD, y + _CELL, _CELL))
                y += _CELL * 1.4
        self.y = tops[-1]

    def finish(self) -> list[Sheet]:
        if self.numbers and len(self.sheets) > 1:
            for number, sheet in enumerate(self.sheets, start=1):
                text = f"— {number} —"
                sheet.runs.append(Run(text, (sheet.width - advance(text, 4.9)) / 2, sheet.height - 15, 4.9))
        return self.sheets
