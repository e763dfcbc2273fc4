"""Collect blocks and keep their offsets right.

The reader says what it found in reading order; the builder joins the text, counts the offsets and cleans what
no database or screen should be handed: control characters, lone surrogates, invisible direction marks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dugai.intake.blocks import Block, SourceText
from dugai.intake.readers.errors import Unreadable
from dugai.intake.readers.limits import DEFAULT, Limits

Box = tuple[float, float, float, float]

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Unicode's stream-safe text allows 30; real Chinese text has none in a row.
_MARKS = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{30})"
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)


# One look finds nearly every text clean.
_ANY = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
    "|[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{30}"
)


@dataclass(slots=True)
class Cell:
    """One anchor cell of a table on its way into the builder."""

    text: str = ""
    rowspan: int = 1
    colspan: int = 1
    page: int | None = None
    confidence: float | None = None
    box: Box | None = None


class Cleaner:
    """Take out characters that only do harm, and count them."""

    def __init__(self) -> None:
        self.control = self.direction = self.broken = self.marks = 0

    def __call__(self, text: str) -> str:
        if not _ANY.search(text):
            return text
        text = _BREAKS.sub("\n", text)
        text, found = _CONTROL.subn("", text)
        self.control += found
        text, found = _DIRECTION.subn("", text)
        self.direction += found
        text, found = _SURROGATE.subn("\ufffd", text)
        self.broken += found
        text, found = _MARKS.subn(r"\1", text)
        self.marks += found
        return text

    def notes(self) -> list[str]:
        words = []
        if self.control:
            words.append(f"去掉了 {self.control} 个不可见的控制字符")
        if self.direction:
            words.append(f"去掉了 {self.direction} 个改变文字方向的隐藏字符，请对照原件看一眼数字和文件名")
        if self.broken:
            words.append(f"有 {self.broken} 个字的编码是坏的，显示为“\ufffd”")
        if self.marks:
            words.append(f"去掉了 {self.marks} 处叠得过多的附加符号")
        return words


class Builder:
    """Blocks in, ``SourceText`` out."""

    def __init__(self, name: str, media: str, limits: Limits = DEFAULT) -> None:
        self.name, self.media, self.limits = name, media, limits
        self.clean = Cleaner()
        self.blocks: list[Block] = []
        self.tables = self._rows = 0
        self.pages = 1
        self._parts: list[str] = []
        self._at = 0
        self._skipped: dict[str, None] = {}
        self._notes: dict[str, None] = {}

    def skip(self, words: str) -> None:
        """Something could not be read: the result is no longer whole."""
        self._skipped.setdefault(words)

    def note(self, words: str) -> None:
        """Something was read that a person should know of."""
        self._notes.setdefault(words)

    def paragraph(
        self,
        text: str,
        *,
        page: int | None = None,
        level: int | None = None,
        confidence: float | None = None,
        box: Box | None = None,
    ) -> None:
        """Add a paragraph, or a heading when ``level`` is given. A break inside makes two blocks."""
        for line in (part.rstrip() for part in self.clean(text).split("\n")):
            if line.strip():
                kind = "paragraph" if level is None else "heading"
                self._put(kind, line, "\n", page=page, level=level, confidence=confidence, box=box)

    def image(self, *, page: int | None = None, box: Box | None = None) -> None:
        """Mark a picture whose content is not text here."""
        self._put("image", "", "\n", page=page, box=box)

    def table(
        self,
        rows: Sequence[Sequence[Cell | None]],
        *,
        page: int | None = None,
        number: int | None = None,
    ) -> int:
        """Add a table; ``None`` is a position covered by a merged cell. Return its number.

        ``number`` continues an earlier table (the next chunk of a sheet).
        """
        if number is None:
            number, self.tables, self._rows = self.tables, self.tables + 1, 0
        first, self._rows = self._rows, self._rows + len(rows)
        for at, row in enumerate(rows, start=first):
            for col, cell in enumerate(row):
                join = "\n" if col == 0 else "\t"
                place = (number, at, col)
                if cell is None:
                    self._put("cell", "", join, page=page, place=place)
                else:
                    text = self.clean(cell.text).strip().replace("\t", " ")
                    self._put(
                        "cell",
                        text,
                        join,
                        page=cell.page or page,
                        confidence=cell.confidence,
                        box=cell.box,
                        rowspan=cell.rowspan,
                        colspan=cell.colspan,
                        place=place,
                    )
        return number

    def finish(self, *, complete: bool = True) -> SourceText:
        """The document. An empty one is a refusal, since nothing can be proposed from it."""
        text = "".join(self._parts)
        if not text.strip():
            raise Unreadable(
                "no_text", f"“{self.name}”里没有读到文字。请看一眼原件是不是空白，或换一份带文字的文件。"
            )
        for words in self.clean.notes():
            self.note(words)
        return SourceText(
            name=self.name,
            media=self.media,
            text=text,
            blocks=tuple(self.blocks),
            complete=complete and not self._skipped,
            skipped=tuple(self._skipped),
            pages=max(self.pages, 1),
            notes=tuple(self._notes),
        )

    @property
    def chars(self) -> int:
        return self._at

    def _put(
        self,
        kind: str,
        text: str,
        join: str,
        *,
        page: int | None = None,
        place: tuple[int, int, int] | None = None,
        level: int | None = None,
        confidence: float | None = None,
        box: Box | None = None,
        rowspan: int = 1,
        colspan: int = 1,
    ) -> None:
        table, row, col = place or (None, None, None)
        if self.blocks:
            self._parts.append(join)
            self._at += 1
        start, self._at = self._at, self._at + len(text)
        self._parts.append(text)
        self.blocks.append(
            Block(
                kind, text, start, self._at, page, table, row, col, level, confidence, box, rowspan, colspan
            )
        )
        if self._at > self.limits.text_chars:
            raise Unreadable(
                "too_much_text", f"“{self.name}”的文字超过 {self.limits.text_chars:,} 字。请拆成几份再导入。"
            )
        if len(self.blocks) > self.limits.blocks:
            raise Unreadable(
                "too_many_parts",
                f"“{self.name}”的段落和单元格超过 {self.limits.blocks:,} 个。请拆成几份再导入。",
            )
