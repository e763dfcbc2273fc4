"""Excel annexes: a sheet for each table of a text, and the 数据来源表."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import xlsxwriter

from dugai.disclosure.writing.word import SOURCE_HEAD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dugai.disclosure.pages import Page

WIDEST = 48
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")


def annexes(page: Page) -> bytes:
    """Return the tables of a text and its 数据来源表 as a workbook; numbers keep their units as words."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": page["title"], "author": ""})
    taken: set[str] = set()
    for block in page["blocks"]:
        if block["kind"] == "table":
            _write(book, _name(block["caption"] or "表", taken), block["head"], block["rows"])
    keys = ("shown", "name", "sentence", "meaning", "how", "as_of", "note")
    rows = [[one[key] for key in keys] for one in page["sources"]]
    _write(book, _name("数据来源表", taken), SOURCE_HEAD, rows)
    book.close()
    return out.getvalue()


def _name(wanted: str, taken: set[str]) -> str:
    """Return a name a sheet may have: 31 characters, none twice."""
    plain = _FORBIDDEN.sub("", wanted)[:28] or "表"
    name, n = plain, 1
    while name in taken:
        n += 1
        name = f"{plain}{n}"
    taken.add(name)
    return name


def _write(book: xlsxwriter.Workbook, name: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "border": 1, "text_wrap": True, "valign": "vcenter"})
    plain = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    for column, words in enumerate(head):
        longest = max([len(words), *(len(row[column]) for row in rows)])
        sheet.set_column(column, column, min(max(longest * 2, 8), WIDEST))
        sheet.write_string(0, column, words, bold)
    for at, row in enumerate(rows, 1):
        for column, words in enumerate(row):
            sheet.write_string(at, column, words, plain)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
