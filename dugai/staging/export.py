"""Workbooks that go out: templates and lists in the layout that comes back in. Every cell is text."""

from __future__ import annotations

import tempfile
from typing import IO, TYPE_CHECKING

import xlsxwriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from dugai.staging.rows import Column

WIDE = 18
IN_MEMORY = 8 * 1024 * 1024
PLAIN = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
FOLD = 32767
"""Characters Excel keeps in one cell."""


def write_list(sheet: str, columns: Sequence[Column], rows: Iterable[Mapping[str, str]]) -> IO[bytes]:
    """Write rows under the reader's own header; return the workbook as an open file at its beginning.

    Cells are text, so leading zeros stay and nothing becomes a formula or a date.
    """
    out: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  closed by whoever sends it
    with xlsxwriter.Workbook(out, PLAIN) as book:
        text = book.add_format({"num_format": "@", "valign": "top"})
        head = book.add_format({"bold": True, "num_format": "@", "bg_color": "#E3F0F4", "bottom": 1})
        page = book.add_worksheet(sheet)
        page.freeze_panes(1, 0)
        for position, column in enumerate(columns):
            page.set_column(position, position, WIDE, text)
            page.write_string(0, position, f"{column.title}*" if column.required else column.title, head)
        for number, row in enumerate(rows, 1):
            for position, column in enumerate(columns):
                page.write_string(number, position, row.get(column.name, "")[:FOLD], text)
    out.seek(0)
    return out


def write_template(sheet: str, columns: Sequence[Column], *, lines: int = 2000) -> IO[bytes]:
    """Write an empty workbook to fill in: header, drop-downs, a second sheet that explains each column."""
    out: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  closed by whoever sends it
    with xlsxwriter.Workbook(out, {**PLAIN, "constant_memory": False}) as book:
        text = book.add_format({"num_format": "@"})
        head = book.add_format({"bold": True, "num_format": "@", "bg_color": "#E3F0F4", "bottom": 1})
        wrap = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        page = book.add_worksheet(sheet)
        page.freeze_panes(1, 0)
        for position, column in enumerate(columns):
            page.set_column(position, position, WIDE, text)
            page.write_string(0, position, f"{column.title}*" if column.required else column.title, head)
            if column.choices:
                page.data_validation(
                    1, position, lines, position, {"validate": "list", "source": list(column.choices)}
                )
        notes = book.add_worksheet("填写说明")
        notes.set_column(0, 0, WIDE)
        notes.set_column(1, 3, WIDE * 2)
        for position, title in enumerate(("列", "怎么填", "可选", "例")):
            notes.write_string(0, position, title, head)
        for number, column in enumerate(columns, 1):
            need = "必填。" if column.required else "可不填。"
            for position, said in enumerate(
                (column.title, need + column.note, "、".join(column.choices), column.example)
            ):
                notes.write_string(number, position, said, wrap)
    out.seek(0)
    return out
