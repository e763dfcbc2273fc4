"""One pdf page as pieces of text and strokes, straight from PDFium.

Coordinates are turned so that the origin is at the top left; the unit is the point (1/72 inch).
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
from typing import Any

import pypdfium2.raw as pdfium

from dugai.intake.readers.layout import Piece
from dugai.intake.readers.ruled import Stroke

_MOST_PATHS = 20_000
_MOST_CHARS = 200_000
_THIN = 2.5  # points; a filled path no thicker than this is a line


@dataclass(slots=True)
class PageContent:
    """What a page shows."""

    width: float
    height: float
    pieces: list[Piece] = field(default_factory=list)
    across: list[Stroke] = field(default_factory=list)
    down: list[Stroke] = field(default_factory=list)
    image_share: float = 0.0  # share of the page that its largest picture covers
    images: int = 0
    unmapped: int = 0  # characters whose font says not what they are
    chars: int = 0


def read_page(page: Any) -> PageContent:
    """Text, lines and pictures of a pypdfium2 page."""
    width, height = page.get_size()
    content = PageContent(width, height)
    textpage = page.get_textpage()
    try:
        _text(textpage.raw, content)
    finally:
        textpage.close()
    _objects(page, content)
    return content


def _text(raw: Any, content: PageContent) -> None:
    box = pdfium.FS_RECTF()
    reference = ctypes.byref(box)
    text: list[str] = []
    x0 = y0 = x1 = y1 = 0.0
    height = content.height

    def flush() -> None:
        if text and (joined := "".join(text).strip()):
            content.pieces.append(Piece(joined, x0, y0, x1, y1))
        text.clear()

    for index in range(min(pdfium.FPDFText_CountChars(raw), _MOST_CHARS)):
        code = pdfium.FPDFText_GetUnicode(raw, index)
        if code in {10, 13}:
            flush()
            continue
        if (
            code in {0, 0xFFFE, 0xFFFF, 2}
            or 0xE000 <= code <= 0xF8FF
            or 0xD800 <= code <= 0xDFFF
            or code > 0x10FFFF
        ):
            content.unmapped += code != 2
            continue
        if code == 32 and pdfium.FPDFText_IsGenerated(raw, index):
            continue
        if not pdfium.FPDFText_GetLooseCharBox(raw, index, reference):
            continue
        left, right, top, bottom = box.left, box.right, height - box.top, height - box.bottom
        tall = bottom - top
        if text and (
            left - x1 > 0.3 * tall or left < x1 - 0.6 * tall or (top + bottom) / 2 > y1 or (top + bottom) / 2 < y0
            or abs(tall - (y1 - y0)) > 0.4 * tall
        ):  # fmt: skip
            flush()
        if not text:
            x0, y0, x1, y1 = left, top, right, bottom
        text.append(chr(code))
        content.chars += code != 32
        x1, y0, y1 = max(x1, right), min(y0, top), max(y1, bottom)
    flush()


def _objects(page: Any, content: PageContent) -> None:
    area = max(content.width * content.height, 1.0)
    kinds = [pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE]
    paths = 0
    for item in page.get_objects(filter=kinds, max_depth=4):
        left, bottom, right, top = item.get_bounds()
        if item.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            content.images += 1
            content.image_share = max(content.image_share, max(right - left, 0) * max(top - bottom, 0) / area)
            continue
        paths += 1
        if paths > _MOST_PATHS:
            return
        box = (left, content.height - top, right, content.height - bottom)
        _path(item.raw, box, content)


def _path(raw: Any, box: tuple[float, float, float, float], content: PageContent) -> None:
    """Strokes of one path: a thin filled box is a line, a stroked outline has four."""
    x0, y0, x1, y1 = box
    wide, tall = x1 - x0, y1 - y0
    if tall <= _THIN and wide > _THIN:
        content.across.append(((y0 + y1) / 2, x0, x1))
    elif wide <= _THIN and tall > _THIN:
        content.down.append(((x0 + x1) / 2, y0, y1))
    elif wide > _THIN and tall > _THIN:
        _outline(raw, content)


def _outline(raw: Any, content: PageContent) -> None:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(raw, ctypes.byref(fill), ctypes.byref(stroke))
    if not stroke.value:
        return
    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(raw, ctypes.byref(matrix)):
        return
    before: tuple[float, float] | None = None
    start: tuple[float, float] | None = None
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(min(pdfium.FPDFPath_CountSegments(raw), 2_000)):
        segment = pdfium.FPDFPath_GetPathSegment(raw, index)
        if not pdfium.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y)):
            continue
        here = (
            matrix.a * x.value + matrix.c * y.value + matrix.e,
            content.height - (matrix.b * x.value + matrix.d * y.value + matrix.f),
        )
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            start = here
        elif kind == pdfium.FPDF_SEGMENT_LINETO and before is not None:
            _stroke(before, here, content)
        if pdfium.FPDFPathSegment_GetClose(segment) and start is not None:
            _stroke(here, start, content)
        before = here


def _stroke(a: tuple[float, float], b: tuple[float, float], content: PageContent) -> None:
    if abs(a[1] - b[1]) < 0.5 and abs(a[0] - b[0]) > _THIN:
        content.across.append(((a[1] + b[1]) / 2, min(a[0], b[0]), max(a[0], b[0])))
    elif abs(a[0] - b[0]) < 0.5 and abs(a[1] - b[1]) > _THIN:
        content.down.append(((a[0] + b[0]) / 2, min(a[1], b[1]), max(a[1], b[1])))
