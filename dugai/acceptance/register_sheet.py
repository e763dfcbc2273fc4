"""The 销号台账 as a workbook, for those who keep paper: the same columns as the page."""

from __future__ import annotations

import tempfile
from typing import IO, TYPE_CHECKING

import xlsxwriter

from dugai.acceptance.states import CaseState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dugai.acceptance.models import ClosureEntry

COLUMNS = (
    ("销号文号", 28),
    ("问题编号", 14),
    ("问题", 48),
    ("所属地区", 16),
    ("牵头单位", 24),
    ("销号日期", 12),
    ("批准人", 10),
    ("备案日期", 12),
    ("备案机关", 24),
    ("现在", 12),
)


def write_register(entries: Iterable[ClosureEntry]) -> IO[bytes]:
    """Write entries as one sheet of plain text; return the workbook as an open file at its beginning."""
    out: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  the caller streams it and closes it
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, plain) as book:
        sheet = book.add_worksheet("销号台账")
        cell = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True, "border": 1})
        head = book.add_format({"bold": True, "bg_color": "#E3F0F4", "border": 1})
        for column, (word, width) in enumerate(COLUMNS):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, word, head)
        for number, entry in enumerate(entries, start=1):
            for column, text in enumerate(_cells(entry)):
                sheet.write_string(number, column, text, cell)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
    out.seek(0)
    return out


def _cells(entry: ClosureEntry) -> tuple[str, ...]:
    problem = entry.case.problem
    return (
        entry.text,
        problem.code,
        problem.title,
        str(problem.home),
        str(problem.lead),
        entry.closed_on.isoformat(),
        entry.closed_by.name,
        entry.filed_on.isoformat() if entry.filed_on else "",
        entry.filed_with,
        CaseState(entry.case.state).label,
    )
