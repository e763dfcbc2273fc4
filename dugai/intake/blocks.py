"""The shape in which every format reader hands over what it read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, table cell or image, with its place in ``SourceText.text``."""

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
    box: tuple[float, float, float, float] | None = None  # x0,y0,x1,y1 in page units


@dataclass(frozen=True, slots=True)
class SourceText:
    """A whole document as text, and whether it was read whole."""

    name: str  # file name without folder
    media: str  # "txt","docx","xlsx","csv","pdf","pdf-scan","image","ofd","html"
    text: str  # blocks joined by "\n"; a table row's cells by "\t"
    blocks: tuple[Block, ...]
    complete: bool  # False when any part could not be read
    skipped: tuple[str, ...]  # plain Chinese, one a part that was not read and why
    pages: int = 1
