"""Word in the layout of GB/T 9704: margins, type area of 22 lines, headings by level, numbers of pages.

The fonts are named as the standard's users name them (方正小标宋简体, 仿宋_GB2312, 楷体_GB2312, 黑体); where
one is not installed, Word and WPS fall back to what they have. The character grid is left to the line
spacing, because LibreOffice spreads characters under a full grid.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docx.document import Document as Doc
    from docx.section import Section
    from docx.text.paragraph import Paragraph

    from dugai.disclosure.pages import Page

TITLE, BODY, KAI, HEI, SONG = "方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体"
LATIN = "Times New Roman"
LINE = Pt(28.95)
WIDE_TABLE = 6
FONTS = {"h1": HEI, "h2": KAI}
CENTER, RIGHT, BOTH = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.JUSTIFY


def document(page: Page, *, with_sources: bool = False) -> bytes:
    """Return the text as a .docx, with the 数据来源表 behind it when asked."""
    made = Document()
    _sheet(made)
    _paragraph(made, page["title"], TITLE, 22, align=CENTER)
    if page["document_number"]:
        _paragraph(made, page["document_number"], BODY, 16, align=CENTER)
    _paragraph(made, "", BODY, 16)
    for block in page["blocks"]:
        _block(made, block)
    if with_sources:
        _sources(made, page)
    for number, link in list(made.part.rels.items()):
        if link.reltype.endswith("/customXml"):  # the library's own sheet carries one
            del made.part.rels[number]
    properties = made.core_properties
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.title = page["title"]
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _sheet(made: Doc) -> None:
    """Set A4, the margins of the standard, the grid of lines, the base style and the page numbers."""
    section = made.sections[0]
    _page(section)
    style: Any = made.styles["Normal"]
    style.font.size = Pt(16)
    properties = style.element.get_or_add_rPr()
    _font(properties, BODY)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "zh-CN")
    language.set(qn("w:eastAsia"), "zh-CN")
    for old in properties.findall(qn("w:lang")):
        properties.remove(old)
    properties.append(language)
    style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    style.paragraph_format.line_spacing = LINE
    style.paragraph_format.space_after = style.paragraph_format.space_before = Pt(0)
    made.settings.odd_and_even_pages_header_footer = True
    _number(section.footer.paragraphs[0], RIGHT)
    _number(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)


def _page(section: Section, *, lying: bool = False) -> None:
    width, height = Mm(210), Mm(297)
    section.orientation = WD_ORIENT.LANDSCAPE if lying else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (height, width) if lying else (width, height)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(24)
    properties = section._sectPr  # noqa: SLF001  python-docx has no words for the grid of lines
    for old in properties.findall(qn("w:docGrid")):
        properties.remove(old)
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), "579")
    properties.append(grid)


def _font(properties: Any, family: str) -> None:
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for name, value in (("ascii", LATIN), ("hAnsi", LATIN), ("eastAsia", family)):
        fonts.set(qn(f"w:{name}"), value)


def _paragraph(
    made: Any,
    words: str,
    family: str,
    size: float,
    *,
    align: Any = BOTH,
    indent: float = 0,
    bold: bool = False,
) -> Paragraph:
    """Add one paragraph; `indent` is the indent of the first line in points."""
    paragraph: Paragraph = made.add_paragraph()
    paragraph.alignment = align
    layout = paragraph.paragraph_format
    layout.first_line_indent = Pt(indent) if indent else None
    _run(paragraph, words, family, size, bold=bold)
    return paragraph


def _run(paragraph: Paragraph, words: str, family: str, size: float, *, bold: bool = False) -> None:
    run = paragraph.add_run(words)
    run.font.size, run.font.bold = Pt(size), bold or None
    properties = run._element.get_or_add_rPr()  # noqa: SLF001  python-docx sets no font for Chinese
    _font(properties, family)
    spacing = OxmlElement("w:spacing")
    spacing.set(qn("w:val"), "-5")
    properties.append(spacing)


def _block(made: Doc, block: dict[str, Any]) -> None:
    kind = block["kind"]
    if kind == "table":
        _table(made, block["caption"], block["head"], block["rows"])
    elif kind == "to":
        _paragraph(made, block["text"], BODY, 16)
    elif kind == "sign":
        _paragraph(made, "", BODY, 16)
        _paragraph(made, block["text"], BODY, 16, align=RIGHT).paragraph_format.right_indent = Pt(32)
    elif kind == "date":
        _paragraph(made, block["text"], BODY, 16, align=RIGHT).paragraph_format.right_indent = Pt(64)
    elif kind == "note":
        _paragraph(made, block["text"], KAI, 14, indent=28)
    else:
        family = FONTS.get(kind, BODY)
        _paragraph(made, block["text"], family, 16, indent=32, bold=kind == "h3")


def _table(made: Doc, caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Add a table whose head is repeated on every page; a wide one is set smaller."""
    size = 9 if len(head) > WIDE_TABLE else 12
    if caption:
        _paragraph(made, caption, HEI, 14, align=CENTER)
    table = made.add_table(rows=1, cols=len(head))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)  # noqa: SLF001  python-docx has no word for it
    for cell, words in zip(table.rows[0].cells, head, strict=True):
        _cell(cell, words, HEI, size)
    for row in rows:
        for cell, words in zip(table.add_row().cells, row, strict=True):
            _cell(cell, words, BODY, size)
    _paragraph(made, "", BODY, 16)


def _cell(cell: Any, words: str, family: str, size: float) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    paragraph.alignment = CENTER if len(words) < 12 else WD_ALIGN_PARAGRAPH.LEFT
    _run(paragraph, words, family, size)


SOURCE_HEAD = ("数", "名称", "所在句子", "定义", "算法和范围", "数据截至", "备注")


def _sources(made: Doc, page: Page) -> None:
    section = made.add_section()
    _page(section, lying=True)
    _paragraph(made, "数据来源表", TITLE, 18, align=CENTER)
    rows = [
        [one[key] for key in ("shown", "name", "sentence", "meaning", "how", "as_of", "note")]
        for one in page["sources"]
    ]
    _table(made, "", SOURCE_HEAD, rows)


def _number(paragraph: Paragraph, align: Any) -> None:
    """Write the page number as — 1 —, one character in from the edge."""
    paragraph.alignment = align
    layout = paragraph.paragraph_format
    layout.left_indent = layout.right_indent = Pt(14)
    for words, field in (("— ", False), ("PAGE", True), (" —", False)):
        run = paragraph.add_run("" if field else words)
        run.font.size = Pt(14)
        _font(run._element.get_or_add_rPr(), SONG)  # noqa: SLF001  python-docx sets no font for Chinese
        if field:
            for kind in ("begin", "", "end"):
                node = OxmlElement("w:fldChar" if kind else "w:instrText")
                if kind:
                    node.set(qn("w:fldCharType"), kind)
                else:
                    node.text = words
                run._element.append(node)  # noqa: SLF001  a field is three nodes python-docx does not make
