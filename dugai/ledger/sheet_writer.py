"""整改措施清单 as a workbook: row by row in constant memory, every cell a string, most columns locked.

A string cell is never a formula, whatever it begins with (reliability S22). The last column carries the mark
of each row, so that the workbook can come back as a proposal of updates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import xlsxwriter

from dugai.ledger.sheet_columns import COLUMNS, EDITABLE, TITLES, WIDTHS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

SHEET = "整改措施清单"
HEADER_ROW = 2
PLAIN_WIDTH = 14
LONGEST_CELL = 32_767


def write_list(
    path: Path,
    rows: Iterable[Mapping[str, str]],
    *,
    title: str,
    note: str,
    tick: Callable[[int], None] | None = None,
) -> int:
    """Write rows (text by column name) to an xlsx file; return how many.

    `note` stands under the title (数据截至 …). `tick` hears of every 1,000 rows.
    """
    names = [column.name for column in COLUMNS]
    count = 0
    with _book(path) as (book, sheet):
        _head(book, sheet, names, title, note)
        locked = book.add_format({"text_wrap": True, "valign": "top", "border": 1, "bg_color": "#F3F5F5"})
        open_ = book.add_format({"text_wrap": True, "valign": "top", "border": 1, "locked": False})
        styles = [open_ if name in EDITABLE else locked for name in names]
        for count, row in enumerate(rows, 1):
            for position, name in enumerate(names):
                sheet.write_string(HEADER_ROW + count, position, row.get(name, ""), styles[position])
            if tick and count % 1000 == 0:
                tick(count)
        sheet.autofilter(HEADER_ROW, 0, HEADER_ROW + max(count, 1), len(names) - 1)
        sheet.protect("", {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True})
    return count


def write_template(path: Path) -> None:
    """Write an empty workbook with the header row, what each column means, and one row of example values."""
    with _book(path) as (book, sheet):
        names = [column.name for column in COLUMNS if column.name != "row_id"]
        _head(
            book,
            sheet,
            names,
            "整改措施清单",
            "从第 4 行起填写，每行一条措施；同一问题的单元格可以合并。单位之间用“、”分开。",
        )


def write_marked(path: Path, rows: Iterable[tuple[Mapping[str, str], Sequence[Mapping[str, Any]]]]) -> int:
    """Write the rows that did not come in, the bad cells marked and what to do beside them.

    Each row comes with its errors ({"column", "message"}). The workbook can be corrected and sent in again.
    """
    names = [column.name for column in COLUMNS]
    count = 0
    with _book(path) as (book, sheet):
        _head(
            book,
            sheet,
            [*names, "says"],
            "未入账的行",
            "标红的单元格要改；改好后直接上传这个文件，原表不用再传。",
        )
        plain = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
        bad = book.add_format(
            {"text_wrap": True, "valign": "top", "border": 1, "bg_color": "#FCEBE9", "bold": True}
        )
        for count, (cells, errors) in enumerate(rows, 1):
            wrong = {str(error.get("column", "")) for error in errors}
            for position, name in enumerate(names):
                sheet.write_string(
                    HEADER_ROW + count, position, cells.get(name, ""), bad if name in wrong else plain
                )
            said = "\n".join(str(error.get("message", "")) for error in errors)
            sheet.write_string(HEADER_ROW + count, len(names), said, plain)
    return count


def write_plain(
    path: Path,
    heads: Sequence[tuple[str, int]],
    rows: Iterable[Sequence[str]],
    *,
    title: str,
    note: str,
) -> int:
    """Write texts under `heads` (word and width of each column) to an xlsx file; return how many rows."""
    count = 0
    with _book(path) as (book, sheet):
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEADER_ROW)
        sheet.freeze_panes(HEADER_ROW + 1, 3)
        bold = book.add_format({"bold": True, "text_wrap": True, "border": 1, "bg_color": "#E3F0F4"})
        plain = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
        sheet.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 16}))
        sheet.write_string(1, 0, note, book.add_format({"font_color": "#5A6A73"}))
        for position, (word, width) in enumerate(heads):
            sheet.set_column(position, position, width)
            sheet.write_string(HEADER_ROW, position, word, bold)
        for count, row in enumerate(rows, 1):
            for position, text in enumerate(row):
                sheet.write_string(HEADER_ROW + count, position, text[:LONGEST_CELL], plain)
        sheet.autofilter(HEADER_ROW, 0, HEADER_ROW + max(count, 1), len(heads) - 1)
    return count


class _book:  # noqa: N801  used like a function
    """Opens a workbook whose cells are strings only, and closes it."""

    def __init__(self, path: Path) -> None:
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self.book = xlsxwriter.Workbook(str(path), options)

    def __enter__(self) -> tuple[Any, Any]:
        return self.book, self.book.add_worksheet(SHEET)

    def __exit__(self, *_: object) -> None:
        self.book.close()


def _head(book: Any, sheet: Any, names: Sequence[str], title: str, note: str) -> None:
    big = book.add_format({"bold": True, "font_size": 16, "align": "left", "valign": "vcenter"})
    small = book.add_format({"font_color": "#5A6A73"})
    head = book.add_format(
        {
            "bold": True,
            "text_wrap": True,
            "align": "center",
            "valign": "vcenter",
            "border": 1,
            "bg_color": "#E3F0F4",
        }
    )
    sheet.set_landscape()
    sheet.set_paper(8)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADER_ROW)
    sheet.freeze_panes(HEADER_ROW + 1, 3)
    for position, name in enumerate(names):
        sheet.set_column(position, position, WIDTHS.get(name, 40 if name == "says" else PLAIN_WIDTH))
    sheet.set_row(0, 28)
    sheet.write_string(0, 0, title, big)
    sheet.write_string(1, 0, note, small)
    for position, name in enumerate(names):
        sheet.write_string(HEADER_ROW, position, TITLES.get(name, "要改什么"), head)
