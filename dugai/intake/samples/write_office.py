"""Word and Excel files, written with the libraries that officials' tools resemble most."""

from __future__ import annotations

import io
from typing import Any

import docx
import xlsxwriter
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt

from dugai.intake.samples.paper import Grid, Line, Paper, spread

_SIZES = {"title": 22, "heading": 16, "body": 16, "right": 16, "plain": 16}


def word(paper: Paper) -> bytes:
    """A docx file."""
    document = docx.Document()
    normal: Any = document.styles["Normal"]
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "仿宋_GB2312")
    for element in paper.elements:
        if isinstance(element, Line):
            _line(document, element)
        else:
            _grid(document, element)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _line(document: Any, line: Line) -> None:
    paragraph = document.add_paragraph()
    run = paragraph.add_run(line.text)
    run.font.size = Pt(_SIZES[line.style])
    if line.style in {"title", "plain"}:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    elif line.style == "right":
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    else:
        paragraph.paragraph_format.first_line_indent = Pt(2 * _SIZES[line.style])


def _grid(document: Any, grid: Grid) -> None:
    table = document.add_table(rows=len(grid.rows), cols=len(grid.widths))
    table.style = "Table Grid"
    for r, c, cell in spread(grid):
        place = table.cell(r, c)
        if cell.rowspan > 1 or cell.colspan > 1:
            place = place.merge(table.cell(r + cell.rowspan - 1, c + cell.colspan - 1))
        place.text = cell.text


def excel(paper: Paper) -> bytes:
    """An xlsx file: lines as rows of one cell, tables cell by cell."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_numbers": False})
    sheet = book.add_worksheet("清单")
    wrap = book.add_format({"text_wrap": True, "border": 1, "valign": "top"})
    at = 0
    for element in paper.elements:
        if isinstance(element, Line):
            sheet.write_string(at, 0, element.text)
            at += 1
            continue
        for r, c, cell in spread(element):
            if cell.rowspan > 1 or cell.colspan > 1:
                sheet.merge_range(at + r, c, at + r + cell.rowspan - 1, c + cell.colspan - 1, cell.text, wrap)
            elif cell.text.isdecimal() and len(cell.text) < 10:
                sheet.write_number(at + r, c, int(cell.text), wrap)
            else:
                sheet.write_string(at + r, c, cell.text, wrap)
        at += len(element.rows)
    book.close()
    return out.getvalue()
