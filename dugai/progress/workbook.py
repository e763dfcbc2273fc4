"""Writing the workbook of 离线填报: locked columns, drop-downs, and how to fill it in."""

from __future__ import annotations

import tempfile
from typing import IO, TYPE_CHECKING

import xlsxwriter

from dugai.progress.entries import plain
from dugai.progress.offline import columns_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dugai.progress.offline import Row

OPEN = {
    "progress",
    "percent",
    "summary",
    "funds_added",
    "funds_planned",
    "next_step",
    "difficulty",
    "help_wanted",
}
OPEN |= {"correction", "no_change_reason"}
WIDTHS = {
    "mark": 20,
    "title": 32,
    "summary": 48,
    "next_step": 36,
    "difficulty": 28,
    "help_wanted": 28,
    "code": 18,
}
HEADER = 2
STEPS = (
    "1. 白底的格可以填，灰底的格已锁定。",
    "2. 自评进度从下拉表里选。没有变化的，在“无变化的原因”里写一句，其余不用填。",
    "3. 只报一部分也行：没有选自评进度的行不会报送。",
    "4. 填好存盘，在“我的填报”里上传。有错会逐格告诉您，改好再传，不会只收一半。",
    "5. 佐证请在网页上传。",
)


def write_owed(rows: Sequence[Row], unit: str) -> IO[bytes]:
    """Write the unit's owed reports; return the workbook as an open file at its beginning."""
    out: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  the caller streams it and closes it
    groups = max((len(row.baseline.lines) for row in rows), default=1)
    columns = columns_for(max(1, groups))
    plain_text = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, plain_text) as book:
        base = {"num_format": "@", "valign": "top", "text_wrap": True, "border": 1, "border_color": "#C3CDD0"}
        locked = book.add_format({**base, "bg_color": "#EAEEEE", "font_color": "#43535C"})
        free = book.add_format({**base, "locked": False})
        head = book.add_format({**base, "bold": True, "bg_color": "#E3F0F4"})
        title = book.add_format({"bold": True, "font_size": 14})
        note = book.add_format({"font_color": "#5A6A73"})
        page = book.add_worksheet("进展填报表")
        page.write_string(0, 0, f"{unit} 进展填报表", title)
        page.write_string(1, 0, "白底可填，灰底锁定；数量单位见指标栏；填法见“填写说明”。", note)
        for place, column in enumerate(columns):
            page.set_column(place, place, WIDTHS.get(column.name, 12))
            page.write_string(HEADER, place, f"{column.title}*" if column.required else column.title, head)
        page.freeze_panes(HEADER + 1, 4)
        for number, row in enumerate(rows, HEADER + 1):
            values = _values(row)
            for place, column in enumerate(columns):
                is_free = column.name in OPEN or (column.name.startswith("added_") and column.name in values)
                page.write_string(number, place, values.get(column.name, ""), free if is_free else locked)
        last = HEADER + max(1, len(rows))
        for place, column in enumerate(columns):
            if column.choices:
                choice = {"validate": "list", "source": list(column.choices), "error_title": "请从下拉表里选"}
                page.data_validation(HEADER + 1, place, last, place, choice)
        page.protect("", {"format_columns": True, "format_rows": True})
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.repeat_rows(HEADER)
        steps = book.add_worksheet("填写说明")
        steps.set_column(0, 0, 90)
        for number, step in enumerate(STEPS):
            steps.write_string(number, 0, step)
    out.seek(0)
    return out


def _values(row: Row) -> dict[str, str]:
    report = row.report
    values = {
        "mark": row.mark,
        "round": report.round.title,
        "code": report.task.code,
        "title": report.task.title,
        "due": report.task.due.isoformat() if report.task.due else "",
        # Left empty on purpose: choosing it is what says that this row is to be handed in.
    }
    for group, line in enumerate(row.baseline.lines):
        values[f"target_{group}"] = f"{line.name}（总量 {plain(line.amount)} {line.unit}）"
        values[f"before_{group}"] = plain(line.before)
        values[f"added_{group}"] = row.values.get(f"added_{line.target}", "")
    for name in OPEN - {"progress"}:
        values[name] = row.values.get(name, "")
    return values
