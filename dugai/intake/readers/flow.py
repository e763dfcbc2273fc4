"""Pages into the builder: paragraphs that run over a page break, tables that go on, page numbers left aside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dugai.intake.readers.builder import Builder, Cell
from dugai.intake.readers.continued import append
from dugai.intake.readers.layout import Frame, Paragraph, Piece, follows, frame_of, glue, paragraphs
from dugai.intake.readers.ruled import Grid, Stroke, cut, fill, grids, outside

_PAGE_NUMBER = re.compile(r"\A[\s—\-–·.第共/／页]*\d{1,4}[\s—\-–·.页]*(?:[/／共]\s*\d{1,4}\s*页?)?\Z")


@dataclass(slots=True)
class _Page:
    number: int
    pieces: list[Piece]
    rest: list[Piece]
    tables: list[Grid]


class Flow:
    """Collects the pages of one document; ``close`` puts them into the builder, with what all pages taught."""

    def __init__(self, out: Builder) -> None:
        self.out = out
        self.pages: list[_Page] = []
        self.waiting: tuple[Paragraph, int] | None = None
        self.table: tuple[list[list[Cell | None]], int] | None = None  # rows so far, first page
        self.frame: Frame | None = None
        self.numbers = 0
        self.width = 0.0

    def page(
        self,
        number: int,
        size: tuple[float, float],
        pieces: Sequence[Piece],
        across: Sequence[Stroke],
        down: Sequence[Stroke],
        *,
        slack: float = 1.5,
    ) -> None:
        """One page; ``size`` is width and height in the unit of the boxes, ``slack`` the reach of a stroke in it."""
        self.width = max(self.width, size[0])
        pieces = self._without_page_number(list(pieces), size[1])
        tables = grids(across, down, slack) if across and down else []
        tables = [t for t in tables if any(_inside(p, t) for p in pieces)]
        pieces = [part for piece in pieces for part in cut(piece, tables)]
        self.pages.append(_Page(number, pieces, outside(tables, pieces), tables))

    def close(self) -> None:
        """Put all pages into the builder."""
        self.frame = frame_of(
            [p.rest for p in self.pages], self.width, [p for page in self.pages for p in page.pieces]
        )
        for page in self.pages:
            self._place(page)
        self.pages.clear()
        self._hand_over()

    def _place(self, page: _Page) -> None:
        top = float("-inf")
        first = True
        for grid in [*page.tables, None]:
            bottom = float("inf") if grid is None else grid.box[1]
            between = [p for p in page.rest if top <= (p.y0 + p.y1) / 2 < bottom]
            for paragraph in paragraphs(between, self.frame):
                self._paragraph(paragraph, page.number)
                first = False
            if grid is not None:
                self._table(grid, page.pieces, page.number, goes_on=first)
                first = False
                top = bottom

    def _hand_over(self) -> None:
        """Hand the last open paragraph or table to the builder."""
        if self.table is not None:
            rows, page = self.table
            self.table = None
            self.out.table(rows, page=page)
        if self.waiting is not None:
            paragraph, page = self.waiting
            self.waiting = None
            self.out.paragraph(
                paragraph.text,
                page=page,
                level=self._level(paragraph),
                confidence=paragraph.confidence,
                box=paragraph.box,
            )

    def _paragraph(self, paragraph: Paragraph, page: int) -> None:
        if self.waiting is not None and page != self.waiting[1] and follows(self.waiting[0], paragraph):
            before = self.waiting[0]
            before.text = glue(before.text, paragraph.text)
            before.open = paragraph.open
            return
        self._hand_over()
        self.waiting = (paragraph, page)

    def _table(self, grid: Grid, pieces: Sequence[Piece], page: int, *, goes_on: bool) -> None:
        rows = fill(grid, pieces, page)
        before = self.table[0] if self.table is not None and goes_on else None
        if before is None or len(before[0]) != grid.columns:
            self._hand_over()
            self.table = (rows, page)
            return
        if append(before, rows):
            self.out.note("跨页的表每页重复表头，只读入第一次")

    def _without_page_number(self, pieces: list[Piece], height: float) -> list[Piece]:
        """Leave out a line at the very top or foot that holds nothing but a page number."""
        for piece in [p for p in pieces if p.y0 > 0.9 * height or p.y1 < 0.08 * height]:
            alone = not any(p is not piece and p.y0 < piece.y1 and p.y1 > piece.y0 for p in pieces)
            if alone and _PAGE_NUMBER.match(piece.text):
                pieces.remove(piece)
                self.numbers += 1
        return pieces

    def _level(self, paragraph: Paragraph) -> int | None:
        """Big centred lines are headings: first and second level by size."""
        if self.frame is None or len(paragraph.text) > 80 or not paragraph.centred:
            return None
        ratio = paragraph.height / self.frame.body
        return 1 if ratio > 1.3 else 2 if ratio > 1.12 else None


def _inside(piece: Piece, grid: Grid) -> bool:
    x, y = (piece.x0 + piece.x1) / 2, (piece.y0 + piece.y1) / 2
    return grid.box[0] < x < grid.box[2] and grid.box[1] < y < grid.box[3]
