"""The one shape that every format reader hands to the text understanding.

Offsets count Unicode code points in ``SourceText.text``; pages are 1-based; rows, columns and tables 0-based.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, table cell or image, and where a person can find it.

    ``text == source.text[start:end]`` always holds. A merged cell carries its text once, in the top left
    position, with ``rowspan`` and ``colspan``; the positions it covers are cells with empty text.
    """

    kind: str  # "paragraph" | "heading" | "cell" | "image"
    text: str  # without trailing newline
    start: int  # offset of text in SourceText.text (code points)
    end: int
    page: int | None = None  # 1-based
    table: int | None = None  # 0-based table number, for cells
    row: int | None = None
    col: int | None = None
    level: int | None = None  # heading level
    confidence: float | None = None  # 0..1, OCR only
    box: tuple[float, float, float, float] | None = None  # x0,y0,x1,y1 in page units, top left origin
    rowspan: int = 1
    colspan: int = 1


@dataclass(frozen=True, slots=True)
class SourceText:
    """A document as text: blocks in reading order, and an honest word on what is missing.

    ``text`` joins all blocks by newline; a table row's cells are joined by tab, its rows by newline.
    """

    name: str  # file name without folder
    media: str  # "txt","docx","xlsx","csv","pdf","pdf-scan","image","ofd","html"
    text: str
    blocks: tuple[Block, ...]
    complete: bool  # False when any part could not be read
    skipped: tuple[str, ...]  # plain Chinese, one a part that was not read and why
    pages: int = 1
    notes: tuple[
        str, ...
    ] = ()  # plain Chinese: read, but a person should know (lost digits, tracked changes)
