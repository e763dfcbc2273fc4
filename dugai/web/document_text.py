"""The left side of a review: a page of a document, what was read and what was cleaned marked in it.

Plain values in, plain values out. Where marks overlap the shorter one shows, since it says more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

UNIT_FIELDS = frozenset({"lead", "responsible", "cooperating", "supervising", "accepting"})


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of the document that was read: `anchor` is what links go to, `word` says what it is."""

    start: int
    end: int
    kind: str
    anchor: str = ""
    word: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """Text in one dress: a mark's kind and anchor, or taken out by the cleaning."""

    text: str
    kind: str = ""
    anchor: str = ""
    word: str = ""
    gone: str = ""


@dataclass(slots=True)
class Stretch:
    """A paragraph, a heading, or a table with its rows of cells."""

    kind: str
    pieces: list[Piece] = field(default_factory=list)
    rows: list[list[list[Piece]]] = field(default_factory=list)


def kind_of(proposal_kind: str, name: str) -> str:
    """Return the kind of mark for a field of a proposal."""
    if name == "deadline":
        return "deadline"
    return "unit" if name in UNIT_FIELDS else proposal_kind


def stretches(page: Any, marks: Sequence[Mark], edits: Iterable[dict[str, Any]]) -> list[Stretch]:
    """Return a page as paragraphs and tables. `page` has start, text and blocks as stored.

    Text between blocks is white space and tabs, and is left out.
    """
    brush = _Brush(page, marks, [edit for edit in edits if not edit["replacement"].strip()])
    found: list[Stretch] = []
    table: int | None = None
    row: int | None = None
    for kind, start, end, _page, number, at, _col, *_ in page.blocks:
        if kind == "image" and start == end:
            continue
        pieces = brush.pieces(start, end)
        if kind != "cell":
            found.append(Stretch("heading" if kind == "heading" else "paragraph", pieces))
            table = None
            continue
        if number != table:
            found.append(Stretch("table"))
            table, row = number, None
        if at != row:
            found[-1].rows.append([])
            row = at
        found[-1].rows[-1].append(pieces)
    return found


class _Brush:
    def __init__(self, page: Any, marks: Sequence[Mark], edits: list[dict[str, Any]]) -> None:
        self.start, self.text = page.start, page.text
        end = page.start + len(page.text)
        near = [mark for mark in marks if mark.start < end and mark.end > page.start]
        self.marks = sorted(near, key=lambda mark: mark.end - mark.start)
        self.edits = [edit for edit in edits if edit["start"] < end and edit["end"] > page.start]
        self.used: set[str] = set()

    def pieces(self, start: int, end: int) -> list[Piece]:
        """Cut [start, end) wherever a mark or an edit begins or ends."""
        marks = [mark for mark in self.marks if mark.start < end and mark.end > start]
        edits = [edit for edit in self.edits if edit["start"] < end and edit["end"] > start]
        cuts = {start, end}
        for mark in marks:
            cuts |= {max(start, mark.start), min(end, mark.end)}
        for edit in edits:
            cuts |= {max(start, edit["start"]), min(end, edit["end"])}
        places = sorted(cuts)
        return [self._piece(one, other, marks, edits) for one, other in pairwise(places)]

    def _piece(self, start: int, end: int, marks: list[Mark], edits: list[dict[str, Any]]) -> Piece:
        text = self.text[start - self.start : end - self.start]
        gone = next((edit["reason"] for edit in edits if edit["start"] <= start and end <= edit["end"]), "")
        mark = next((mark for mark in marks if mark.start <= start and end <= mark.end), None)
        if mark is None:
            return Piece(text, gone=gone)
        anchor = "" if mark.anchor in self.used else mark.anchor
        self.used.add(mark.anchor)
        return Piece(text, mark.kind, anchor, mark.word, gone)
